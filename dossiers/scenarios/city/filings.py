"""What the demo city's people file: papers at the counter, answers of the forms online, and what an officer adds to a result."""

from datetime import timedelta
from random import Random
from typing import Any

from accounts.models import User
from accounts.services import own_party
from accounts.services.facts import PERSONAL_NUMBER, PartyFacts
from dossiers.enums import Appeared, SeenPaper
from dossiers.models.dossier import Dossier
from dossiers.scenarios.city.people import WardHouse, address
from dossiers.services import desk
from dossiers.services.on_behalf import InPerson
from portal import clock
from portal.sealing import unseal
from procedures import result_templates
from procedures.enums import PaperForm
from procedures.models import Procedure
from procedures.paperspec import PaperSpec

MARITAL, BUSINESS, BIRTH, PERMIT = "1.004873", "1.001612", "1.001193", "1.013225"
# What the officer adds to a paper; the rest comes from the answers.
ADDED = {
    "can_bo_xung_ho": "bà",
    "can_bo_ho_ten": "Lê Thị Mẫu Hộ Tịch",
    "giay_to_loai": "Số định danh cá nhân",
}
BY_KIND: dict[str, Any] = {
    "name": "Nguyễn Mẫu An",
    "date": "2026-01-15",
    "partial_date": "1990",
    "integer": 1,
    "decimal": "100",
    "checkbox": True,
    "ward": "26506",
    "money": 10_000_000,
    "phone": "0903200000",
}
CONTENT = "Xác nhận theo đề nghị của người nộp. Văn bản mẫu của hệ thống trình diễn, không có giá trị pháp lý."
PURPOSES = ("Bổ túc hồ sơ vay vốn mua nhà", "Bổ túc hồ sơ chuyển nhượng đất", "Nộp hồ sơ xin việc", "Làm hồ sơ du học")
SHOPS = ("Quán ăn", "Tạp hóa", "Tiệm may", "Cà phê", "Hải sản khô", "Nhà nghỉ")


def at_counter(ward: WardHouse, code: str) -> desk.CounterFiling:
    """A paper dossier of somebody of the ward, with its first two papers."""
    procedure = Procedure.objects.get(code=code)
    revision = procedure.revisions.order_by("-number").first()
    papers = list(revision.papers.filter(kind="submit").order_by("sort_order", "pk")[:2]) if revision else []
    case = revision.cases[0]["code"] if revision and revision.cases else ""
    owner = ward.owner()
    return desk.CounterFiling(
        unit_id=ward.desk.pk,
        procedure_id=procedure.pk,
        competent_unit_id=ward.unit.pk,
        owner=owner,
        case_code=case,
        papers=[desk.PaperSeen(paper.code, paper.name, PaperForm.ORIGINAL) for paper in papers],
        answers=_on_paper(code, owner, ward),
        fee_facts=_counted(code, ward.made),
    )


def _counted(code: str, number: int) -> dict[str, Any]:
    """Pages and copies that somebody brings to the counter, where the fee goes by them."""
    copies = {"copies": 1 + number % 3}
    return {"2.000815": {"pages": 1 + number % 4, **copies}, "2.000635": copies}.get(code, {})


def _on_paper(code: str, owner: PartyFacts, ward: WardHouse) -> dict[str, Any]:
    """What the clerk types of the declaration; the rest is the owner's."""
    chance = ward.chance
    family = owner.full_name.split()[0]
    said: dict[str, dict[str, Any]] = {
        MARITAL: {
            "nxn_dan_toc": "01",
            "nxn_quoc_tich": "VN",
            "tinh_trang": "1",
            "loai_muc_dich": "2",
            "muc_dich_khac": chance.choice(PURPOSES),
            "so_ban_giay": 1,
        },
        BIRTH: {
            "te_ho_ten": f"{family} Mẫu {chance.choice(('An', 'Bình', 'Minh', 'Ngọc'))}",
            "te_ngay_sinh": (clock.today() - timedelta(days=chance.randrange(3, 50))).isoformat(),
            "te_gioi_tinh": chance.choice("12"),
            "te_que_quan": owner.address,
            "cha_me": "2",
            "me_ho_ten": f"{family} Mẫu Hạnh",
            "me_ngay_sinh": "1998",
            "ban_sao": "2",
        },
        PERMIT: {
            "dd_lo_dat": f"Thửa {chance.randrange(1, 300)}, tờ bản đồ {chance.randrange(1, 60)}",
            "dd_so_nha": owner.address,
            "dd_phuong_xa": ward.unit.place_code,
            "dd_gcn_so": f"MẪU {chance.randrange(100_000, 999_999)}",
            "xd_cap": "4",
            "xd_tong_san": str(chance.randrange(60, 240)),
            "xd_so_tang": chance.randrange(1, 4),
        },
    }
    return said.get(code, {})


def online(code: str, citizen: User, ward: WardHouse, chance: Random) -> dict[str, dict[str, Any]]:
    """The answers of a form, by its steps."""
    party = own_party(citizen)
    known = {
        "name": citizen.full_name,
        "born": party.birth_date or "1984-05-06",
        "number": _personal_number(party.identity_sealed, ward, citizen),
        "sex": "2" if party.gender == "female" else "1",
        "home": party.address or address(chance),
        "ward": ward.unit.place_code,
        "phone": citizen.phone or f"09032{ward.number}{citizen.pk % 10_000:04d}",
    }
    return {MARITAL: _marital, BUSINESS: _business}[code](known, chance)


def _personal_number(sealed: str, ward: WardHouse, citizen: User) -> str:
    """The account's own, or a made-up one for whoever files for a firm."""
    own = unseal(sealed) if sealed else ""
    return own if len(own) == PERSONAL_NUMBER else f"0771{84}{700_000 + ward.number * 1000 + citizen.pk % 1000:06d}"


def _marital(known: dict[str, str], chance: Random) -> dict[str, dict[str, Any]]:
    return {
        "nguoi_yeu_cau": {
            "nyc_ho_ten": known["name"],
            "nyc_ngay_sinh": known["born"],
            "nyc_dinh_danh": known["number"],
            "nyc_dien_thoai": known["phone"],
            "nyc_noi_cu_tru": known["home"],
            "nyc_phuong_xa": known["ward"],
            "quan_he": "1",
        },
        "nguoi_duoc_cap": {
            "nxn_ho_ten": known["name"],
            "nxn_ngay_sinh": known["born"],
            "nxn_dinh_danh": known["number"],
            "nxn_gioi_tinh": known["sex"],
            "nxn_dan_toc": "01",
            "nxn_quoc_tich": "VN",
            "nxn_noi_cu_tru": known["home"],
        },
        "tinh_trang": {"tinh_trang": "1"},
        "muc_dich": {"loai_muc_dich": "2", "muc_dich_khac": chance.choice(PURPOSES), "so_ban_giay": 1},
    }


def _business(known: dict[str, str], chance: Random) -> dict[str, dict[str, Any]]:
    return {
        "chu_ho": {
            "ch_ho_ten": known["name"],
            "ch_ngay_sinh": known["born"],
            "ch_gioi_tinh": known["sex"],
            "ch_dan_toc": "01",
            "ch_quoc_tich": "VN",
            "ch_dinh_danh": known["number"],
            "ch_dien_thoai": known["phone"],
            "ch_thuong_tru": known["home"],
            "ch_lien_lac": known["home"],
        },
        "ho_kinh_doanh": {
            "hkd_ten": f"HỘ KINH DOANH {chance.choice(SHOPS)} Mẫu {known['name'].split()[-1]}".upper(),
            "hkd_dia_chi": address(chance),
            "hkd_phuong_xa": known["ward"],
            "hkd_chu_the": "1",
        },
        "nganh_nghe": {
            "hkd_nganh": [{"ng_ten": "Dịch vụ ăn uống", "ng_ma": "5610", "ng_chinh": True}],
            "hkd_von": 50_000_000 + 10_000_000 * chance.randrange(10),
            "hkd_lao_dong": chance.randrange(1, 9),
        },
        "thue": {
            "thue_bat_dau": (clock.today() + timedelta(days=14)).isoformat(),
            "thue_dia_chi_khac": "2",
            "cam_ket": True,
        },
    }


def completed(template: PaperSpec, fields: dict[str, Any], serial: int) -> dict[str, Any]:
    """The words of a paper with its gaps filled as an officer would, and with the numbers other systems would give.

    `serial` tells made-up numbers apart. A household business has had its owner's number for its code since 7/2025.
    """
    for _round in range(len(template.fields)):
        gaps = [gap for gap in result_templates.missing(template, fields) if not gap.told]
        if not gaps:
            break
        fields |= {gap.key: _filled(template.field(gap.key).question) for gap in gaps}
    owed = [field for field in template.fields if field.is_external and not fields.get(field.key)]
    for field in owed:
        fields[field.key] = fields.get("chu_dinh_danh") or f"077226{300_000 + serial:06d}"
        fields |= {field.source_key: "Hệ thống mẫu", field.moment_key: f"{clock.now():%Y-%m-%dT%H:%M}"}
    return fields


def _filled(question: Any) -> Any:
    """What an officer writes into a field."""
    if question.key in ADDED:
        return ADDED[question.key]
    options = getattr(question, "options", None)
    return options[0][0] if options else BY_KIND.get(question.kind.code, CONTENT)


def visitor(dossier: Dossier) -> InPerson:
    """The owner at the desk with an identity card."""
    return InPerson(Appeared.OWNER, dossier.owner_name, SeenPaper.IDENTITY_CARD)
