"""The dossier page and its acts: what is shown, who may do what, and how mistakes come back."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.enums import IdentitySource, Role
from accounts.models import PersonalDataRead
from accounts.services import PartyFacts, find_or_create_party
from dossiers.desk.acts import ACTS
from dossiers.enums import Action, DraftState, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Supplement
from dossiers.services import core, decision, desk, paper_drafts, submission
from portal import clock
from procedures.enums import PaperForm
from tests import houses
from tests.factories import MembershipFactory, UnitFactory
from vault.enums import ScanState
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def address(dossier, action=None):
    return f"/mot-cua/{dossier.pk}/" + (f"viec/{action}/" if action else "")


def send(client, dossier, action, **facts):
    return client.post(address(dossier, action), {"version": dossier.version, **facts})


def write(client, dossier, kind="supplement_request", **facts):
    """Type a draft on its page and submit it to who signs."""
    url = reverse("desk:new_draft", args=[dossier.pk, kind])
    return client.post(url, {"version": dossier.version, "viec": "trinh", **facts})


def signed_and_made(enter, dossier, head):
    """The head signs on the draft's own page, the paper in view; a worker makes the file."""
    row = PaperDraft.objects.get(dossier=dossier, state=DraftState.SUBMITTED)
    client = enter(head)
    page = client.get(reverse("desk:draft", args=[dossier.pk, row.pk]))
    assert "DỰ THẢO" in page.content.decode()
    one = next(one for one in page.context["acts"] if one.act.code == "sign_draft")
    assert client.post(one.url, dict(one.hidden)).status_code == 302
    houses.made(dossier)
    return PaperDraft.objects.get(pk=row.pk)


def send_paper(enter, dossier, clerk, action="request_supplement"):
    """The desk sends the signed paper that its page offers."""
    client = enter(clerk)
    page = client.get(address(dossier))
    one = next(one for one in page.context["next_acts"] if one.act.code == action)
    return client.post(one.url, dict(one.hidden))


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def shown_acts(page):
    return [one.name for one in [*page.context["next_acts"], *page.context["other_acts"]]]


def begins(page):
    """Papers that the page offers to begin."""
    return [one["label"].removeprefix("Soạn: ") for one in page.context["next_papers"] if not one["is_next"]]


def offered(client, dossier, action):
    """Whether an act is offered: on the dossier's page, or beside the paper to which that page leads."""
    page = client.get(address(dossier))
    if not ACTS[action].is_beside_paper:
        return action in shown_acts(page)
    assert action not in shown_acts(page)  # nobody signs what they have not seen
    leads = [one["url"] for one in page.context["next_papers"] if one["label"].startswith(str(ACTS[action].label))]
    return any(action in [one.name for one in client.get(url).context["acts"]] for url in leads)


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
    assert shown_acts(officer) == ["consult", "release"]  # nothing to propose before it is drafted
    assert begins(officer) == [
        "Kết quả giải quyết",
        "Thông báo từ chối giải quyết",
        "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    ]
    # held by the officer: the head may write a request for more (the second one is a head's), call it back, move it
    head = enter(house.people[Role.UNIT_HEAD]).get(address(dossier))
    assert shown_acts(head) == ["recall", "reassign"]
    assert len(begins(head)) == 1
    assert shown_acts(enter(house.people[Role.DESK_HEAD]).get(address(dossier))) == ["withdraw_on_behalf", "reassign"]


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


# ── each act, done ───────────────────────────────────────────────────────────────────────────────


def test_receive_gives_the_code_and_calls_for_the_receipt(house, enter):
    dossier = houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    response = send(client, dossier, "receive")
    assert response.status_code == 302
    now = fresh(dossier)
    assert (now.state, now.code) == (State.ACCEPTED, "H29.951-261118-0001")
    page = client.get(response.headers["Location"])
    assert f"Đã tiếp nhận hồ sơ {now.code}" in page.content.decode()
    assert f"/phieu/{PrintedForm.objects.get(dossier=now).pk}/" in page.content.decode()


def test_refuse_keeps_code_and_words_of_the_reason(house, enter):
    dossier = houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    facts = {"reason_code": "wrong_unit", "reason": "Nộp tại phường Bên.\nĐịa chỉ: số 1."}
    assert write(client, dossier, "intake_refusal", **facts).status_code == 302
    signed_and_made(enter, dossier, house.people[Role.DESK_HEAD])
    assert send_paper(enter, dossier, house.people[Role.RECEPTIONIST], "refuse").status_code == 302
    assert fresh(dossier).state == State.NOT_ACCEPTED
    assert EventText.objects.get(dossier=dossier).text == "Nộp tại phường Bên.\nĐịa chỉ: số 1."
    assert "Không thuộc thẩm quyền" in client.get(address(dossier)).content.decode()


def test_the_whole_route_through_the_pages(house, enter):
    dossier = houses.received(house)
    officer = house.people[Role.OFFICER]
    steps = [
        (Role.RECEPTIONIST, "forward", {}),
        (Role.UNIT_HEAD, "assign", {"officer": officer.pk}),
        (Role.OFFICER, "propose", {"note": "Đủ điều kiện."}),
        (Role.UNIT_HEAD, "send_back", {"reason": "Ghi rõ căn cứ."}),
        (Role.OFFICER, "propose", {}),
        (Role.UNIT_HEAD, "approve", {}),
        (Role.SIGNER, "approve", {}),
        (Role.CLERK, "issue", {}),
        (Role.RETURNER, "return", {"handed_to": "Nguyễn Văn Mẫu", "identity_seen": "on"}),
    ]
    for role, action, facts in steps:
        client = enter(house.people[role])
        if action == "propose":
            assert action not in shown_acts(client.get(address(dossier))) or PaperDraft.objects.exists()
            houses.drafted(dossier_id=dossier.pk, by=officer)
        houses.made(dossier)
        assert offered(client, dossier, action)
        response = send(client, fresh(dossier), action, **facts)
        assert response.status_code == 302, response.content.decode()
        assert client.get(response.headers["Location"]).status_code == 200
    done = fresh(dossier)
    assert done.state == State.RETURNED
    assert done.result.handed_to == "Nguyễn Văn Mẫu"
    page = enter(house.people[Role.RETURNER]).get(address(dossier))
    assert shown_acts(page) == []
    assert "Đã trả cho Nguyễn Văn Mẫu" in page.content.decode()


def test_supplement_is_asked_item_by_item(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    day = clock.today() + timedelta(days=7)
    response = write(
        client,
        dossier,
        paper_0="on",
        note_0="Bản chụp mờ, chụp lại.",
        extra_name="Xác nhận cư trú",
        extra_basis="Khoản 1 Điều 5",
        reason="Không đọc được.",
        answer_by=f"{day:%d/%m/%Y}",
    )
    assert response.status_code == 302, response.content.decode()
    row = signed_and_made(enter, dossier, house.people[Role.UNIT_HEAD])
    assert send_paper(enter, dossier, house.people[Role.RECEPTIONIST]).status_code == 302
    request = Supplement.objects.get(dossier=dossier)
    assert request.items == [
        {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Bản chụp mờ, chụp lại."},
        {"paper_code": "", "name": "Xác nhận cư trú", "note": "Khoản 1 Điều 5"},
    ]
    assert request.answer_by == day
    assert fresh(dossier).state == State.SUPPLEMENT
    text = client.get(address(dossier)).content.decode()
    assert "tạm dừng tính giờ" in text
    assert "Chờ người nộp bổ sung" in text
    page = client.get(reverse("desk:draft", args=[dossier.pk, row.pk])).content.decode()
    assert "đã ban hành" in page
    answer = client.get(reverse("desk:draft_print", args=[dossier.pk, row.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_a_draft_is_kept_shown_and_changed_before_it_is_submitted(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    facts = {"paper_0": "on", "note_0": "mờ", "reason": "Mờ.", "answer_by": "31/12/2026"}
    assert write(client, dossier, viec="luu", **facts).status_code == 302
    row = PaperDraft.objects.get()
    url = reverse("desk:draft", args=[dossier.pk, row.pk])
    page = client.get(url)
    assert page.context["form"]["answer_by"].value() == "31/12/2026"
    assert "DỰ THẢO" in page.content.decode()
    held = {"version": dossier.version, "draft": row.pk, "draft_version": 1, "viec": "luu"}
    assert client.post(url, {**facts, **held, "reason": "Mờ trang 2."}).status_code == 302
    stale = client.post(url, {**facts, **held, "reason": "Mờ trang 3."})
    assert stale.status_code == 409
    assert "Mờ trang 3." in stale.content.decode()  # what was typed is not lost
    assert "vừa được lưu ở nơi khác" in stale.content.decode()
    assert "Mờ trang 2." in stale.content.decode()  # the sheet shows what stands there now
    row.refresh_from_db()
    assert (row.version, row.fields["reason"]) == (2, "Mờ trang 2.")
    # who has seen both saves again, and is not told for ever that somebody was faster
    seen = {name: stale.context["form"][name].value() for name in ("version", "draft", "draft_version", "item")}
    assert client.post(url, {**facts, **seen, "viec": "luu", "reason": "Mờ trang 3."}).status_code == 302
    row.refresh_from_db()
    assert (row.version, row.fields["reason"]) == (3, "Mờ trang 3.")
    # somebody else sees it, and cannot write on it
    other = enter(house.people[Role.RECEPTIONIST]).get(url)
    assert other.context["form"] is None
    late = enter(house.people[Role.RECEPTIONIST]).post(url, {**facts, "reason": "Lời gõ ở nơi khác."})
    assert late.status_code == 409
    assert "Lời gõ ở nơi khác." in late.content.decode()  # for copying
    row.refresh_from_db()
    assert row.version == 3


def test_a_draft_begun_in_two_tabs_keeps_the_words_of_both(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    facts = {"paper_0": "on", "note_0": "mờ", "answer_by": "31/12/2026", "viec": "luu"}
    assert write(client, dossier, **facts, reason="Của thẻ thứ nhất.").status_code == 302
    late = write(client, dossier, **facts, reason="Của thẻ thứ hai.")
    assert late.status_code == 409
    assert late.context["form"]["reason"].value() == "Của thẻ thứ hai."
    assert "Của thẻ thứ nhất." in late.content.decode()
    assert PaperDraft.objects.get().fields["reason"] == "Của thẻ thứ nhất."


def test_words_for_a_draft_that_was_submitted_are_shown_for_copying(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    facts = {"paper_0": "on", "note_0": "mờ", "answer_by": "31/12/2026", "reason": "Mờ."}
    assert write(client, dossier, **facts).status_code == 302
    row = PaperDraft.objects.get()
    sent = {**facts, "draft": row.pk, "draft_version": row.version, "version": dossier.version, "viec": "luu"}
    late = client.post(reverse("desk:draft", args=[dossier.pk, row.pk]), {**sent, "reason": "Lời sửa quá muộn."})
    assert late.status_code == 409
    assert "chưa được lưu" in late.content.decode()
    assert late.context["lost_words"] == ["Lý do: Lời sửa quá muộn."]


def test_mistakes_in_a_result_are_listed_by_the_names_of_their_fields(house, enter):
    dossier = houses.assigned(house)
    url = reverse("desk:new_draft", args=[dossier.pk, "result"])
    client = enter(house.people[Role.OFFICER])
    names = [one.key for one in client.get(url).context["form"].possible if one.required]
    page = client.post(url, {"version": dossier.version, "viec": "luu", names[0]: "TrÇn ThÞ MÉu"})
    assert page.status_code == 400
    assert "asteriskField&quot;" not in page.content.decode()  # the star is for the label, not for the list
    assert page.context["mistakes"][0]["href"].startswith("#")


def test_supplement_before_reception_stops_and_restarts_the_acceptance_clock(house, enter):
    dossier = houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    facts = {"paper_0": "on", "note_0": "mờ", "reason": "Mờ.", "answer_by": "31/12/2026"}
    assert write(client, dossier, **facts).status_code == 302
    signed_and_made(enter, dossier, house.people[Role.DESK_HEAD])
    assert send_paper(enter, dossier, house.people[Role.RECEPTIONIST]).status_code == 302
    assert "tạm dừng" in client.get("/mot-cua/", {"muc": "cho-dan"}).content.decode()
    assert client.get(address(dossier)).context["due"]["left"] is None
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã gửi lại.")
    page = client.get(address(dossier))
    assert page.context["due"]["left"] == 480
    assert "tính lại từ đầu" in " ".join(page.context["why_due"])
    assert "receive" in shown_acts(page)


def test_second_supplement_needs_the_head(house, enter):
    dossier = houses.assigned(house)
    facts = {"paper_0": "on", "note_0": "mờ", "reason": "Mờ.", "answer_by": "31/12/2026"}
    officer = enter(house.people[Role.OFFICER])
    houses.asked(house, dossier)
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã gửi lại.")
    page = write(officer, fresh(dossier), **facts)
    assert page.status_code == 409
    assert "phải do lãnh đạo yêu cầu" in page.content.decode()
    assert Supplement.objects.filter(dossier=dossier).count() == 1
    assert "tính lại từ đầu" in " ".join(officer.get(address(dossier)).context["why_due"])


def test_the_answer_to_a_withdrawal_is_offered_only_when_asked_for(house, enter):
    dossier = houses.received(house)
    client = enter(house.people[Role.RECEPTIONIST])

    assert send(client, dossier, "withdraw").status_code == 409
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    assert "Trả lời đề nghị rút hồ sơ" in begins(client.get(address(dossier)))
    assert write(client, fresh(dossier), "withdrawal_answer", answer="agree").status_code == 302
    signed_and_made(enter, dossier, house.people[Role.DESK_HEAD])
    page = client.get(address(dossier))
    assert "decline_withdrawal" not in shown_acts(page)  # the signed paper says yes
    assert send_paper(enter, dossier, house.people[Role.RECEPTIONIST], "withdraw").status_code == 302
    assert fresh(dossier).state == State.WITHDRAWN


def test_a_declined_withdrawal_goes_on_and_says_why(house, enter):
    dossier = houses.received(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    client = enter(house.people[Role.RECEPTIONIST])
    page = write(client, fresh(dossier), "withdrawal_answer", answer="decline")
    assert page.status_code == 409
    assert "Hãy ghi rõ lý do" in page.content.decode()
    words = {"answer": "decline", "reason": "Kết quả đã ký."}
    assert write(client, fresh(dossier), "withdrawal_answer", **words).status_code == 302
    signed_and_made(enter, dossier, house.people[Role.DESK_HEAD])
    assert send_paper(enter, dossier, house.people[Role.RECEPTIONIST], "decline_withdrawal").status_code == 302
    assert (fresh(dossier).state, fresh(dossier).wants_withdrawal) == (State.ACCEPTED, False)
    paper = PrintedForm.objects.get(dossier=dossier, name="withdrawal_answer")
    assert paper.number == "01/2026/TL-UBND"


# ── each act, refused ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"reason_code": "", "reason": "x"}, "Hãy chọn một mục"),
        ({"reason_code": "forged", "reason": "x"}, "không có trong danh sách"),
        ({"reason_code": "other", "reason": ""}, "Mục này bắt buộc"),
        ({"reason_code": "other", "reason": "  \n "}, "Mục này bắt buộc"),
        ({"reason_code": "other", "reason": "x" * 10_000}, "quá dài"),
        ({"reason_code": "other", "reason": "a\x00b"}, "ký tự"),
        ({"version": "-1", "reason_code": "other", "reason": "x"}, "Phiên bản"),
        ({"version": "9" * 30, "reason_code": "other", "reason": "x"}, "Phiên bản"),
        ({"version": "abc", "reason_code": "other", "reason": "x"}, "Phiên bản"),
    ],
)
def test_refuse_with_bad_words_says_so_at_the_field(house, enter, facts, sentence):
    dossier = houses.submitted(house)
    page = write(enter(house.people[Role.RECEPTIONIST]), dossier, "intake_refusal", **facts)
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not PaperDraft.objects.exists()


@pytest.mark.parametrize("officer", ["", "0", "999999999999999999999", "abc", "\x00", "-5"])
def test_assign_takes_only_an_officer_of_the_unit(house, enter, officer):
    dossier = houses.received(house)
    send(enter(house.people[Role.RECEPTIONIST]), dossier, "forward")
    page = send(enter(house.people[Role.UNIT_HEAD]), fresh(dossier), "assign", officer=officer)
    assert page.status_code == 400
    outsider = MembershipFactory(role=Role.OFFICER).user
    assert send(enter(house.people[Role.UNIT_HEAD]), fresh(dossier), "assign", officer=outsider.pk).status_code == 400


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "Hãy chọn ít nhất một giấy tờ"),
        ({"paper_0": "on"}, "Hãy ghi rõ cần bổ sung gì"),
        ({"extra_name": "Giấy khác"}, "Hãy ghi căn cứ pháp lý"),
        ({"note_0": "x", "answer_by": "31/02/2027"}, "không có"),
        ({"note_0": "x", "answer_by": "hôm nào"}, "ngày"),
        ({"note_0": "x" * 10_000}, "quá dài"),
        ({"note_0": "\x00"}, "ký tự"),
    ],
)
def test_supplement_with_bad_words_says_so(house, enter, facts, sentence):
    dossier = houses.assigned(house)
    values = {"reason": "Lý do.", "answer_by": "31/12/2026", **facts}
    page = write(enter(house.people[Role.OFFICER]), dossier, **values)
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not Supplement.objects.exists()


def test_supplement_due_in_the_past_is_refused_by_the_service(house, enter):
    dossier = houses.assigned(house)
    values = {"note_0": "x", "reason": "Lý do.", "answer_by": "01/01/2020"}
    page = write(enter(house.people[Role.OFFICER]), dossier, **values)
    assert page.status_code == 409
    assert "Hạn bổ sung phải sau" in page.content.decode()


def test_return_needs_the_identity_seen(house, enter):
    dossier = houses.issued(house)
    page = send(enter(house.people[Role.RETURNER]), dossier, "return", handed_to="Ai đó")
    assert page.status_code == 400
    assert "Hãy đánh dấu ô này" in page.content.decode()
    assert fresh(dossier).state == State.DONE


def test_four_eyes_hold_on_the_page(house, enter):
    MembershipFactory(user=house.people[Role.OFFICER], role=Role.UNIT_HEAD, unit=house.office)
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    send(client, dossier, "propose", decision="grant", content="Đủ điều kiện.")
    assert "approve" not in shown_acts(client.get(address(dossier)))
    assert send(client, fresh(dossier), "approve").status_code == 409


def test_stale_page_comes_back_with_typed_words_and_the_new_version(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    page = send(client, dossier, "propose", note="Những lời đã viết rất lâu.")
    text = page.content.decode()
    assert page.status_code == 409
    assert "vừa được người khác cập nhật" in text
    assert "Những lời đã viết rất lâu." in text
    assert f'name="version" value="{fresh(dossier).version}"' in text
    assert fresh(dossier).proposal == ""
    again = send(client, fresh(dossier), "propose", note="Những lời đã viết rất lâu.")
    assert again.status_code == 302


def test_words_for_an_act_no_longer_possible_are_shown_for_copying(house, enter):
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    client = enter(house.people[Role.UNIT_HEAD])
    send(client, fresh(dossier), "approve")
    page = send(client, fresh(dossier), "send_back", reason="Lời giải thích dài.")
    assert page.status_code == 409
    assert "Lời giải thích dài." in page.content.decode()
    assert "Việc vừa rồi chưa thực hiện được" in page.content.decode()  # at the top of a telephone's page
    assert "không còn ở bước này" in page.content.decode()


# ── files and printed forms ──────────────────────────────────────────────────────────────────────


def stored(state=ScanState.CLEAN, name="giấy.pdf"):
    key = default_storage.save("thu/tep", ContentFile(b"%PDF-1.4 noi dung"))
    return StoredFile.objects.create(
        key=key,
        name=name,
        mime="application/pdf",
        size=17,
        sha256=hashlib.sha256(b"%PDF-1.4 noi dung").hexdigest(),
        scan_state=state,
    )


def attached(dossier, file):
    return Attachment.objects.create(
        dossier=dossier, paper_code="TP1", paper_name="Giấy tờ chứng minh", form=PaperForm.E_COPY, file=file
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [(ScanState.CLEAN, 200), (ScanState.NOT_SCANNED, 200), (ScanState.WAITING, 409), (ScanState.INFECTED, 403)],
)
def test_files_open_only_when_the_scan_allows(house, enter, state, status):
    dossier = houses.submitted(house)
    row = attached(dossier, stored(state))
    client = enter(house.people[Role.RECEPTIONIST])
    link = f"/mot-cua/{dossier.pk}/tep/{row.pk}/"
    assert (link in client.get(address(dossier)).content.decode()) == (status == 200)
    response = client.get(link)
    assert response.status_code == status
    if status == 200:
        assert b"".join(response.streaming_content) == b"%PDF-1.4 noi dung"
        assert "attachment" in response.headers["Content-Disposition"]
        assert PersonalDataRead.objects.filter(what="mở giấy tờ").count() == 1


def test_what_to_mind_before_opening_stands_beside_the_file(house, enter):
    dossier = houses.submitted(house)
    file = stored()
    client = enter(house.people[Role.RECEPTIONIST])
    attached(dossier, file)
    assert "Lưu ý khi mở" not in client.get(address(dossier)).content.decode()
    StoredFile.objects.filter(pk=file.pk).update(remarks=["turned", "links", "form"])
    text = client.get(address(dossier)).content.decode()
    assert "Lưu ý khi mở: có liên kết ra ngoài; có ô điền (biểu mẫu)" in " ".join(text.split())
    assert "đã xoay" not in text  # what was done to a picture is told to its sender


def test_files_of_other_dossiers_and_scopes_are_not_found(house, enter):
    first, second = houses.submitted(house), houses.submitted(house)
    row = attached(first, stored())
    client = enter(house.people[Role.RECEPTIONIST])
    assert client.get(f"/mot-cua/{second.pk}/tep/{row.pk}/").status_code == 404
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(parent=UnitFactory())).user
    assert enter(stranger).get(f"/mot-cua/{first.pk}/tep/{row.pk}/").status_code == 404
    paper_seen = first.attachments.get(file=None)
    assert client.get(f"/mot-cua/{first.pk}/tep/{paper_seen.pk}/").status_code == 404


def test_printed_form_says_when_it_is_being_made(house, enter):
    dossier = houses.received(house)
    form = PrintedForm.objects.get(dossier=dossier)
    PrintedForm.objects.filter(pk=form.pk).update(file=None)
    client = enter(house.people[Role.RECEPTIONIST])
    link = f"/mot-cua/{dossier.pk}/phieu/{form.pk}/"
    assert "đang in" in client.get(link).content.decode()
    partial = client.get(f"{link}?doi=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in partial
    assert "every 2s" in partial
    PrintedForm.objects.filter(pk=form.pk).update(file=stored(name="phiếu.pdf"))
    ready = client.get(f"{link}?doi=1", headers={"HX-Request": "true"}).content.decode()
    assert "Tải phiếu để in" in ready
    assert "every 2s" not in ready
    response = client.get(link)
    assert response.headers["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    other = houses.submitted(house)
    assert client.get(f"/mot-cua/{other.pk}/phieu/{form.pk}/").status_code == 404


def test_the_officer_sees_the_birth_date_as_filed_and_the_doubt_about_the_number(house, enter):
    facts = PartyFacts(full_name="Lê Thị Mẫu", birth_date="07/1948", identity="077185000001")
    filing = houses.counter_filing(house, owner=facts)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    text = enter(house.people[Role.RECEPTIONIST]).get(address(dossier)).content.decode()
    assert "<dd>07/1948" in text
    assert "năm sinh đã khai (1948)" in text


def test_the_form_of_a_result_hides_what_does_not_apply_and_marks_what_it_needs(house, enter):
    dossier = houses.assigned(house)
    page = enter(house.people[Role.OFFICER]).get(reverse("desk:new_draft", args=[dossier.pk, "result"]))
    text = page.content.decode()
    assert "data-portal-wizard" in text
    assert "js/wizard.js" in text
    assert 'Nội dung giải quyết<span class="asteriskField">*</span>' in text.replace("\n", "")


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
    assert f"văn bản số {row.number} đã ký, tệp đang được lập" in page
    assert f'<a href="{url}">Xem lại</a>' in page
    assert 'id="viec-issue"' not in page
    assert 'id="viec-send_back"' in page  # what needs no file is there

    houses.made(dossier)
    page = client.get(url).content.decode()
    assert 'id="viec-issue"' in page
    assert "tệp đang được lập" not in page


def test_a_paper_of_the_desk_is_sent_once_its_file_is_made(house, enter):
    dossier = houses.assigned(house)
    day = f"{houses.workday(7):%d/%m/%Y}"
    facts = {"paper_0": "on", "note_0": "Mờ.", "reason": "Không đọc được.", "answer_by": day}
    assert write(enter(house.people[Role.OFFICER]), dossier, **facts).status_code == 302
    row = PaperDraft.objects.get(dossier=dossier)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=row.pk)
    row.refresh_from_db()
    page = enter(house.people[Role.RECEPTIONIST]).get(address(dossier)).content.decode()
    assert f"văn bản số {row.number} đã ký, tệp đang được lập" in page
    assert 'id="viec-request_supplement"' not in page
