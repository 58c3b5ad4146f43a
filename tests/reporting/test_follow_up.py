"""After the figure: targets are taken note of, a miss is explained, sent back and accepted; who led then is kept."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import LeaveCover, Membership, OrgUnit
from dossiers import books
from dossiers.services.proof import numbers
from integrations.models import OutboxMessage
from portal.clock import VIETNAM
from portal.errors import UserError
from portal.pdf import render_pdf
from reporting import target_plans
from reporting.closing import AFTER_FIGURES
from reporting.enums import RemedyState, ShortfallState
from reporting.follow_up import letters
from reporting.follow_up.queries import targets_held
from reporting.follow_up.services import doing, explaining, opening, receiving, reminding
from reporting.models import (
    ClosedVerdict,
    FollowedMonth,
    MeetingMinutes,
    Remedy,
    ReminderLetter,
    Shortfall,
    TargetReceipt,
)
from reporting.snapshot import freeze_month
from reporting.tasks import follow_up
from tests.factories import CalendarFactory, MembershipFactory, UnitFactory
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import FRAME, SEPTEMBER, rows_of, target, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
CLOSING_DAY = datetime(2022, 10, 5, 10, 0, tzinfo=VIETNAM)  # a Wednesday
OVERVIEW = "/so-lieu/theo-doi/"


@pytest.fixture
def october():
    with time_machine.travel(CLOSING_DAY, tick=False) as clock:
        yield clock


@pytest.fixture
def missed(city, october, one_transaction):
    """Ward 1 stands at 2 of 5 against 70 %; ward 2 and the office reached theirs."""
    CalendarFactory()
    golden(city)
    target(city.wards, "0.70")
    target(city.offices, "0.50")
    city.head = MembershipFactory(role=Role.SIGNER, unit=city.first, user__full_name="Chủ tịch Một").user
    city.other = MembershipFactory(role=Role.SIGNER, unit=city.second).user
    city.home = MembershipFactory(role=Role.HOME_AFFAIRS, unit=city.wards).user
    city.run = freeze_month(SEPTEMBER)
    october.shift(1)
    assert follow_up() == 1
    city.shortfall = Shortfall.objects.get()
    return city


def typed(**changes):
    """What the head's page sends."""
    rows = {
        "bp-TOTAL_FORMS": "2",
        "bp-INITIAL_FORMS": "0",
        "bp-0-text": "Hướng dẫn tại nhà văn hóa",
        "bp-0-indicator": "online_share_all",
        "bp-0-expected": "12",
        "bp-0-owner": "Trần Thị Cán Bộ",
        "bp-0-due_on": "31/10/2022",
    }
    return {"act": "send", "revision": "1", "causes": ["skills"], "words": "Mới nhận việc.", **rows, **changes}


def enter(client, user):
    client.force_login(user)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client


def page_of(found):
    return reverse("reporting:shortfall", kwargs={"shortfall_id": found.pk})


def sent(city, **changes):
    content = {
        "causes": ["skills"],
        "words": "",
        "measures": [
            {
                "text": "Hướng dẫn",
                "indicator": "online_share_all",
                "procedure": city.birth.pk,
                "expected": 12,
                "owner": "Tổ một cửa",
                "due_on": "2022-10-31",
            }
        ],
    }
    facts = {"by": city.head, "shortfall_id": city.shortfall.pk, "revision": 1, "draft": {"words": "x"}}
    explaining.send(**{**facts, "content": content, **changes})
    city.shortfall.refresh_from_db()
    return city.shortfall.acts.latest("seq")


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


def test_each_unit_that_missed_is_asked_once_within_five_working_days(missed):
    assert missed.shortfall.unit == missed.first
    assert missed.shortfall.due_on == date(2022, 10, 12)
    assert [act.step for act in missed.shortfall.acts.all()] == ["opened"]
    assert follow_up() == 0
    assert opening.open_month(run_id=missed.run.pk) is False
    told = OutboxMessage.objects.filter(kind="figures.shortfall_opened")
    assert {row.address for row in told} == {f"user:{missed.head.pk}", missed.head.email}
    assert FollowedMonth.objects.get().opened == 1


def test_month_closed_again_asks_only_who_was_not_asked(missed, october):
    freeze_month(SEPTEMBER, by=missed.home, decision="12/QĐ-UBND")
    october.shift(1)
    assert follow_up() == 1
    assert Shortfall.objects.count() == 1


def test_month_closed_long_after_its_end_asks_nobody(city, one_transaction):
    golden(city)
    target(city.wards, "0.70")
    freeze_month(SEPTEMBER)
    assert ClosedVerdict.objects.filter(verdict="missed", scope_kind="unit").exists()
    assert follow_up() == 0
    assert not Shortfall.objects.exists()


def test_limit_that_was_kept_is_no_miss_when_the_month_is_closed(city, october, one_transaction):
    CalendarFactory()
    golden(city)
    target(city.wards, "0.90", indicator="open_overdue")
    freeze_month(SEPTEMBER)
    found = ClosedVerdict.objects.filter(indicator="open_overdue", denominator__gt=0, numerator=0)
    assert {row.verdict for row in found} <= {"reached"}


# ── explaining ───────────────────────────────────────────────────────────────────────────────────


def test_draft_survives_as_it_was_typed_and_a_second_tab_is_told(missed, client):
    enter(client, missed.head)
    address = page_of(missed.shortfall)
    wrong = typed(act="save", **{"bp-0-due_on": "hôm nào đó", "bp-0-expected": "mười"})
    assert client.post(address, wrong).status_code == 302
    page = client.get(address).content.decode()
    for words in ("hôm nào đó", "mười", "Hướng dẫn tại nhà văn hóa", "Mới nhận việc."):
        assert words in page
    second = client.post(address, typed(act="save", words="Tab thứ hai"))
    assert second.status_code == 409
    assert "Tab thứ hai" in second.content.decode()
    missed.shortfall.refresh_from_db()
    assert missed.shortfall.draft["words"] == "Mới nhận việc."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"causes": [], "words": ""}, "Chưa nêu nguyên nhân"),
        (
            {"bp-0-text": "", "bp-0-owner": "", "bp-0-due_on": "", "bp-0-expected": "", "bp-0-indicator": ""},
            "Chưa có biện",
        ),
        ({"bp-0-due_on": "31/02/2022"}, "không có"),
        ({"bp-0-due_on": "01/10/2022"}, "từ hôm nay"),
        ({"bp-0-procedure": "1.2.3"}, "không có thủ tục này"),
        ({"bp-0-expected": "-1"}, "Chưa gửi được"),
        ({"bp-TOTAL_FORMS": "x"}, ""),
    ],
)
def test_what_cannot_be_sent_is_told_and_stays_on_the_page(missed, client, changes, words):
    enter(client, missed.head)
    answer = client.post(page_of(missed.shortfall), typed(**changes))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in page or "is-invalid" in page
    assert Shortfall.objects.get().state == ShortfallState.OPEN


def test_it_is_sent_given_back_and_accepted_and_every_version_stays(missed, client):
    enter(client, missed.head)
    address = page_of(missed.shortfall)
    named = typed(**{"bp-0-procedure": f"{missed.birth.code} {missed.birth.name}"})
    assert client.post(address, named).status_code == 302
    decide = f"{address}xem-xet/"
    enter(client, missed.home)
    assert "Xem xét" in text_of(client.get(address))
    assert client.post(decide, {"act": "return", "seq": "2", "words": ""}).status_code == 400
    assert client.post(decide, {"act": "return", "seq": "2", "words": "Nêu rõ số hồ sơ."}).status_code == 302
    stale = client.post(decide, {"act": "accept", "seq": "2", "words": "giữ lời này"})
    assert (stale.status_code, "giữ lời này" in stale.content.decode()) == (400, True)
    enter(client, missed.head)
    page = client.get(address).content.decode()
    assert "Nêu rõ số hồ sơ." in page
    assert "Hướng dẫn tại nhà văn hóa" in page
    assert client.post(address, typed(revision="2", words="Lần hai")).status_code == 302
    enter(client, missed.home)
    assert client.post(decide, {"act": "accept", "seq": "4"}).status_code == 302
    missed.shortfall.refresh_from_db()
    assert [(act.step, act.name) for act in missed.shortfall.acts.all()] == [
        ("opened", ""),
        ("sent", "Chủ tịch Một"),
        ("returned", missed.home.full_name),
        ("sent", "Chủ tịch Một"),
        ("accepted", missed.home.full_name),
    ]
    assert [act.content["words"] for act in missed.shortfall.acts.filter(step="sent")] == ["Mới nhận việc.", "Lần hai"]
    measure = Remedy.objects.get()
    assert (measure.unit, measure.expected, measure.due_on) == (missed.first, 12, date(2022, 10, 31))
    assert client.post(address, typed(revision="3")).status_code == 302  # home affairs writes no explanation
    with pytest.raises(DatabaseError), transaction.atomic():
        missed.shortfall.acts.filter(step="sent").update(words="khác")
    with pytest.raises(DatabaseError), transaction.atomic():
        Shortfall.objects.update(state="open")


def test_nobody_decides_on_what_they_sent(missed):
    MembershipFactory(user=missed.head, role=Role.HOME_AFFAIRS, unit=missed.wards)
    act = sent(missed)
    with pytest.raises(explaining.OwnExplanationError):
        explaining.accept(by=missed.head, shortfall_id=missed.shortfall.pk, seq=act.seq)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    with pytest.raises(explaining.NotSentError):
        explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    assert Remedy.objects.count() == 1


def test_it_goes_to_who_holds_the_post_now_and_the_past_keeps_its_name(missed, october):
    act = sent(missed)
    explaining.give_back(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq, words="Thêm.")
    Membership.objects.filter(user=missed.head).update(valid_to=date(2022, 10, 5))
    october.move_to(datetime(2022, 10, 6, 9, 0, tzinfo=VIETNAM))
    new = MembershipFactory(role=Role.SIGNER, unit=missed.first, user__full_name="Chủ tịch Mới").user
    with pytest.raises(receiving.NotHeadError):
        sent(missed, revision=2)
    sent(missed, by=new, revision=2)
    assert [one.name for one in missed.shortfall.acts.filter(step="sent")] == ["Chủ tịch Một", "Chủ tịch Mới"]


def test_closed_units_explanation_is_its_successors(missed, client, october):
    lines = AFTER_FIGURES.lines(SimpleNamespace(ends={missed.first.pk: date(2022, 10, 5)}))
    assert [(line.words, line.total) for line in lines] == [("giải trình chưa xong", 1)]
    heir = UnitFactory(code="phuong-moi", name="UBND phường Mới", group=missed.wards, valid_from=date(2022, 10, 6))
    missed.first.valid_to = date(2022, 10, 5)
    missed.first.save()
    missed.first.successors.add(heir)
    october.move_to(datetime(2022, 10, 6, 9, 0, tzinfo=VIETNAM))
    head = MembershipFactory(role=Role.SIGNER, unit=heir, valid_from=date(2022, 10, 6)).user
    enter(client, head)
    assert "UBND phường 1" in text_of(client.get(OVERVIEW))
    assert client.post(page_of(missed.shortfall), typed()).status_code == 302
    assert Shortfall.objects.get().state == ShortfallState.SENT


def test_who_stands_in_for_the_head_may_send_it(missed):
    deputy = MembershipFactory(role=Role.OFFICER, unit=missed.first).user
    LeaveCover.objects.create(
        user=missed.head,
        cover=deputy,
        valid_from=date(2022, 10, 1),
        valid_to=date(2022, 10, 30),
        reason="phép",
        named_by=missed.head,
    )
    assert "trực thay Chủ tịch Một" in sent(missed, by=deputy).post


def test_what_is_not_theirs_is_not_found(missed, client):
    enter(client, missed.other)
    assert client.get(page_of(missed.shortfall)).status_code == 404
    assert client.post(page_of(missed.shortfall), typed()).status_code == 404
    assert "UBND phường 1" not in text_of(client.get(OVERVIEW))
    assert client.get(f"{OVERVIEW}chi-tieu/{missed.first.pk}/").status_code == 404


def test_late_ones_and_numbers_that_open_their_lists(missed, client, october):
    october.move_to(datetime(2022, 10, 13, 9, 0, tzinfo=VIETNAM))
    enter(client, missed.home)
    assert "1 giải trình chưa xong (1 quá hạn gửi)" in text_of(client.get(OVERVIEW))
    page = client.get(page_of(missed.shortfall)).content.decode()
    root = f"/so-lieu/danh-sach/2022-09/online_share_all/cumulative/don-vi-{missed.first.pk}/"
    assert f'<a href="{root}tu-so/">2</a>' in page
    assert "5" in text_of(client.get(f"{root}mau-so/"))


# ── taking note of targets ───────────────────────────────────────────────────────────────────────


def test_head_takes_note_of_the_targets_shown_and_nothing_else(missed, client):
    enter(client, missed.head)
    address = f"{OVERVIEW}chi-tieu/{missed.first.pk}/"
    assert "Còn 1 trên 1 chỉ tiêu" in text_of(client.get(address))
    held = targets_held(2022, [missed.first.pk])[missed.first.pk]
    own = target(missed.wards, "0.80", "2022-12-31")  # set after the page was shown
    assert client.post(address, {"target": [str(row.pk) for row in held]}).status_code == 302
    receipt = TargetReceipt.objects.get()
    assert (receipt.target_id, receipt.name) == (held[0].pk, "Chủ tịch Một")
    assert "UBND phường 1" in receipt.post
    assert "Còn 1 trên 2 chỉ tiêu" in text_of(client.get(address))
    client.post(address, {"target": [str(held[0].pk), str(own.pk)]})
    assert TargetReceipt.objects.count() == 2
    foreign = target(missed.offices, "0.10", "2022-12-31")
    with pytest.raises(receiving.ChangedTargetsError):
        receiving.take_note(by=missed.head, unit_id=missed.first.pk, target_ids=[foreign.pk], year=2022)
    with pytest.raises(receiving.NotHeadError):
        receiving.take_note(by=missed.home, unit_id=missed.first.pk, target_ids=[own.pk], year=2022)
    with pytest.raises(DatabaseError), transaction.atomic():
        TargetReceipt.objects.update(name="khác")


def test_unit_without_a_head_is_shown_to_home_affairs(missed, client):
    enter(client, missed.home)
    assert "Chưa có người đứng đầu trên hệ thống: Phòng A." in text_of(client.get(OVERVIEW))


def test_own_target_holds_from_its_month_on_and_the_groups_before(missed):
    own = target(missed.wards, "0.90", "2022-11-30")
    own = type(own).objects.create(
        indicator=own.indicator,
        basis=own.basis,
        scope_kind="unit",
        scope_id=missed.first.pk,
        month_end=date(2022, 10, 31),
        value="0.75",
        decision_number="9/QĐ",
        decided_on=date(2022, 10, 1),
        issuer="UBND",
        plan="Riêng",
    )
    held = targets_held(2022, [missed.first.pk, missed.second.pk])
    assert [str(row.value) for row in held[missed.first.pk]] == ["0.7000", "0.7500"]
    assert [str(row.value) for row in held[missed.second.pk]] == ["0.7000", "0.9000"]


# ── measures ─────────────────────────────────────────────────────────────────────────────────────


def test_measure_is_done_with_words_and_only_once(missed, client):
    act = sent(missed)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    measure = Remedy.objects.get()
    address = reverse("reporting:remedy", kwargs={"remedy_id": measure.pk})
    enter(client, missed.head)
    assert client.post(address, {"act": "done", "words": ""}).status_code == 400
    assert client.post(address, {"act": "drop", "words": "thôi"}).status_code == 400
    assert client.post(address, {"act": "done", "words": "Đã hướng dẫn 40 người."}).status_code == 302
    assert "Đã hướng dẫn 40 người." in text_of(client.get(address))
    with pytest.raises(doing.EndedRemedyError):
        doing.end(by=missed.home, remedy_id=measure.pk, words="lại")
    assert Remedy.objects.get().state == RemedyState.DONE
    enter(client, missed.other)
    assert client.get(address).status_code == 404


# ── meetings ─────────────────────────────────────────────────────────────────────────────────────


def minutes_typed(**changes):
    """What home affairs sends."""
    rows = {
        "viec-TOTAL_FORMS": "2",
        "viec-INITIAL_FORMS": "0",
        "viec-0-unit": "UBND phường 2",
        "viec-0-text": "Mở điểm hướng dẫn",
        "viec-0-owner": "Tổ công nghệ số",
        "viec-0-due_on": "30/10/2022",
    }
    said = {"held_on": "04/10/2022", "present": "Ông Một\nBà Hai", "conclusions": "Mở điểm hướng dẫn."}
    return {"act": "settle", "revision": "0", **said, **rows, **changes}


def test_minutes_are_written_by_one_confirmed_once_by_another_and_give_their_tasks_out(missed, client):
    second = MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards).user
    enter(client, missed.home)
    new = f"{OVERVIEW}bien-ban/moi/"
    assert client.post(new, minutes_typed(**{"viec-0-unit": "phường nào đó"})).status_code == 400
    assert client.post(new, minutes_typed(held_on="06/10/2022")).status_code == 400
    assert "không tự xác nhận được" in text_of(client.post(new, minutes_typed()))
    assert client.post(new, minutes_typed(act="save", held_on="hôm qua")).status_code == 302
    draft = MeetingMinutes.objects.get()
    address = f"{OVERVIEW}bien-ban/{draft.pk}/"
    assert "hôm qua" in client.get(address).content.decode()
    assert client.post(address, minutes_typed(act="save", revision="7")).status_code == 409
    assert client.post(address, minutes_typed(act="save", revision="1")).status_code == 302
    page = client.get(address)
    assert "Xác nhận biên bản" not in text_of(page)
    assert second.full_name in text_of(page)
    own = client.post(address, minutes_typed(revision="2"))
    assert (own.status_code, "không tự xác nhận được" in text_of(own)) == (400, True)
    enter(client, second)
    assert "Xác nhận biên bản, giao việc" in text_of(client.get(address))
    looked = client.post(address, minutes_typed(act="look", revision="2", conclusions="Đang gõ"))
    assert (looked.status_code, "Đang gõ" in text_of(looked)) == (200, True)
    altered = client.post(address, minutes_typed(revision="2", conclusions="Khác."))
    assert (altered.status_code, "Bạn đã sửa biên bản" in text_of(altered)) == (400, True)
    assert "Khác." in text_of(altered)
    assert client.post(address, minutes_typed(revision="7")).status_code == 409
    assert not Remedy.objects.exists()
    assert client.post(address, minutes_typed(revision="2", present="Ông Một\r\nBà Hai")).status_code == 302
    assert client.post(address, minutes_typed(revision="3")).status_code == 302  # told: settled already
    draft.refresh_from_db()
    assert (draft.written_by, draft.settled_by, draft.editors) == (missed.home, second, [missed.home.pk])
    task = Remedy.objects.get()
    assert (task.unit, task.minutes_id, task.base_month) == (missed.second, draft.pk, SEPTEMBER.first_day)
    assert OutboxMessage.objects.filter(kind="figures.task_given", address=f"user:{missed.other.pk}").count() == 1
    page = text_of(client.get(address))
    assert "Bà Hai" in page
    assert second.full_name in page
    enter(client, missed.other)
    assert "Mở điểm hướng dẫn" in text_of(client.get(OVERVIEW))
    assert address in client.get(f"{OVERVIEW}bien-ban/").content.decode()
    assert client.get(address).status_code == 200
    enter(client, missed.head)
    assert client.get(address).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic():
        MeetingMinutes.objects.update(conclusions="khác")


def test_draft_of_minutes_is_home_affairs_own_and_may_be_dropped(missed, client):
    enter(client, missed.home)
    client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed(act="save"))
    address = f"{OVERVIEW}bien-ban/{MeetingMinutes.objects.get().pk}/"
    enter(client, missed.head)
    assert client.get(address).status_code == 404
    assert client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed()).status_code == 403
    enter(client, missed.home)
    assert client.post(address, minutes_typed(act="drop", revision="1")).status_code == 302
    assert "Đã bỏ" in text_of(client.get(address))
    assert not Remedy.objects.exists()


def test_whoever_is_left_alone_reads_who_can_help(missed, client):
    administrator = MembershipFactory(role=Role.ADMINISTRATOR, unit=missed.wards).user
    enter(client, missed.home)
    client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed(act="save"))
    minutes = f"{OVERVIEW}bien-ban/{MeetingMinutes.objects.get().pk}/"
    one = Shortfall.objects.get()
    draft = {"shortfall_id": one.pk, "letter_id": None, "revision": 0, "subject": "nhắc", "words": "Hãy làm."}
    letter = reverse("reporting:letter", args=[reminding.save_draft(by=missed.home, **draft).pk])
    decision = target_plans.PlanDecision("Kế hoạch", "1/QĐ-UBND", date(2022, 9, 1), "UBND", "")
    plan = reverse("reporting:plan", args=[target_plans.save_draft(by=missed.home, decision=decision, rows=[]).pk])
    for address in (minutes, letter, plan):
        told = text_of(client.get(address))
        assert "không còn người thứ hai" in told, address
        assert f"{administrator.full_name} ({missed.wards.name})" in told, address
    second = MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards).user
    for address in (minutes, letter, plan):
        told = text_of(client.get(address))
        assert "không còn người thứ hai" not in told
        assert second.full_name in told, address


def test_a_unit_without_a_head_is_heard_by_whoever_leads_above_and_whoever_appoints(missed, client):
    second = MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards).user
    above = MembershipFactory(role=Role.SIGNER, unit=missed.wards).user
    administrator = MembershipFactory(role=Role.ADMINISTRATOR, unit=missed.wards).user
    OrgUnit.objects.filter(pk=missed.first.pk).update(parent=missed.wards)
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    Membership.objects.filter(user=missed.head).delete()
    OutboxMessage.objects.all().delete()
    one = Shortfall.objects.get()
    letter = reminding.save_draft(
        by=missed.home, shortfall_id=one.pk, letter_id=None, revision=0, subject="nhắc", words="Hãy làm."
    )
    enter(client, second)
    address = reverse("reporting:letter", args=[letter.pk])
    before = text_of(client.get(address))
    assert "Đơn vị chưa có người đứng đầu; khi phát hành báo cho" in before
    looked = client.post(address, {"act": "look", "revision": "1", "subject": "đang gõ", "words": "Lời."})
    assert (looked.status_code, "đang gõ" in looked.content.decode()) == (200, True)
    assert ReminderLetter.objects.get().subject == "nhắc"
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    letter.refresh_from_db()
    assert letter.to_name == ""
    for user, words in ((above, "Đơn vị chưa có người đứng đầu nên báo cho bạn."), (administrator, "hãy phân công")):
        message = OutboxMessage.objects.get(kind="figures.reminder_issued", address=f"user:{user.pk}")
        assert words in message.body
        assert user.full_name in letter.told
    after = text_of(client.get(address))
    assert letter.told in after
    enter(client, above)
    assert client.get(address).status_code == 200


# ── what became of it ────────────────────────────────────────────────────────────────────────────


def test_next_month_stands_beside_what_was_expected_and_opens_its_dossiers(missed, client, october):
    act = sent(missed)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    for day in (3, 4, 5):
        dossier(missed.first, missed.birth, f"2022-10-0{day} 08:00", online=True)
    dossier(missed.first, missed.birth, "2022-10-04 09:00")
    dossier(missed.first, missed.marriage, "2022-10-04 09:00", online=True)
    enter(client, missed.head)
    address = f"{OVERVIEW}tac-dung/?thang=10/2022"
    assert "chưa tính" in text_of(client.get(address))
    october.move_to(datetime(2022, 11, 5, 9, 0, tzinfo=VIETNAM))
    freeze_month(SEPTEMBER.next)
    dossier(missed.first, missed.birth, "2022-10-20 09:00", online=True)  # after the closing
    enter(client, missed.head)
    page = client.get(address)
    row = page.context["rows"][0]
    assert (row["remedy"].expected, row["change"]) == (12, "+2")
    shown = [(cell[f"{part}_url"], cell[part]) for cell in (row["before"], row["after"]) for part in ("hits", "whole")]
    assert [number for _url, number in shown] == [1, 2, 3, 4]
    for url, number in shown:
        assert rows_of(client, url) == (number, number), url
    assert "không chứng minh" in text_of(page)
    assert client.get(f"{OVERVIEW}tac-dung/?thang=xyz").status_code == 400
    enter(client, missed.other)
    assert client.get(address).context["rows"] == []


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["home", "head"])
def test_pages_cost_eight_queries_beside_the_frame(missed, client, who, django_assert_max_num_queries):
    for number in range(5):
        unit = UnitFactory(code=f"phuong-x{number}", group=missed.wards)
        Shortfall.objects.create(unit=unit, month=SEPTEMBER.first_day, run=missed.run, due_on=date(2022, 10, 12))
    act = sent(missed)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    enter(client, getattr(missed, who))
    client.get(OVERVIEW)
    with django_assert_max_num_queries(8 + FRAME):
        assert client.get(OVERVIEW).status_code == 200
    with django_assert_max_num_queries(8 + FRAME):
        assert client.get(page_of(missed.shortfall)).status_code == 200
    for address in ("tac-dung/?thang=10/2022", "bien-ban/", f"chi-tieu/{missed.first.pk}/"):
        with django_assert_max_num_queries(8 + FRAME):
            assert client.get(f"{OVERVIEW}{address}").status_code == 200


# ── letters ──────────────────────────────────────────────────────────────────────────────────────


def letter_typed(**changes):
    return {"act": "save", "revision": "0", "subject": "nhắc chỉ tiêu", "words": "Đề nghị thực hiện.", **changes}


@pytest.fixture
def second(missed):
    return MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards, user__full_name="Người Thứ Hai").user


def test_letter_is_drafted_by_one_and_issued_by_another_once(missed, second, client):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    enter(client, missed.home)
    new = f"{page_of(missed.shortfall)}nhac/"
    assert "còn thiếu 2 hồ sơ" in text_of(client.get(new))
    assert client.post(new, letter_typed(words="")).status_code == 400
    assert client.post(new, letter_typed(words="a" * 400)).status_code == 400
    assert client.post(new, letter_typed()).status_code == 302
    assert client.post(new, letter_typed(subject="tab thứ hai")).status_code == 409
    letter = ReminderLetter.objects.get()
    address = f"{OVERVIEW}van-ban/{letter.pk}/"
    assert client.post(address, {"act": "issue", "revision": "1"}).status_code == 400  # who wrote it
    enter(client, missed.head)
    assert client.get(address).status_code == 404
    enter(client, second)
    assert client.post(address, letter_typed(act="issue", revision="9")).status_code == 409
    assert client.post(address, letter_typed(act="issue", revision="1")).status_code == 302
    client.post(address, letter_typed(act="issue", revision="2"))
    letter.refresh_from_db()
    assert (letter.number, letter.to_name, letter.signer_name) == ("01/UBND-NV", "Chủ tịch Một", "Người Thứ Hai")
    told = OutboxMessage.objects.filter(kind="figures.reminder_issued")
    assert sorted(row.channel for row in told) == ["email", "inapp"]
    enter(client, missed.head)
    assert "01/UBND-NV" in text_of(client.get(page_of(missed.shortfall)))
    assert client.get(address).status_code == 200
    enter(client, missed.other)
    assert client.get(address).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic():
        ReminderLetter.objects.update(words="khác")
    assert list(numbers.gaps()) == []
    assert list(numbers.twice()) == []


def test_letter_without_a_book_is_refused_in_words_and_takes_no_number(missed, second):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="")
    facts = {"shortfall_id": missed.shortfall.pk, "letter_id": None, "revision": 0, "subject": "a", "words": "b"}
    letter = reminding.save_draft(by=missed.home, **facts)
    with pytest.raises(UserError, match="mã định danh"):
        reminding.issue(by=second, letter_id=letter.pk, revision=1)
    assert ReminderLetter.objects.get().state == "draft"
    reminding.drop(by=missed.home, letter_id=letter.pk, revision=1)
    with pytest.raises(reminding.NotADraftLetterError):
        reminding.issue(by=second, letter_id=letter.pk, revision=2)


def test_letter_lists_the_dossiers_of_the_number_and_stands_in_the_book(missed, second):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    facts = {"shortfall_id": missed.shortfall.pk, "letter_id": None, "revision": 0, "subject": "a", "words": "b"}
    letter = reminding.save_draft(by=missed.home, **facts)
    found = letters.missed_of(Shortfall.objects.get(), listed=2)[0]
    assert (found.total, len(found.rows), found.figure.rest) == (3, 2, 3)
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    book = books.BookYear("H29.1", "UBND", letters.BOOK.kind, 2022, 1)
    assert book.label == str(letters.LABEL)
    line = books.lines(book, 1, 1)[0]
    assert (line.text, line.signer, line.is_gap) == ("01/UBND-NV", "Người Thứ Hai", False)


def test_letter_is_printed_once_in_the_official_layout_and_kept(missed, second, client):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    facts = {
        "shortfall_id": missed.shortfall.pk,
        "letter_id": None,
        "revision": 0,
        "subject": "nhắc",
        "words": "Một.\nHai.",
    }
    letter = reminding.save_draft(by=missed.home, **facts)
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    letter.refresh_from_db()
    html, _pdf = render_pdf(reminding.TEMPLATE, letters.context(letter) | {"authority": missed.wards})
    for words in ("Số: 01/UBND-NV", "V/v nhắc", "DANH SÁCH KÈM THEO", "Chủ tịch Một", "Người Thứ Hai"):
        assert words in html
    if letter.file_id is None:  # tasks run when the transaction ends, which a test's never does
        assert reminding.print_letter(letter_id=letter.pk)
    assert not reminding.print_letter(letter_id=letter.pk)
    enter(client, missed.head)
    answer = client.get(f"{OVERVIEW}van-ban/{letter.pk}/tep/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_mistakes_of_rows_stand_in_the_summary_and_lead_to_their_fields(missed, client):
    enter(client, missed.head)
    address = reverse("reporting:shortfall", args=[missed.shortfall.pk])
    page = client.post(address, typed(**{"bp-0-due_on": "31/02/2023", "bp-1-text": "Việc", "bp-1-owner": ""}))
    assert page.status_code == 400
    summary = page.content.decode().split('class="error-summary"')[1].split("</div>")[0]
    assert '<a href="#id_bp-0-due_on">Biện pháp 1: Hạn: Ngày “31/02/2023” không có' in summary
    assert '<a href="#id_bp-1-owner">Biện pháp 2: Người làm:' in summary
    enter(client, missed.home)
    page = client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed(**{"viec-0-unit": "phường nào đó"}))
    assert '<a href="#id_viec-0-unit">Việc 1: Đơn vị:' in page.content.decode()
