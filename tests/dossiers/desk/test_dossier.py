"""The dossier page: what is shown to whom, what it offers, where it leads."""

import re

import pytest
from django.urls import reverse

from accounts.enums import IdentitySource, Role
from accounts.models import PersonalDataRead
from accounts.services import PartyFacts, find_or_create_party
from dossiers.desk import happenings, sections
from dossiers.enums import Action, State
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import core, decision, desk, paper_drafts
from procedures.models import RequiredPaper
from tests import houses
from tests.dossiers.desk.acting import address, begins, fresh, send, shown_acts, write
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_page_shows_the_whole_dossier(house, enter):
    dossier = houses.received(house)
    page = enter(house.people[Role.RECEPTIONIST]).get(address(dossier))
    text = page.content.decode()
    for words in (dossier.code, dossier.reference, "Nguyễn Văn Mẫu", "Giấy tờ chứng minh", "Tiếp nhận hồ sơ", "8.000"):
        assert words in text
    assert "Vì sao có hạn này?" in text
    assert "3 ngày làm việc" in text
    assert page.context["why_due"][-1].startswith("Hạn: ")


def test_an_act_of_the_system_names_no_person(house, enter):
    dossier = houses.received(house)
    clerk = house.people[Role.RECEPTIONIST]
    opened = core.begin(dossier_id=dossier.pk, action=Action.FORWARD, by=clerk, version=None)
    opened.actor = core.SYSTEM
    core.apply(opened)
    titles = [item["title"] for item in enter(clerk).get(address(dossier)).context["events"]]
    assert titles[0] == "Chuyển phòng chuyên môn – hệ thống tự thực hiện"
    assert clerk.full_name in titles[1]


def test_page_offers_only_what_the_table_allows(house, enter):
    dossier = houses.submitted(house)
    receptionist = enter(house.people[Role.RECEPTIONIST]).get(address(dossier))
    assert shown_acts(receptionist) == ["receive", "withdraw_on_behalf", "take"]
    assert shown_acts(enter(house.people[Role.RETURNER]).get(address(dossier))) == []
    assert shown_acts(enter(house.people[Role.OFFICER]).get(address(dossier))) == []
    dossier = houses.assigned(house)
    officer = enter(house.people[Role.OFFICER]).get(address(dossier))
    assert shown_acts(officer) == ["consult", "request_payment", "release"]  # nothing to propose before it is drafted
    assert begins(officer) == [
        "Kết quả giải quyết",
        "Thông báo từ chối giải quyết",
        "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        "Văn bản xin lỗi và hẹn lại",
    ]
    # held by the officer: the head may write a request for more (the second one is a head's) or an apology, call it back, move it
    head = enter(house.people[Role.UNIT_HEAD]).get(address(dossier))
    assert shown_acts(head) == ["recall", "reassign"]
    assert begins(head) == ["Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "Văn bản xin lỗi và hẹn lại"]
    assert shown_acts(enter(house.people[Role.DESK_HEAD]).get(address(dossier))) == [
        "withdraw_on_behalf",
        "set_fee",
        "reassign",
    ]


def test_reading_is_logged_once_a_page(house, enter):
    dossier = houses.submitted(house)
    reader = house.people[Role.RECEPTIONIST]
    enter(reader).get(address(dossier))
    (read,) = PersonalDataRead.objects.all()
    assert (read.reader_id, read.party_id, read.subject, read.unit_id) == (
        reader.pk,
        house.party.pk,
        dossier.reference,
        house.center.pk,
    )


def test_identity_number_is_masked_until_asked_for_and_the_look_is_logged(house, enter):
    facts = PartyFacts(full_name="Nguyễn Văn Mẫu", identity_kind="citizen_id", identity="077190000123")
    party = find_or_create_party(facts, source=IdentitySource.COUNTER)
    dossier = houses.submitted(house, owner=party)
    client = enter(house.people[Role.RECEPTIONIST])
    text = client.get(address(dossier)).content.decode()
    assert "077190000123" not in text
    assert "•••••••••123" in text
    assert client.get(f"{address(dossier)}so-dinh-danh/").status_code == 405
    assert "077190000123" in client.post(f"{address(dossier)}so-dinh-danh/").content.decode()
    assert PersonalDataRead.objects.filter(party=party, what="xem số định danh").count() == 1
    stranger = MembershipFactory(role=Role.DESK_HEAD, unit=UnitFactory(parent=UnitFactory())).user
    assert enter(stranger).post(f"{address(dossier)}so-dinh-danh/").status_code == 404


def test_number_of_queries_is_frozen(house, enter, django_assert_max_num_queries):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    client.get(address(dossier))
    with django_assert_max_num_queries(15):  # one of them: the units whose work the reader's go on with
        client.get(address(dossier))


def test_other_units_and_citizens_find_nothing(house, enter):
    dossier = houses.submitted(house)
    stranger = MembershipFactory(role=Role.DESK_HEAD, unit=UnitFactory(parent=UnitFactory())).user
    assert enter(stranger).get(address(dossier)).status_code == 404
    assert send(enter(stranger), dossier, "receive").status_code == 404
    for user in (house.citizen, house.people[Role.HOME_AFFAIRS], house.people[Role.ADMINISTRATOR]):
        assert enter(user).get(address(dossier)).status_code == 403
        assert send(enter(user), dossier, "receive").status_code == 403
    assert fresh(dossier).state == State.SUBMITTED
    assert PersonalDataRead.objects.count() == 0


def test_wrong_role_on_a_visible_dossier_is_forbidden(house, enter):
    dossier = houses.submitted(house)
    for role, action in [
        (Role.OFFICER, "receive"),
        (Role.RETURNER, "refuse"),
        (Role.RECEPTIONIST, "approve"),
        (Role.CLERK, "propose"),
        (Role.SIGNER, "issue"),
        (Role.OFFICER, "assign"),
        (Role.OFFICER, "return"),
    ]:
        assert send(enter(house.people[role]), dossier, action).status_code == 403


@pytest.mark.parametrize("action", ["submit", "answer_supplement", "receive_at_counter", "nothing", "RECEIVE"])
def test_acts_that_are_not_the_desks_do_not_exist(house, enter, action):
    dossier = houses.submitted(house)
    assert send(enter(house.people[Role.RECEPTIONIST]), dossier, action).status_code == 404


def test_acts_are_done_by_post_only(house, enter):
    dossier = houses.submitted(house)
    assert enter(house.people[Role.RECEPTIONIST]).get(address(dossier, "receive")).status_code == 405
    assert fresh(dossier).state == State.SUBMITTED


def test_the_officer_sees_the_birth_date_as_filed_and_the_doubt_about_the_number(house, enter):
    facts = PartyFacts(full_name="Lê Thị Mẫu", birth_date="07/1948", identity="077185000001")
    filing = houses.counter_filing(house, owner=facts)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    text = enter(house.people[Role.RECEPTIONIST]).get(address(dossier)).content.decode()
    assert "<dd>07/1948" in text
    assert "năm sinh đã khai (1948)" in text


def test_only_a_required_paper_that_did_not_come_is_called_missing(house, enter, monkeypatch):
    dossier = houses.received(house)
    papers = [
        RequiredPaper(code=code, name=name, is_required=needed)
        for code, name, needed in (("X1", "Giấy phải có", True), ("X2", "Giấy tùy trường hợp", False))
    ]
    monkeypatch.setattr(sections.terms, "papers_for", lambda _dossier: papers)
    text = enter(house.people[Role.RECEPTIONIST]).get(address(dossier)).content.decode()
    assert text.count("chưa có</span>") == 1
    assert text.index("Giấy phải có") < text.index("chưa có</span>") < text.index("Giấy tùy trường hợp")
    assert "1 mục để trống" in " ".join(text.split())


def test_the_form_of_a_result_hides_what_does_not_apply_and_marks_what_it_needs(house, enter):
    dossier = houses.assigned(house)
    page = enter(house.people[Role.OFFICER]).get(reverse("desk:new_draft", args=[dossier.pk, "result"]))
    text = page.content.decode()
    assert "data-portal-wizard" in text
    assert "js/wizard.js" in text
    labels = [" ".join(label.split()) for label in re.findall(r"<label[^>]*>(.*?)</label>", text, re.DOTALL)]
    assert "Nội dung giải quyết" in labels, "what must be there when it is submitted bears no mark"
    assert any(label.endswith('<span class="optional">(không bắt buộc)</span>') for label in labels)


def test_who_has_a_paper_in_their_hands_is_led_to_it(house, enter):
    dossier = houses.assigned(house)
    officer = enter(house.people[Role.OFFICER])
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    leads = [one["label"] for one in officer.get(address(dossier)).context["next_papers"]]
    assert "Viết tiếp: Kết quả giải quyết" in leads
    head = enter(house.people[Role.UNIT_HEAD]).get(address(dossier))
    assert not [one for one in head.context["next_papers"] if one["label"].startswith("Viết tiếp")]


def test_a_signed_paper_is_issued_once_its_file_is_made(house, enter):
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    row = PaperDraft.objects.get(dossier=dossier)
    client, url = enter(house.people[Role.CLERK]), reverse("desk:draft", args=[dossier.pk, row.pk])

    page = client.get(url).content.decode()
    assert f"văn bản số {row.number} đã ký; tệp thường xong" in page
    assert f'<a href="{url}">Xem lại</a>' in page
    assert 'id="viec-issue"' not in page
    assert 'id="viec-send_back"' in page  # what needs no file is there

    houses.made(dossier)
    page = client.get(url).content.decode()
    assert 'id="viec-issue"' in page
    assert "chờ lập tệp" not in page


def test_a_paper_of_the_desk_is_sent_once_its_file_is_made(house, enter):
    dossier = houses.assigned(house)
    day = f"{houses.workday(7):%d/%m/%Y}"
    facts = {"paper_0": "on", "note_0": "Mờ.", "reason": "Không đọc được.", "answer_by": day}
    assert write(enter(house.people[Role.OFFICER]), dossier, **facts).status_code == 302
    row = PaperDraft.objects.get(dossier=dossier)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=row.pk)
    row.refresh_from_db()
    page = enter(house.people[Role.RECEPTIONIST]).get(address(dossier)).content.decode()
    assert f"văn bản số {row.number} đã ký; tệp thường xong" in page
    assert 'id="viec-request_supplement"' not in page


def test_a_long_history_is_folded_behind_its_latest_part(house, enter, monkeypatch):
    dossier = houses.assigned(house)
    page = enter(house.people[Role.OFFICER])
    assert "diễn biến trước đó" not in page.get(address(dossier)).content.decode()
    monkeypatch.setattr(happenings, "LATEST", 1)
    latest, older = page.get(address(dossier)).content.decode().split("3 diễn biến trước đó")
    assert "Phân công" in latest
    assert "Nộp hồ sơ" in older
