"""The counter form: the few questions of the e-form that the counter asks too, kept as answers of the dossier on paper."""

import uuid

import pytest

from accounts.enums import IdentitySource, Role
from accounts.models import Party
from dossiers import loading, result_papers
from dossiers.models.dossier import Dossier
from dossiers.services import desk as service
from dossiers.services.counter_answers import CounterAnswerError
from procedures import counterform, formspec, result_templates, seeds
from tests import houses
from tests.factories import OfferingFactory, ProcedureFactory, RevisionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]

COUNTER = "/mot-cua/tai-quay/"
NUMBER, OTHER = "077185000001", "077090000002"
ASKED = {"nxn_gioi_tinh": "2", "nxn_dan_toc": "01", "nxn_quoc_tich": "VN", "tinh_trang": "1", "so_ban_giay": "2"}
PURPOSE = {"loai_muc_dich": "2", "muc_dich_khac": "Vay vốn"}
DEMO_FORMS = ["giay_phep_nha_o", "ho_kinh_doanh", "khai_sinh", "thi_dua_khen_thuong", "xac_nhan_hon_nhan"]


@pytest.fixture
def desk(house, enter):
    return enter(house.people[Role.RECEPTIONIST])


def offered(house, form: str):
    """A procedure with a form of the demo catalogue, offered by the house's ward."""
    procedure = ProcedureFactory(name=f"Thủ tục {form}")
    spec = seeds.form_spec(form)
    template = {"code": "KQ.G15.000038", "name": "Giấy", "template": form}
    revision = RevisionFactory(procedure=procedure, form_spec=spec, results=[template])
    OfferingFactory(procedure=procedure, unit=house.ward, department=house.office)
    return revision


def typed(house, revision, said, **changes):
    values = {
        "owner_kind": "person",
        "identity_kind": "citizen_id",
        "identity": NUMBER,
        "full_name": "Lê Thị Mẫu",
        "birth_date": "06/05/1985",
        "phone": "0900 000 001",
        "address": "Số 1 đường Mẫu",
        "unit": house.center.pk,
        "competent": house.ward.pk,
        "channel": "1",
        "procedure": revision.procedure_id,
        "delivery": "desk",
        "paper_0": "original",
        "danh_muc": f"{house.ward.pk}.{revision.pk}.",
        "idempotency_key": str(uuid.uuid4()),
        "buoc": "nhan",
    }
    return values | {f"to-khai-{key}": value for key, value in said.items()} | changes


def test_what_is_left_blank_is_the_owners_and_the_draft_of_the_result_takes_what_is_there(house, desk):
    revision = offered(house, "xac_nhan_hon_nhan")
    page = desk.post(COUNTER, typed(house, revision, ASKED | PURPOSE))
    assert page.status_code == 302, page.content.decode()
    dossier = loading.whole(Dossier.objects.get())
    said = dossier.answers
    assert (said["nxn_ho_ten"], said["nyc_ho_ten"]) == ("Lê Thị Mẫu", "Lê Thị Mẫu")
    assert (said["nxn_dinh_danh"], said["nyc_dinh_danh"]) == ({"party": dossier.owner_id}, {"party": dossier.owner_id})
    assert (said["nxn_ngay_sinh"], said["nxn_noi_cu_tru"], said["so_ban_giay"]) == ("1985-05-06", "Số 1 đường Mẫu", 2)
    assert NUMBER not in str(said)
    result_templates.load()
    fields = result_papers.initial_fields(dossier, result_papers.template_for(dossier))
    assert (fields["ho_ten"], fields["dan_toc"], fields["tinh_trang"]) == ("Lê Thị Mẫu", "Kinh", "a")
    assert (fields["muc_dich"], fields["dinh_danh"]) == ("Vay vốn", {"party": dossier.owner_id})
    text = desk.get(f"/mot-cua/{dossier.pk}/").content.decode()
    assert "Vay vốn" in text
    assert NUMBER not in text


def test_somebody_else_is_asked_for_whole_and_their_number_is_sealed(house, desk):
    revision = offered(house, "xac_nhan_hon_nhan")
    child = {"nxn_ho_ten": "Lê Văn Con", "nxn_ngay_sinh": "1990", "nxn_dinh_danh": OTHER}
    page = desk.post(COUNTER, typed(house, revision, ASKED | PURPOSE | child))
    assert "Tờ khai còn thiếu “Nơi cư trú hiện nay”" in page.content.decode()
    assert not Dossier.objects.exists()
    values = typed(house, revision, ASKED | PURPOSE | child | {"nxn_noi_cu_tru": "2 Hạ Long"})
    assert desk.post(COUNTER, values).status_code == 302
    dossier = Dossier.objects.get()
    other = Party.objects.get(pk=dossier.answers["nxn_dinh_danh"]["party"])
    assert (other.full_name, other.identity_source, other.identity_masked[-3:]) == (
        "Lê Văn Con",
        IdentitySource.DECLARED,
        OTHER[-3:],
    )
    assert dossier.answers["nyc_ho_ten"] == "Lê Thị Mẫu"
    assert OTHER not in str(dossier.answers)


def test_a_number_of_somebody_else_without_a_name_is_refused_and_nothing_typed_is_lost(house, desk):
    revision = offered(house, "xac_nhan_hon_nhan")
    page = desk.post(COUNTER, typed(house, revision, ASKED | PURPOSE | {"nxn_dinh_danh": OTHER}))
    text = page.content.decode()
    assert page.status_code == 400
    assert "Hãy điền họ tên cùng với số định danh" in text
    assert 'value="Vay vốn"' in text
    assert (Dossier.objects.count(), Party.objects.filter(identity_index__gt="").count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"so_ban_giay": "x"}, "bằng chữ số"),
        ({"so_ban_giay": ""}, "Mục này bắt buộc"),
        ({"tinh_trang": "9"}, "không có trong danh sách"),
        ({"nxn_ngay_sinh": "31/02/1990"}, "không có"),
        ({"nxn_dinh_danh": "123"}, "12 chữ số"),
        ({"muc_dich_khac": ""}, "Mục này bắt buộc"),
        ({"muc_dich_khac": "x" * 10_000}, "quá dài"),
    ],
)
def test_bad_answers_get_the_sentences_of_the_e_form(house, desk, changes, sentence):
    revision = offered(house, "xac_nhan_hon_nhan")
    page = desk.post(COUNTER, typed(house, revision, ASKED | PURPOSE | changes))
    text = page.content.decode()
    assert page.status_code == 400
    assert sentence in text
    assert 'value="Lê Thị Mẫu"' in text
    assert not Dossier.objects.exists()


def test_looking_a_person_up_keeps_what_was_declared_unjudged_and_the_card_tells_the_sex(house, desk):
    revision = offered(house, "xac_nhan_hon_nhan")
    card = f"{NUMBER}||Lê Thị Mẫu|06051985|Nữ|Số 1 đường Mẫu|01/02/2022"
    so_far = {**PURPOSE, "so_ban_giay": "x"}
    page = desk.post(COUNTER, typed(house, revision, so_far, identity=card, buoc="tim"))
    text = page.content.decode()
    assert 'value="Vay vốn"' in text
    assert "bằng chữ số" not in text
    assert 'name="gender" value="female"' in text
    said = {key: value for key, value in (ASKED | PURPOSE).items() if key != "nxn_gioi_tinh"}
    values = typed(house, revision, said, gender="female", so_truoc=NUMBER)
    typed_over = desk.post(COUNTER, values | {"identity": OTHER, "full_name": "Trần Văn Khác"})
    assert "Giới tính" in typed_over.content.decode()  # the sex of the card before is not this person's
    assert desk.post(COUNTER, values).status_code == 302
    assert Dossier.objects.get().answers["nxn_gioi_tinh"] == "2"


def test_rows_of_a_table_come_and_go_without_a_script(house, desk):
    revision = offered(house, "ho_kinh_doanh")
    so_far = {"hkd_ten": "HỘ KINH DOANH MẪU", "hkd_nganh-0-ng_ten": "Ăn uống", "hkd_nganh-1-ng_ten": "Tạp hóa"}
    more = desk.post(COUNTER, typed(house, revision, so_far, add_row="to-khai-hkd_nganh"))
    assert 'name="to-khai-hkd_nganh-2-ng_ten"' in more.content.decode()
    less = desk.post(COUNTER, typed(house, revision, so_far, remove_row="to-khai-hkd_nganh-0")).content.decode()
    assert "Tạp hóa" in less
    assert "Ăn uống" not in less
    assert not Dossier.objects.exists()


def test_the_service_refuses_what_the_page_would(house):
    revision = offered(house, "khai_sinh")
    filing = houses.counter_filing(house, procedure_id=revision.procedure_id, answers={"te_ho_ten": "Lê Bé"})
    with pytest.raises(CounterAnswerError) as caught:
        service.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert caught.value.field == "te_ngay_sinh"
    assert not Dossier.objects.exists()


@pytest.mark.parametrize("name", DEMO_FORMS)
def test_every_e_form_of_the_demo_asks_a_few_things_at_the_counter_in_groups(name):
    spec = formspec.load(seeds.form_spec(name))
    form = counterform.counter_form(spec)
    asked = counterform.asked(spec).steps[0].fields
    assert 3 <= len(asked) <= 15
    assert len(asked) < len(list(spec.fields())) / 1.5
    assert {field.key for field in asked} == {field.key for field in form.possible}


def test_a_procedure_without_marks_asks_nothing(house, desk):
    assert "counter-asked" not in desk.get(COUNTER, {"procedure": house.procedure.pk}).content.decode()
