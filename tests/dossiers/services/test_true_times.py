"""Late in the software only: both times are kept, a second person agrees, and official figures go by what was entered."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from dossiers.enums import EventCode
from dossiers.models.correction import TimeCorrection
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import true_times
from dossiers.services.proof import ledger as ledger_proof
from dossiers.services.true_times import CorrectionWanted
from integrations import outbox
from integrations.models import Notice
from portal.clock import VIETNAM
from portal.errors import NotNowError, StaleError, UserError
from tests import houses

pytestmark = pytest.mark.django_db
TRUE = datetime(2026, 11, 20, 15, 30, tzinfo=VIETNAM)
ENTERED = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)  # the day after the dossier was due


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def late(house):
    """A result signed in time, issued in the software a day late."""
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False) as now:
        dossier = houses.approved(house)
        now.move_to(ENTERED)
        houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
        now.move_to(ENTERED + timedelta(hours=1))
        yield Dossier.objects.get(pk=dossier.pk)


def issued(dossier):
    return DossierEvent.objects.get(dossier_id=dossier.pk, code=EventCode.RESULT_ISSUED)


def wanted(dossier, **changes):
    values = {
        "about_seq": issued(dossier).seq,
        "true_at": TRUE,
        "reason": "Quên bấm.",
        "evidence": "Sổ giao nhận số 15.",
    }
    return CorrectionWanted(**{**values, **changes})


def ask(house, dossier, role=Role.CLERK, **changes):
    return true_times.ask(dossier_id=dossier.pk, by=house.people[role], asked=wanted(dossier, **changes))


def test_both_times_are_kept_and_a_second_person_agrees(house, late):
    row = ask(house, late)
    before = issued(late)
    agreed = true_times.agree(dossier_id=late.pk, by=house.people[Role.SIGNER], correction_id=row.pk)
    assert (agreed.agrees, agreed.decided_by) == (True, house.people[Role.SIGNER])
    after = issued(late)
    assert (after.happened_at, after.hash) == (before.happened_at, before.hash)
    told = DossierEvent.objects.get(dossier_id=late.pk, code=EventCode.TIME_CORRECTED)
    assert (told.about_seq, told.true_at, told.schema_version) == (before.seq, TRUE, 4)
    assert DossierEvent.objects.get(dossier_id=late.pk, code=EventCode.CORRECTION_ASKED).true_at == TRUE
    assert list(ledger_proof.chains()) == []
    assert Dossier.objects.get(pk=late.pk).finished_at == ENTERED


def test_the_head_is_told(house, late):
    ask(house, late)
    outbox.deliver_due()
    notice = Notice.objects.get(message__kind="work.correction", address=f"user:{house.people[Role.SIGNER].pk}")
    assert notice.link == reverse("desk:corrections", args=[late.pk])


def test_who_asks_does_not_agree(house, late):
    head = house.people[Role.SIGNER]
    row = ask(house, late, Role.SIGNER)
    with pytest.raises(UserError, match="không tự đồng ý"):
        true_times.agree(dossier_id=late.pk, by=head, correction_id=row.pk)
    assert TimeCorrection.objects.get().agrees is None


def test_who_did_the_act_is_no_second_person():
    row = TimeCorrection(asked_by_id=1)
    assert [true_times.may_decide(row, person, 2) for person in (1, 2, 3)] == [False, False, True]


def test_only_heads_agree(house, late):
    row = ask(house, late)
    for role in (Role.OFFICER, Role.RECEPTIONIST, Role.CLERK):
        with pytest.raises(NotNowError):
            true_times.agree(dossier_id=late.pk, by=house.people[role], correction_id=row.pk)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"true_at": ENTERED}, "phải trước lúc ghi"),
        ({"true_at": datetime(2026, 11, 17, 9, 0, tzinfo=VIETNAM)}, "không thể trước lúc tiếp nhận"),
        ({"evidence": "  "}, "làm căn cứ"),
        ({"evidence": "", "attachment_id": 999}, "làm căn cứ"),
        ({"reason": " "}, "Hãy ghi rõ lý do"),
        ({"about_seq": 1}, "Hãy chọn việc"),
    ],
)
def test_what_cannot_be_so_is_refused_with_a_sentence(house, late, changes, sentence):
    with pytest.raises(UserError, match=sentence):
        ask(house, late, **changes)
    assert not TimeCorrection.objects.exists()


def test_after_a_month_it_is_too_late(house, late):
    with time_machine.travel(ENTERED + timedelta(days=31), tick=False), pytest.raises(UserError, match="30 ngày"):
        ask(house, late)


def test_it_is_asked_once_until_it_is_declined(house, late):
    row = ask(house, late)
    with pytest.raises(UserError, match="đang chờ hoặc đã được đồng ý"):
        ask(house, late)
    head = house.people[Role.UNIT_HEAD]
    with pytest.raises(UserError, match="Hãy ghi rõ lý do"):
        true_times.decline(dossier_id=late.pk, by=head, correction_id=row.pk, reason=" ")
    true_times.decline(dossier_id=late.pk, by=head, correction_id=row.pk, reason="Sổ không ghi số này.")
    event = DossierEvent.objects.get(dossier_id=late.pk, code=EventCode.CORRECTION_DECLINED)
    assert (event.about_seq, event.true_at) == (issued(late).seq, None)
    again = ask(house, late, evidence="Sổ giao nhận số 16.")
    true_times.agree(dossier_id=late.pk, by=head, correction_id=again.pk)
    with pytest.raises(StaleError):
        true_times.agree(dossier_id=late.pk, by=head, correction_id=again.pk)


def test_the_database_wants_two_people_and_one_correction(house, late):
    row = ask(house, late)
    with transaction.atomic(), pytest.raises(IntegrityError, match="time_correction_two_people"):
        TimeCorrection.objects.filter(pk=row.pk).update(decided_by=row.asked_by)
    row.pk = None
    with transaction.atomic(), pytest.raises(IntegrityError, match="time_correction_once"):
        row.save(force_insert=True)


def enter(client, person):
    client.force_login(person)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client


def test_it_is_asked_and_answered_on_its_page(house, late, client):
    url = reverse("desk:corrections", args=[late.pk])
    clerk = enter(client, house.people[Role.CLERK])
    assert url in clerk.get(reverse("desk:dossier", args=[late.pk])).content.decode()
    version = Dossier.objects.get(pk=late.pk).version
    typed = {"version": version, "about_seq": issued(late).seq, "true_day": "20/11/2026", "true_time": "15:30"}
    answer = clerk.post(url, {**typed, "reason": "Quên bấm.", "evidence": ""})
    assert answer.status_code == 409
    assert "làm căn cứ" in answer.content.decode()
    assert "Quên bấm." in answer.content.decode()
    assert clerk.post(url, {**typed, "true_time": "9 giờ", "reason": "x"}).status_code == 400
    assert clerk.post(url, {**typed, "reason": "Quên bấm.", "evidence": "Sổ số 15."}).status_code == 302
    row = TimeCorrection.objects.get()
    assert row.true_at == TRUE
    page = clerk.get(url).content.decode()
    assert "Theo lúc ghi: trễ hẹn. Theo thời điểm thật: đúng hẹn." in page
    assert "dong-y" not in page
    head = enter(client, house.people[Role.SIGNER])
    assert "Sổ số 15." in head.get(url).content.decode()
    assert late.code in head.get(reverse("desk:on_paper")).content.decode()
    answered = {"version": Dossier.objects.get(pk=late.pk).version, "correction": row.pk}
    refused = head.post(url, {**answered, "viec": "khong-dong-y", "reason": ""})
    assert refused.status_code == 409
    assert head.post(url, {**answered, "viec": "dong-y"}).status_code == 302
    assert "đã đồng ý" in head.get(url).content.decode()
    assert late.code not in head.get(reverse("desk:on_paper")).content.decode()


def test_what_has_its_number_and_is_late_is_probably_done(house, client):
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False) as now:
        dossier = houses.approved(house)
        clerk = enter(client, house.people[Role.CLERK])
        assert dossier.code not in clerk.get(reverse("desk:on_paper")).content.decode()
        now.move_to(ENTERED)
        clerk = enter(client, house.people[Role.CLERK])
        assert dossier.code in clerk.get(reverse("desk:on_paper")).content.decode()
        houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
        assert dossier.code not in clerk.get(reverse("desk:on_paper")).content.decode()


def test_a_neighbour_finds_nothing(house, late, client):
    beside = houses.make_house(beside=house)
    row = ask(house, late)
    other = enter(client, beside.people[Role.SIGNER])
    assert other.get(reverse("desk:corrections", args=[late.pk])).status_code == 404
    with pytest.raises(NotNowError):
        true_times.agree(dossier_id=late.pk, by=beside.people[Role.SIGNER], correction_id=row.pk)
