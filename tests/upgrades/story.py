"""What the kept installation holds: dossiers in every state that can be reached, two months of figures, one of them closed.

Everything goes through the services, each act at a moment of its own; run by tests.upgrades.make in an empty database.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import time_machine
from django.core.management import call_command

from accounts.enums import Role
from dossiers.enums import Decision
from dossiers.models.dossier import Dossier
from dossiers.services import decision, desk, results, submission
from portal import clock
from portal.clock import Month
from reporting.snapshot import compute_month, freeze_month
from tests import houses

CLOSED, OPEN = Month(2026, 10), Month(2026, 11)
WORDS = "Xác nhận theo đề nghị của người nộp."


def _mornings(first: date) -> Iterator[datetime]:
    """Half past eight of each working day from `first` on."""
    day = first
    while True:
        if day.isoweekday() < 6:
            yield clock.at(day, time(8, 30))
        day += timedelta(days=1)


def _day(mornings: Iterator[datetime], *acts: Callable[[], object]) -> None:
    """Do the acts of one working day, half an hour apart."""
    moment = next(mornings)
    for act in acts:
        with time_machine.travel(moment, tick=False):
            act()
        moment += timedelta(minutes=30)


def tell() -> None:
    """Live through two months."""
    october = _mornings(date(2026, 10, 5))
    with time_machine.travel(next(october), tick=False):
        house = houses.make_house()
    _ended(house, october)
    _late(house, october, _mornings(date(2026, 11, 2)))
    _under_way(house, _mornings(date(2026, 11, 9)))
    with time_machine.travel(clock.at(date(2026, 11, 20), time(9)), tick=False):
        call_command("seal_ledger")
        freeze_month(CLOSED)
        compute_month(OPEN)


def _ended(house: SimpleNamespace, days: Iterator[datetime]) -> None:
    """October: returned, done, refused, withdrawn before and after acceptance, not accepted."""
    people, made = house.people, {}

    def keep(name: str, make: Callable[[], Dossier]) -> Callable[[], None]:
        return lambda: made.update({name: make().pk})

    _day(days, keep("returned", lambda: houses.issued(house)), keep("done", lambda: houses.issued(house)))
    _day(days, keep("refused", lambda: houses.approved(house, Decision.REFUSE)))
    _day(
        days,
        lambda: houses.issue(dossier_id=made["refused"], by=people[Role.CLERK]),
        lambda: results.return_to_citizen(
            dossier_id=made["returned"], by=people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu"
        ),
    )
    _day(
        days,
        lambda: submission.withdraw(dossier_id=houses.submitted(house).pk, by=house.citizen, reason="Nộp nhầm."),
        lambda: houses.refuse(
            house,
            houses.submitted(house),
            reason_code="wrong_unit",
            reason="Không thuộc thẩm quyền.",
        ),
        keep("withdrawn", lambda: houses.assigned(house)),
        lambda: submission.request_withdrawal(dossier_id=made["withdrawn"], by=house.citizen, reason="Không cần nữa."),
        lambda: houses.let_withdraw(house, Dossier.objects.get(pk=made["withdrawn"])),
    )


def _late(house: SimpleNamespace, before: Iterator[datetime], after: Iterator[datetime]) -> None:
    """Assigned in October, done after its day in November."""
    kept = {}
    _day(before, lambda: kept.update(pk=houses.assigned(house).pk))
    pk, people = kept["pk"], house.people
    _day(
        after,
        lambda: houses.proposed(dossier_id=pk, by=people[Role.OFFICER], decision=Decision.GRANT, content=WORDS),
        lambda: decision.approve(dossier_id=pk, by=people[Role.UNIT_HEAD]),
        lambda: decision.approve(dossier_id=pk, by=people[Role.SIGNER]),
        lambda: houses.issue(dossier_id=pk, by=people[Role.CLERK]),
    )


def _under_way(house: SimpleNamespace, days: Iterator[datetime]) -> None:
    """November: a draft, one of each open state, and one that was asked for more and goes on."""
    people, made = house.people, {}

    def ask(dossier: Dossier, role: Role) -> int:
        houses.asked(
            house,
            dossier,
            by=people[role],
            reason="Ảnh mờ.",
            answer_by=date(2026, 12, 21),
            items=[{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}],
        )
        return dossier.pk

    _day(
        days,
        lambda: houses.draft(house),
        lambda: houses.submitted(house),
        lambda: houses.received(house),
        lambda: houses.assigned(house),
        lambda: houses.approved(house),
        lambda: desk.receive_at_counter(by=people[Role.RECEPTIONIST], filing=houses.counter_filing(house)),
    )
    _day(
        days,
        lambda: ask(houses.submitted(house), Role.RECEPTIONIST),
        lambda: ask(houses.assigned(house), Role.OFFICER),
        lambda: made.update(answered=ask(houses.assigned(house), Role.OFFICER)),
    )
    _day(
        days,
        lambda: submission.answer_supplement(dossier_id=made["answered"], by=house.citizen, answer="Đã chụp lại."),
    )
