"""The counter page: person, procedure, papers, received on one page, by steps that need no script."""

import re
import uuid

import pytest

from accounts.enums import IdentitySource, Role
from accounts.models import NameChange, Party, PersonalDataRead
from accounts.services import PartyFacts, find_or_create_party
from dossiers import documents
from dossiers.enums import State, SubChannel
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.result import PrintedForm
from procedures import services
from procedures.enums import Channel
from procedures.models import RequiredPaper
from tests.factories import MembershipFactory, OfferingFactory, ProcedureFactory, RevisionFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]

COUNTER = "/mot-cua/tai-quay/"
NUMBER = "077185000001"


@pytest.fixture
def desk(house, enter):
    return enter(house.people[Role.RECEPTIONIST])


def typed(house, **changes):
    """What a clerk has typed once the papers are loaded."""
    values = {
        "owner_kind": "person",
        "identity_kind": "citizen_id",
        "identity": NUMBER,
        "full_name": "Lê Thị Mẫu",
        "birth_date": "06/05/1985",
        "phone": "0900 000 001",
        "address": "Số 1 đường Mẫu",
        "submitter_name": "",
        "submitter_identity": "",
        "submitter_phone": "",
        "unit": house.center.pk,
        "competent": house.ward.pk,
        "channel": "1",
        "procedure": house.procedure.pk,
        "delivery": "desk",
        "paper_0": "original",
        "danh_muc": f"{house.ward.pk}.{house.revision.pk}.",
        "idempotency_key": str(uuid.uuid4()),
        "buoc": "nhan",
    }
    return {**values, **changes}


def test_opens_empty_with_my_authority_and_its_procedures(house, desk):
    page = desk.get(COUNTER)
    text = page.content.decode()
    assert page.status_code == 200
    assert house.procedure.name in text
    assert "Nhận và in phiếu" not in text
    assert re.search(rf'value="{house.ward.pk}" selected', text)


def test_choosing_a_procedure_loads_its_papers_and_fee(house, desk):
    for page in (
        desk.get(COUNTER, {"procedure": house.procedure.pk}),
        desk.post(COUNTER, {"procedure": house.procedure.pk, "full_name": "Lê Thị Mẫu", "buoc": "chon"}),
    ):
        text = page.content.decode()
        assert page.status_code == 200
        assert "Giấy tờ chứng minh" in text
        assert "8.000" in text
        assert "Nhận và in phiếu" in text
        assert "error-summary" not in text
    assert "Lê Thị Mẫu" in text


@pytest.fixture
def certified(house):
    """The house's procedure costs by pages and copies from now on, and nothing for the poor."""
    revision = RevisionFactory(procedure=house.procedure, number=2, parts=False)
    by_page = {"amount": 2000, "per": "page", "tiers": [{"from": 3, "amount": 1000}], "most": 200_000}
    revision.fees.all().delete()
    revision.fees.create(name="Phí chứng thực bản sao", **by_page)
    revision.fees.create(name="Phí chứng thực bản sao", amount=0, subject="poor", law="TT 226/2016/TT-BTC")
    services.publish(revision_id=revision.pk)
    house.revision = revision
    return house


def test_pages_and_copies_make_the_fee_which_is_told_before_it_is_received(certified, desk):
    counted = {"fee_pages": "5", "fee_copies": "2", "phi_da_xem": ""}
    again = desk.post(COUNTER, typed(certified, **counted))
    text = again.content.decode()
    assert "Số tiền phải nộp là 14.000" in text
    assert 'name="phi_da_xem" value="14000"' in text
    assert not Dossier.objects.exists()
    assert desk.post(COUNTER, typed(certified, **counted | {"phi_da_xem": "14000"})).status_code == 302
    dossier = Dossier.objects.get()
    assert (dossier.fee_due, dossier.fee_facts) == (14_000, {"pages": 5, "copies": 2})


def test_what_is_not_counted_is_asked_for_and_nobody_is_let_off_without_a_paper(certified, desk):
    for missing in ({"fee_pages": "", "fee_copies": "2"}, {"fee_pages": "1", "fee_copies": "1", "fee_subject": "poor"}):
        page = desk.post(COUNTER, typed(certified, **missing))
        assert page.status_code == 400
        assert "error-summary" in page.content.decode() or "is-invalid" in page.content.decode()
    free = {"fee_pages": "1", "fee_copies": "1", "fee_subject": "poor", "fee_reason": "Sổ hộ nghèo 12/2026"}
    assert desk.post(COUNTER, typed(certified, **free, phi_da_xem="0")).status_code == 302
    assert Dossier.objects.get().fee_facts["reason"] == "Sổ hộ nghèo 12/2026"


def test_receives_gives_code_and_starts_over_at_the_person(house, desk):
    response = desk.post(COUNTER, typed(house))
    assert response.status_code == 302, response.content.decode()
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.channel, dossier.sub_channel, dossier.fee_due) == (
        State.ACCEPTED,
        Channel.DESK,
        SubChannel.COUNTER,
        8000,
    )
    assert dossier.owner.identity_source == IdentitySource.COUNTER
    assert dossier.owner.phone == "0900000001"
    assert list(dossier.attachments.values_list("paper_code", "form")) == [("TP1", "original")]
    assert NUMBER not in str(dossier.answers)
    page = desk.get(COUNTER)
    text = page.content.decode()
    assert dossier.code in text
    assert f"/mot-cua/{dossier.pk}/phieu/{PrintedForm.objects.get().pk}/?doi=1" in text
    assert NUMBER not in text
    assert "Nhận và in phiếu" in text  # the procedure of the last dossier stays chosen
    assert dossier.code not in desk.get(COUNTER).content.decode()


def test_papers_are_counted_and_the_receipt_says_how_many(house, desk):
    for wrong in ("0", "1000", "x", "-1", "²"):
        page = desk.post(COUNTER, typed(house, count_0=wrong))
        assert page.status_code == 400
        assert "Số lượng là số từ 1 đến 999" in page.content.decode()
    assert desk.post(COUNTER, typed(house, paper_0="copy", count_0="3")).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.attachments.get().count == 3
    papers = documents.receipt(dossier, DossierEvent.objects.filter(dossier_id=dossier.pk).first())["papers"]
    assert [(paper["original"], paper["copy"]) for paper in papers] == [(0, 3)]
    assert "bản sao, 3 bản" in desk.get(f"/mot-cua/{dossier.pk}/").content.decode()


def test_same_form_twice_is_one_dossier(house, desk):
    values = typed(house)
    desk.post(COUNTER, values)
    desk.post(COUNTER, values)
    assert Dossier.objects.count() == 1


def test_the_next_person_on_a_used_form_is_refused_with_everything_kept_and_received_when_sent_again(
    house, desk, enter
):
    """The browser's "back" after receiving brings the page with the key of the first dossier."""
    used = typed(house)
    desk.post(COUNTER, used)
    first = Dossier.objects.get()
    values = used | {"full_name": "Trần Văn Sau", "identity": "077085000002", "address": "Số 2 đường Sau"}
    page = desk.post(COUNTER, values)
    text = page.content.decode()
    assert page.status_code == 409
    assert f"đã được dùng để nhận hồ sơ {first.code} của Lê Thị Mẫu" in text
    assert all(f'value="{word}"' in text for word in ("Trần Văn Sau", "077085000002", "Số 2 đường Sau"))
    assert Dossier.objects.count() == 1
    values["idempotency_key"] = re.search(r'name="idempotency_key" value="([^"]+)"', text)[1]
    assert desk.post(COUNTER, values).status_code == 302
    assert set(Dossier.objects.values_list("owner_name", flat=True)) == {"Lê Thị Mẫu", "Trần Văn Sau"}
    other = enter(house.people[Role.DESK_HEAD]).post(COUNTER, used)  # the same data, but another person's act
    assert other.status_code == 409
    assert Dossier.objects.count() == 2


def test_a_dossier_without_any_paper_is_asked_about_once(house, desk):
    procedure = ProcedureFactory(name="Giấy tờ tùy trường hợp")
    revision = RevisionFactory(procedure=procedure, parts=False)
    RequiredPaper.objects.filter(revision=revision).update(is_required=False)
    type(revision).objects.filter(pk=revision.pk).update(state="published")
    OfferingFactory(procedure=procedure, unit=house.ward)
    mark = f"{house.ward.pk}.{revision.pk}."
    values = typed(house, procedure=procedure.pk, danh_muc=mark, paper_0="none")
    page = desk.post(COUNTER, values)
    assert page.status_code == 400
    assert "Nhận không kèm giấy tờ?" in page.content.decode()
    assert not Dossier.objects.exists()
    assert desk.post(COUNTER, values | {"without_papers": "on"}).status_code == 302
    assert not Dossier.objects.get().attachments.exists()


@pytest.mark.parametrize(
    ("changes", "focused"),
    [
        ({"loc": "xn", "identity": NUMBER}, "paper_0"),  # what was typed to choose chooses, and looks nobody up
        ({"loc": "khai"}, "loc"),
        ({"identity": NUMBER, "danh_muc": "", "full_name": ""}, "full_name"),
        ({"identity": NUMBER, "danh_muc": "", "phone": ""}, "phone"),
        ({"identity": NUMBER}, "loc"),
        ({"danh_muc": "", "so_truoc": NUMBER}, "paper_0"),
        ({"so_truoc": NUMBER}, "paper_0"),
    ],
)
def test_enter_does_what_comes_next_and_never_receives(house, desk, changes, focused):
    page = desk.post(COUNTER, typed(house) | changes | {"buoc": "tiep"})
    text = page.content.decode()
    assert re.search(rf'name="{focused}"[^>]*autofocus', text)
    looked_up = "loc" not in changes and "so_truoc" not in changes
    assert ("Chưa có người mang số này" in text) == looked_up
    assert 'value="Số 1 đường Mẫu"' in text
    assert not Dossier.objects.exists()


def test_what_came_by_mail_is_received_as_such(house, desk):
    desk.post(COUNTER, typed(house, channel="3"))
    dossier = Dossier.objects.get()
    assert (dossier.channel, dossier.sub_channel) == (Channel.POST, SubChannel.POST)


def test_submitter_other_than_the_owner(house, desk):
    facts = {"submitter_name": "Lê Văn Con", "submitter_identity": "077205000002", "submitter_phone": ""}
    desk.post(COUNTER, typed(house, **facts))
    dossier = Dossier.objects.get()
    assert (dossier.owner.full_name, dossier.submitter.full_name) == ("Lê Thị Mẫu", "Lê Văn Con")


def test_known_person_is_filled_in_and_the_look_up_is_logged(house, desk):
    facts = PartyFacts(full_name="Lê Thị Mẫu", phone="0900000009", identity_kind="citizen_id", identity=NUMBER)
    party = find_or_create_party(facts, source=IdentitySource.COUNTER)
    page = desk.post(COUNTER, {"identity": "077 185 000 001", "address": "giữ nguyên", "buoc": "tim"})
    text = page.content.decode()
    assert 'value="Lê Thị Mẫu"' in text
    assert 'value="0900000009"' in text
    assert 'value="giữ nguyên"' in text
    read = PersonalDataRead.objects.get()
    assert (read.party_id, read.what) == (party.pk, "tra cứu tại quầy")
    unknown = desk.post(COUNTER, {"identity": "077185000009", "buoc": "tim"})
    assert "Chưa có người mang số này" in unknown.content.decode()
    assert PersonalDataRead.objects.count() == 1


def test_scanned_card_fills_the_person(house, desk):
    card = "077185000001|273000001|Lê Thị Mẫu|06051985|Nữ|Số 1 đường Mẫu, phường Mẫu|01/02/2022"
    text = desk.post(COUNTER, {"identity": card, "buoc": "tim"}).content.decode()
    for value in ("077185000001", "Lê Thị Mẫu", "06/05/1985", "Số 1 đường Mẫu, phường Mẫu"):
        assert f'value="{value}"' in text
    assert "273000001" not in text


def test_the_cursor_stands_where_the_work_goes_on(house, desk):
    def focused(response):
        return re.search(r'name="(\w+)"[^>]*autofocus', response.content.decode()).group(1)

    assert focused(desk.get(COUNTER)) == "identity"
    assert focused(desk.post(COUNTER, {"identity": NUMBER, "buoc": "tim"})) == "full_name"
    assert focused(desk.post(COUNTER, {"procedure": house.procedure.pk, "buoc": "chon"})) == "paper_0"


@pytest.mark.parametrize("keys", ["kh", "ket hon", "dkk", "Kết hôn", "hôn đăng"])
def test_a_few_keys_choose_a_procedure_and_load_it_without_a_script(house, desk, keys):
    other = ProcedureFactory(name="Đăng ký kết hôn")
    RevisionFactory(procedure=other)
    OfferingFactory(procedure=other, unit=house.ward)
    page = desk.post(COUNTER, {"loc": keys, "procedure": house.procedure.pk, "buoc": "tiep"})
    assert page.context["chosen"].procedure == other
    assert page.context["query"] == ""
    page = desk.post(COUNTER, {"loc": keys, "procedure": other.pk, "buoc": "chon"})
    assert page.context["chosen"].procedure == other


def test_keys_that_name_no_procedure_leave_none_chosen_and_are_kept(house, desk):
    page = desk.post(COUNTER, typed(house, loc="zzz"))
    assert page.context["chosen"].procedure is None
    assert page.context["query"] == "zzz"
    assert "Không có thủ tục nào khớp với “zzz”" in page.content.decode()
    assert not Dossier.objects.exists()


def test_a_receipt_scanned_at_the_counter_opens_its_dossier_or_names_it_when_somebody_is_being_received(house, desk):
    desk.post(COUNTER, typed(house))
    dossier = Dossier.objects.get()
    scanned = f"{dossier.code}|9.1|•••001|Giấy tiếp nhận\x1d|Một Cửa"
    page = desk.post(COUNTER, {"identity": scanned, "buoc": "tim"})
    assert page.headers["Location"] == f"/mot-cua/{dossier.pk}/"
    next_one = {"identity": scanned, "full_name": "Trần Văn Sau", "so_truoc": "077085000002", "buoc": "tim"}
    text = desk.post(COUNTER, next_one).content.decode()
    assert f"Vừa quét hồ sơ {dossier.code}" in text
    assert 'value="Trần Văn Sau"' in text
    assert 'value="077085000002"' in text


def test_papers_of_a_procedure_chosen_since_must_be_seen_first(house, desk):
    page = desk.post(COUNTER, typed(house, danh_muc=""))
    assert page.status_code == 200
    assert "Hãy kiểm tra danh mục giấy tờ" in page.content.decode()
    assert not Dossier.objects.exists()


def test_case_must_be_chosen_where_there_are_cases(house, desk):
    procedure = ProcedureFactory(name="Có trường hợp")
    revision = RevisionFactory(procedure=procedure, cases=[{"code": "TH1", "name": "Trong nước"}], parts=False)
    RequiredPaper.objects.create(revision=revision, case_code="TH1", code="TP9", name="Giấy riêng", is_required=True)
    type(revision).objects.filter(pk=revision.pk).update(state="published")
    OfferingFactory(procedure=procedure, unit=house.ward)
    values = typed(house, procedure=procedure.pk, danh_muc=f"{house.ward.pk}.{revision.pk}.")
    page = desk.post(COUNTER, values)
    assert page.status_code == 400
    assert "Hãy chọn một mục" in page.content.decode()
    page = desk.post(COUNTER, {**values, "case_code": "TH1", "buoc": "chon"})
    assert "Giấy riêng" in page.content.decode()
    values |= {"case_code": "TH1", "danh_muc": f"{house.ward.pk}.{revision.pk}.TH1", "paper_1": "copy"}
    assert desk.post(COUNTER, values).status_code == 302
    assert Dossier.objects.get().case_code == "TH1"


# ── refused ──────────────────────────────────────────────────────────────────────────────────────


def test_internal_procedure_is_refused_with_the_rule_and_a_link(house, desk):
    procedure = ProcedureFactory(name="Thủ tục nội bộ thử", is_internal=True)
    revision = RevisionFactory(procedure=procedure)
    OfferingFactory(procedure=procedure, unit=house.ward)
    text = desk.post(COUNTER, {"procedure": procedure.pk, "buoc": "chon"}).content.decode()
    assert "20/5/2022" in text
    assert "Nhận và in phiếu" not in text
    forged = typed(house, procedure=procedure.pk, danh_muc=f"{house.ward.pk}.{revision.pk}.")
    assert "20/5/2022" in desk.post(COUNTER, forged).content.decode()
    assert not Dossier.objects.exists()


def test_procedure_the_unit_does_not_serve_cannot_be_received(house, desk):
    procedure = ProcedureFactory(name="Không phục vụ")
    revision = RevisionFactory(procedure=procedure)
    page = desk.post(COUNTER, typed(house, procedure=procedure.pk, danh_muc=f"{house.ward.pk}.{revision.pk}."))
    assert page.status_code == 200
    assert "data-portal-receive" not in page.content.decode()
    assert not Dossier.objects.exists()


def test_online_filing_is_not_done_at_the_counter(house, desk):
    page = desk.post(COUNTER, typed(house, channel="2"))
    assert page.status_code == 400
    assert "kể cả khi có người hỗ trợ" in page.content.decode()
    assert not Dossier.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"identity": "07718500000"}, "bạn nhập 11"),
        ({"identity": "999185000001"}, "001 đến 096"),
        ({"identity": ""}, "Mục này bắt buộc"),
        ({"identity_kind": "tax_code", "identity": "0100112438"}, "sai chữ số kiểm tra"),
        ({"full_name": "A1"}, "bỏ chữ số"),
        ({"full_name": "L\u0000ê"}, "ký tự"),
        ({"full_name": "x" * 10_000}, "quá dài"),
        ({"birth_date": "31/02/1985"}, "không có"),
        ({"birth_date": "01/01/2100"}, "từ năm 1900 đến hôm nay"),
        ({"birth_date": "13/1985"}, "không có trong lịch"),
        ({"birth_date": "85"}, "hoặc năm"),
        ({"phone": "12345"}, "Số điện thoại"),
        ({"phone": "0168 123 4567"}, "0381 234 567"),
        ({"submitter_name": "Lê Văn Con"}, "số định danh của người nộp thay"),
        ({"submitter_identity": "077205000002"}, "họ tên người nộp thay"),
        ({"paper_0": "none"}, "bắt buộc"),
        ({"paper_0": ""}, "Hãy chọn một mục"),
        ({"paper_0": "forged"}, "không có trong danh sách"),
        ({"unit": "0"}, "không có trong danh sách"),
        ({"delivery": "drone"}, "không có trong danh sách"),
        ({"owner_kind": "agency"}, "không có trong danh sách"),
        ({"idempotency_key": "x"}, "Mã phiếu"),
    ],
)
def test_bad_input_gets_a_sentence_and_saves_nothing(house, desk, changes, sentence):
    page = desk.post(COUNTER, typed(house, **changes))
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not Dossier.objects.exists()
    assert Party.objects.count() == 1


def test_decomposed_name_is_stored_composed(house, desk):
    desk.post(COUNTER, typed(house, full_name="Le\u0302 Thi\u0323 Ma\u0302\u0303u"))
    assert Dossier.objects.get().owner.full_name == "Lê Thị Mẫu"


def test_doubtful_number_warns_and_does_not_block(house, desk):
    response = desk.post(COUNTER, typed(house, birth_date="06/05/1990"), follow=True)
    assert Dossier.objects.count() == 1
    assert "khác năm sinh đã khai" in response.content.decode()


def test_only_those_who_receive_may_enter(house, enter):
    for role in (Role.OFFICER, Role.UNIT_HEAD, Role.RETURNER, Role.CLERK, Role.HOME_AFFAIRS):
        assert enter(house.people[role]).get(COUNTER).status_code == 403
    assert enter(house.citizen).get(COUNTER).status_code == 403


def test_a_desk_of_another_unit_cannot_be_named(house, enter):
    other = UnitFactory(kind="desk", parent=UnitFactory())
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=other).user
    page = enter(stranger).post(COUNTER, typed(house))
    assert page.status_code == 400
    assert not Dossier.objects.exists()
    # its own desk may receive for another authority: place does not bind (NĐ 118/2025 Art. 14)
    enter(stranger).post(COUNTER, typed(house, unit=other.pk))
    dossier = Dossier.objects.get()
    assert (dossier.receiving_unit_id, dossier.competent_unit_id) == (other.pk, house.ward.pk)


@pytest.mark.slow
@pytest.mark.parametrize("value", ["", "x", "0", "9" * 40, "\x00", "²", "-1"])
def test_made_up_choices_do_no_harm(house, desk, value):
    for name in ("competent", "procedure", "unit", "channel", "case_code", "loc", "idempotency_key"):
        assert desk.get(COUNTER, {name: value}).status_code == 200
        assert desk.post(COUNTER, {name: value, "buoc": "chon"}).status_code == 200
        assert desk.post(COUNTER, typed(house, **{name: value})).status_code in (200, 302, 400)


@pytest.mark.parametrize(("text", "stored"), [("1985", "1985"), ("05/1985", "1985-05"), ("5/1985", "1985-05")])
def test_a_year_or_a_month_of_birth_is_enough_and_shown_again_as_it_stands(house, desk, text, stored):
    desk.post(COUNTER, typed(house, birth_date=text))
    assert Dossier.objects.get().owner.birth_date == stored
    page = desk.post(COUNTER, {"identity": NUMBER, "buoc": "tim"})
    assert page.context["form"]["birth_date"].value() == "/".join(reversed(stored.split("-")))


def test_a_year_that_contradicts_the_number_is_a_doubt_not_a_refusal(house, desk):
    response = desk.post(COUNTER, typed(house, birth_date="1948"), follow=True)
    assert "năm sinh đã khai (1948)" in response.content.decode()
    assert Dossier.objects.get().owner.birth_date == "1948"


def test_another_name_under_a_proven_number_is_stopped_and_says_who_can_confirm(house, desk):
    desk.post(COUNTER, typed(house))
    page = desk.post(COUNTER, typed(house, full_name="Lê Thị Đổi Tên"))
    text = page.content.decode()
    assert page.status_code == 409
    assert "đối chiếu với một họ tên khác" in text
    assert house.people[Role.DESK_HEAD].full_name in text
    assert 'value="Lê Thị Đổi Tên"' in text
    assert Dossier.objects.count() == 1


def test_after_the_heads_confirmation_the_counter_receives_under_the_new_name(house, desk, enter):
    desk.post(COUNTER, typed(house))
    head = enter(house.people[Role.DESK_HEAD])
    assert "doi-ho-ten" in head.post(COUNTER, typed(house, full_name="Lê Thị Đổi Tên")).content.decode()
    said = {
        "kind": "person",
        "identity_kind": "citizen_id",
        "identity": NUMBER,
        "full_name": "Lê Thị Đổi Tên",
        "basis": "QĐ 12/QĐ-UBND ngày 01/11/2026",
        "unit": house.center.pk,
    }
    page = head.post("/mot-cua/doi-ho-ten/", said, follow=True)
    assert "Lê Thị Đổi Tên" in page.content.decode()
    assert NUMBER not in str(page.redirect_chain)
    row = NameChange.objects.get()
    assert (row.old_name, row.new_name, row.confirmed_by) == (
        "Lê Thị Mẫu",
        "Lê Thị Đổi Tên",
        house.people[Role.DESK_HEAD],
    )
    clerk = enter(house.people[Role.RECEPTIONIST])
    assert clerk.post(COUNTER, typed(house, full_name="Lê Thị Đổi Tên")).status_code == 302
    assert list(Dossier.objects.order_by("pk").values_list("owner_name", flat=True)) == ["Lê Thị Mẫu", "Lê Thị Đổi Tên"]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"identity": "077185999999"}, 409, "Chưa có ai được đối chiếu"),
        ({"identity": "123"}, 409, "12 chữ số"),
        ({"basis": ""}, 400, "bắt buộc"),
        ({"basis": "x" * 301}, 400, "quá dài"),
        ({"full_name": "L\x00"}, 400, "ký tự"),
        ({"unit": "0"}, 400, "không có trong danh sách"),
        ({"kind": "agency"}, 400, "không có trong danh sách"),
    ],
)
def test_bad_input_on_the_page_of_names_gets_a_sentence(house, enter, changes, status, sentence):
    head = enter(house.people[Role.DESK_HEAD])
    said = {
        "kind": "person",
        "identity_kind": "citizen_id",
        "identity": NUMBER,
        "full_name": "Lê Thị Đổi Tên",
        "basis": "QĐ 12",
        "unit": house.center.pk,
    }
    page = head.post("/mot-cua/doi-ho-ten/", said | changes)
    assert page.status_code == status
    assert sentence in page.content.decode()
    assert not NameChange.objects.exists()


def test_a_shop_is_received_under_its_owners_number_and_its_owner_is_no_answer_for_it(house, desk):
    desk.post(COUNTER, typed(house))
    page = desk.post(COUNTER, {"identity": NUMBER, "owner_kind": "household", "buoc": "tim"})
    assert "Chưa có người mang số này" in page.content.decode()
    assert desk.post(COUNTER, typed(house, owner_kind="household", full_name="Quán Mẫu")).status_code == 302
    page = desk.post(COUNTER, {"identity": NUMBER, "owner_kind": "household", "buoc": "tim"})
    assert page.context["form"]["full_name"].value() == "Quán Mẫu"
    assert Party.objects.exclude(identity_index="").count() == 2
