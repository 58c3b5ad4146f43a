"""A miss is explained, sent back and accepted; who led then is kept."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from integrations.models import OutboxMessage
from portal.clock import VIETNAM
from reporting.closing import AFTER_FIGURES
from reporting.enums import ShortfallState
from reporting.follow_up.services import explaining, opening, receiving
from reporting.models import (
    ClosedVerdict,
    FollowedMonth,
    Remedy,
    Shortfall,
)
from reporting.snapshot import freeze_month
from reporting.tasks import follow_up
from tests.factories import CalendarFactory, MembershipFactory, UnitFactory
from tests.reporting.follow_up.typing_in import OVERVIEW, enter, minutes_typed, page_of, sent, typed
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import SEPTEMBER, target, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]


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


# ── summary of mistakes ──────────────────────────────────────────────────────────────────────────


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
