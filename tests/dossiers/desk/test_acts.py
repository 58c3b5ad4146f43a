"""Each act of the desk through the pages, and how mistakes come back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Supplement
from dossiers.services import submission
from portal import clock
from tests import houses
from tests.dossiers.desk.acting import (
    address,
    begins,
    fresh,
    offered,
    send,
    send_paper,
    shown_acts,
    signed_and_made,
    write,
)
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


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
        (Role.RETURNER, "return", {"handed_to": "Nguyễn Văn Mẫu", "identity_seen": "on", "unpaid_seen": "on"}),
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


def test_answers_of_the_form_are_asked_anew_beside_papers(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    page = client.get(reverse("desk:new_draft", args=[dossier.pk, "supplement_request"])).content.decode()
    assert "Tờ khai: Người yêu cầu" in page
    assert "Đã khai: Nguyễn Văn Mẫu" in page
    facts = {"paper_0": "on", "note_0": "mờ", "reason": "Sai.", "answer_by": "31/12/2026"}
    refused = write(client, dossier, **facts, field_0_0="on")
    assert refused.status_code == 400
    assert "Hãy ghi rõ cần bổ sung gì, sửa gì ở mục này." in refused.content.decode()
    assert write(client, dossier, **facts, viec="luu", field_0_0="on", about_0_0="Ghi như trên thẻ.").status_code == 302
    row = PaperDraft.objects.get()
    name = "Tờ khai, mục “Họ, chữ đệm, tên”"
    about = {"paper_code": "", "field": "ho_ten", "name": name, "note": "Ghi như trên thẻ."}
    assert row.fields["items"][1:] == [about]
    text = client.get(reverse("desk:draft", args=[dossier.pk, row.pk])).content.decode()
    assert f"<td>{name}</td><td>Ghi như trên thẻ.</td>" in text
    assert 'value="Ghi như trên thẻ."' in text


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


def test_a_result_that_is_not_paid_is_given_away_only_knowingly(house, enter):
    dossier = houses.issued(house)
    Dossier.objects.filter(pk=dossier.pk).update(fee_due=8000, fee_paid=0)
    client = enter(house.people[Role.RETURNER])
    asked = "đã báo người nhận và có căn cứ để trả khi chưa nộp"
    assert asked in client.get(address(dossier)).content.decode()
    given = {"handed_to": "Nguyễn Văn Mẫu", "identity_seen": "on"}
    answer = send(client, dossier, "return", **given)
    assert answer.status_code == 400
    assert asked in answer.content.decode()
    send(client, dossier, "return", **given, unpaid_seen="on")
    assert fresh(dossier).state == State.RETURNED


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
    assert "vừa được cập nhật ở nơi khác" in text
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
