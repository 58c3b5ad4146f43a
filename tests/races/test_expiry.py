"""The end of a supplement request beside the citizen's answer, and beside itself: one of them, and nothing lost."""

from datetime import date
from threading import Barrier

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import Appeared, EventCode, SeenPaper, State
from dossiers.models.appearance import Appearance
from dossiers.models.attachment import Attachment
from dossiers.models.event import DossierEvent
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services import expiry, on_behalf, submission
from portal.errors import NotNowError
from procedures.enums import PaperForm, StepKind
from tests import houses
from tests.races.test_two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
AFTER = "2026-11-26T07:10+07:00"


def asked(house):
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        dossier = houses.asked(house, houses.assigned(house), answer_by=date(2026, 11, 25))
        Attachment.objects.create(
            dossier=dossier, paper_code="TP1", paper_name="Giấy tờ chứng minh", form=PaperForm.E_COPY, round=1
        )
    return dossier


def answer(house, dossier):
    return submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")


@pytest.mark.parametrize("turn", range(6))
def test_answer_and_end_at_once_give_one_of_them(turn):
    house = houses.make_house()
    dossier = asked(house)
    jobs = [expiry.expire_all, lambda: answer(house, dossier)]
    with time_machine.travel(AFTER, tick=False):
        ended, answered = at_once(2, lambda number: jobs[number]())
    dossier.refresh_from_db()
    codes = list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq").values_list("code", flat=True))
    if ended:
        assert isinstance(answered, NotNowError)
        assert "không nhận thêm phần bổ sung" in answered.message
        assert (dossier.state, codes[-1]) == (State.STOPPED, EventCode.SUPPLEMENT_EXPIRED)
    else:
        assert answered.state == dossier.state == State.PROCESSING
        assert codes[-1] == EventCode.SUPPLEMENT_ANSWERED
    assert len(set(codes) & {EventCode.SUPPLEMENT_ANSWERED, EventCode.SUPPLEMENT_EXPIRED}) == 1
    assert Attachment.objects.filter(dossier=dossier, round=1, removed_at=None).exists()


def test_two_sweeps_at_once_end_each_dossier_once():
    house = houses.make_house()
    dossiers = [asked(house) for _ in range(4)]
    with time_machine.travel(AFTER, tick=False):
        found = at_once(2, lambda _: expiry.expire_all())
        left = expiry.expire_all()
    assert sum(found) + left == len(dossiers)
    ends = DossierEvent.objects.filter(code=EventCode.SUPPLEMENT_EXPIRED).values_list("dossier_id", flat=True)
    assert sorted(ends) == sorted(one.pk for one in dossiers)
    assert PrintedForm.objects.filter(name="refusal").count() == len(dossiers)


def test_a_sweep_passes_by_what_somebody_holds():
    house = houses.make_house()
    held, free = asked(house), asked(house)
    meet, done = Barrier(2), Barrier(2)

    def hold():
        from django.db import transaction

        with transaction.atomic():
            type(held).objects.select_for_update().get(pk=held.pk)
            meet.wait(timeout=20)
            done.wait(timeout=20)

    def sweep():
        meet.wait(timeout=20)
        try:
            return expiry.expire_all()
        finally:
            done.wait(timeout=20)

    with time_machine.travel(AFTER, tick=False):
        _none, ended = at_once(2, lambda number: (hold, sweep)[number]())
        assert ended == 1
        free.refresh_from_db()
        assert free.state == State.STOPPED
        assert expiry.expire_all() == 1


def test_the_desk_and_the_citizen_answer_at_once_and_one_of_them_is_told():
    house = houses.make_house()
    dossier = asked(house)
    came = on_behalf.InPerson(Appeared.OWNER, "Nguyễn Văn Mẫu", SeenPaper.IDENTITY_CARD)
    facts = {"dossier_id": dossier.pk, "by": house.people[Role.RECEPTIONIST], "visitor": came}
    jobs = [
        lambda: on_behalf.supplement_done(**facts, brought={0: PaperForm.COPY}),
        lambda: answer(house, dossier),
        expiry.expire_all,
    ]
    with time_machine.travel(AFTER, tick=False):
        at_once(3, lambda number: jobs[number]())
    codes = list(DossierEvent.objects.filter(dossier_id=dossier.pk).values_list("code", flat=True))
    answered, ended = codes.count(EventCode.SUPPLEMENT_ANSWERED), codes.count(EventCode.SUPPLEMENT_EXPIRED)
    assert answered + ended == 1
    dossier.refresh_from_db()
    assert dossier.state == (State.PROCESSING if answered else State.STOPPED)
    assert Appearance.objects.count() in {0, answered}


def test_two_wishes_at_once_are_one_work_item():
    house = houses.make_house()
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        dossier = houses.assigned(house)
        came = on_behalf.InPerson(Appeared.OWNER, "Nguyễn Văn Mẫu", SeenPaper.PASSPORT)
        clerk = house.people[Role.RECEPTIONIST]
        jobs = [
            lambda: on_behalf.withdraw(dossier_id=dossier.pk, by=clerk, visitor=came, reason="Đơn giấy."),
            lambda: submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý."),
        ]
        found = at_once(2, lambda number: jobs[number]())
    assert sorted(type(one).__name__ for one in found) == ["Dossier", "NotNowError"]
    assert WorkItem.objects.filter(dossier=dossier, kind=StepKind.WITHDRAWAL, closed_at=None).count() == 1
