"""Tasks of the reporting room; each may run twice."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.celery import enqueue
from portal.clock import Month
from portal.sweeps import SWEEPS, RowSweep
from reporting import checks, facts, public_figures
from reporting.closed_months import to_close
from reporting.exports import making, open_data
from reporting.follow_up.services import opening, reminding
from reporting.models import CloseOrder, DirtyMonth, Run
from reporting.monthly.papers import PAPERS_OF_MONTHS
from reporting.snapshot import FrozenError, compute_month, freeze_month

UNTIL_DONE = 100_000  # no month is ever given up


@shared_task(name="reporting.tasks.serve_dirty_dossiers")
def serve_dirty_dossiers() -> int:
    """Let the facts follow what was done since the last time. Every few seconds."""
    return facts.drain()


@shared_task(name="reporting.tasks.compute_dirty_months")
def compute_dirty_months() -> int:
    """Count this month, the last one and every month that changed; refresh the figures of public pages. Hourly.

    A closed month stays; what changed after its close is counted into the live run beside it. A month that cannot be
    counted keeps no other waiting.
    """
    facts.drain(patient=True)
    this_month = Month.of(clock.today())
    counted = Run.objects.filter(month=this_month.previous.first_day)
    always = {this_month.first_day, *counted.values_list("month", flat=True)}
    DirtyMonth.objects.bulk_create(DirtyMonth(month=day) for day in sorted(always))
    done = MONTHS.run()
    public_figures.refresh()
    return done


@shared_task(name="reporting.tasks.make_export", soft_time_limit=270, time_limit=290)
def make_export(*, export_id: int) -> None:
    """Write one list that somebody ordered to its file."""
    making.ORDERED.try_one(export_id)


@shared_task(name="reporting.tasks.make_exports", soft_time_limit=270, time_limit=290)
def make_exports() -> int:
    """Write the lists nobody wrote: a lost message, a killed worker. Every minute."""
    return making.ORDERED.run()


@shared_task(name="reporting.tasks.sweep_exports")
def sweep_exports() -> int:
    """Remove written lists whose days are over. Every night."""
    return making.sweep()


@shared_task(name="reporting.tasks.publish_open_data")
def publish_open_data() -> int:
    """Write the files of open data that closed months changed; gives how many. Hourly, after the close."""
    return open_data.publish()


@shared_task(name="reporting.tasks.check_figures")
def check_figures() -> int:
    """Compare facts, figures and lists with each other; gives how many things do not hold. Every night."""
    return len(checks.check())


def _marked() -> QuerySet[DirtyMonth]:
    """One mark of each month that has begun and is to be counted."""
    begun = DirtyMonth.objects.filter(month__lte=Month.of(clock.today()).first_day)
    return DirtyMonth.objects.filter(pk__in=begun.values("month").annotate(first=Min("pk")).values("first"))


def _count(mark_id: int) -> bool:
    mark = DirtyMonth.objects.filter(pk=mark_id).first()
    if mark is not None:
        compute_month(Month.of(mark.month))
    return mark is not None


MONTHS = RowSweep(
    code="months",
    label=_("Tính số liệu tháng"),
    row=_("tháng"),
    task="reporting.tasks.compute_dirty_months",
    waiting=_marked,
    serve=_count,
    names=("month",),
)
SWEEPS.add(MONTHS)


@shared_task(name="reporting.tasks.close_months")
def close_months() -> int:
    """Close every month that is over and may be closed, oldest first and none left out; gives how many. Hourly, until done.

    A month that cannot be closed keeps later ones waiting: what is reported of a year rests on the months before. Then what
    people ordered: a month before its day, or one again by a decision.
    """
    facts.drain(patient=True)
    done = 0
    for month in to_close():
        run = Run.objects.filter(month=month.first_day, frozen_at__isnull=True).first() or _counted(month)
        if run is None or not CLOSING.try_one(run.pk):
            break
        done += 1
    done += ORDERS.run()
    enqueue("reporting.tasks.follow_up")
    if done:
        enqueue("reporting.tasks.make_month_papers")
    return done


@shared_task(name="reporting.tasks.make_month_papers")
def make_month_papers() -> int:
    """Make the papers of closed months that lack any; a close never waits for them. After a close, and every ten minutes."""
    return PAPERS_OF_MONTHS.run()


def _ordered() -> QuerySet[CloseOrder]:
    return CloseOrder.objects.filter(run__isnull=True)


def _carry_out(order_id: int) -> bool:
    """Close a month in the name of who ordered it; False when it is done."""
    order = CloseOrder.objects.select_related("asked_by").get(pk=order_id)
    if order.run_id is not None:
        return False
    closed = Run.objects.filter(month=order.month, frozen_at__isnull=False)
    run = closed.filter(decision=order.decision).first()
    if run is None:
        run = freeze_month(Month.of(order.month), by=order.asked_by, decision=order.decision)
    order.run = run
    order.save(update_fields=["run"])
    return True


ORDERS = RowSweep(
    code="close_orders",
    label=_("Chốt số liệu theo yêu cầu"),
    row=_("tháng"),
    task="reporting.tasks.close_months",
    waiting=_ordered,
    serve=_carry_out,
    since="asked_at",
    grace=timedelta(0),
    names=("month",),
)
SWEEPS.add(ORDERS)


def _counted(month: Month) -> Run | None:
    """Count a month that nobody has counted; None when it cannot be now: the next hour comes."""
    DirtyMonth.objects.create(month=month.first_day)
    MONTHS.run()
    return Run.objects.filter(month=month.first_day, frozen_at__isnull=True).first()


def _unclosed() -> QuerySet[Run]:
    """Counts of the months to close."""
    days = [month.first_day for month in to_close()]
    return Run.objects.filter(month__in=days, frozen_at__isnull=True)


def _close(run_id: int) -> bool:
    """Close the month of a count; False when somebody else has."""
    try:
        freeze_month(Month.of(Run.objects.values_list("month", flat=True).get(pk=run_id)))
    except FrozenError:
        return False
    return True


CLOSING = RowSweep(
    code="months_to_close",
    label=_("Chốt số liệu tháng"),
    row=_("tháng"),
    task="reporting.tasks.close_months",
    waiting=_unclosed,
    serve=_close,
    since="counted_until",  # of a month that is over, its end
    names=("month",),
    late=timedelta(days=settings.CLOSE_DAY + 1),
    tries=UNTIL_DONE,
)
SWEEPS.add(CLOSING)


@shared_task(name="reporting.tasks.print_letters", soft_time_limit=270, time_limit=290)
def print_letters() -> int:
    """Make the files of issued letters. When one is issued, and every hour for those that were missed."""
    return reminding.PRINTING.run()


@shared_task(name="reporting.tasks.follow_up")
def follow_up() -> int:
    """Ask the units that missed a target in a month closed since the last time to explain. After every try to close."""
    enqueue("reporting.tasks.print_letters")
    return ASKING.run()


ASKING = RowSweep(
    code="explanations",
    label=_("Yêu cầu giải trình sau khi chốt"),
    row=_("tháng"),
    task="reporting.tasks.follow_up",
    waiting=opening.waiting,
    serve=lambda pk: opening.open_month(run_id=pk),
    since="frozen_at",
    grace=timedelta(0),
    names=("month",),
)
SWEEPS.add(ASKING)
