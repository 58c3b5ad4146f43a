"""After a closing: every unit that missed a target is asked to explain, and a sample is drawn. Called by tasks; may run twice."""

from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.calendars import calendars_for
from portal import clock
from portal.clock import Month
from portal.db import advisory_lock
from portal.templatetags.ui import day
from reporting.enums import Light, ScopeKind, ShortfallStep
from reporting.follow_up.posts import Posts
from reporting.follow_up.rules import ASKED_WITHIN, EXPLAIN_DAYS, workdays_after
from reporting.follow_up.services.checking import draw
from reporting.follow_up.telling import tell_unit
from reporting.models import ClosedVerdict, FollowedMonth, Run, Shortfall, ShortfallAct

OF_UNITS = (ScopeKind.UNIT, ScopeKind.DEPARTMENT)


def waiting() -> QuerySet[Run]:
    """Closings after which nobody was asked yet."""
    closed = Run.objects.filter(frozen_at__isnull=False, has_copies=True, followed__isnull=True)
    return closed.filter(frozen_at__lte=F("month") + ASKED_WITHIN)


@transaction.atomic
def open_month(*, run_id: int) -> bool:
    """Ask every unit that missed a target in a closed month, and draw its sample; False when it was done before.

    A month closed again asks only those who were not asked for it: what was sent stands.
    """
    with advisory_lock("follow up"):
        run = Run.objects.get(pk=run_id)
        if FollowedMonth.objects.filter(run=run).exists():
            return False
        missed = ClosedVerdict.objects.filter(run=run, verdict=Light.MISSED, scope_kind__in=OF_UNITS)
        asked = Shortfall.objects.filter(month=run.month).values("unit_id")
        units = missed.exclude(scope_id__in=asked).values_list("scope_id", flat=True)
        opened = _opened(run, sorted({pk for pk in units if pk is not None}))
        draw(run)
        FollowedMonth.objects.create(run=run, at=clock.now(), opened=len(opened))
        _tell(opened)
    return True


def _opened(run: Run, unit_ids: list[int]) -> list[Shortfall]:
    calendars = calendars_for(unit_ids)
    began = clock.local(run.frozen_at).date() if run.frozen_at else clock.today()
    opened = Shortfall.objects.bulk_create(
        Shortfall(unit_id=pk, month=run.month, run=run, due_on=workdays_after(began, EXPLAIN_DAYS, calendars[pk]))
        for pk in unit_ids
    )
    ShortfallAct.objects.bulk_create(
        ShortfallAct(shortfall=one, seq=1, step=ShortfallStep.OPENED, at=clock.now()) for one in opened
    )
    return opened


def _tell(opened: list[Shortfall]) -> None:
    posts = Posts(one.unit_id for one in opened)
    for one in opened:
        tell_unit(
            one.unit_id,
            posts=posts,
            kind="shortfall_opened",
            words=words_of(one.month, one.due_on),
            link=reverse("reporting:shortfall", kwargs={"shortfall_id": one.pk}),
            key=str(one.pk),
        )


def words_of(month: date, due_on: date) -> tuple[str, str]:
    """Subject and body of the request to explain."""
    said = {"month": Month.of(month).label, "day": day(due_on)}
    return (
        _("Giải trình chỉ tiêu chưa đạt tháng %(month)s") % said,
        _("Đơn vị chưa đạt chỉ tiêu tháng %(month)s. Hãy gửi giải trình, biện pháp trước hết ngày %(day)s.") % said,
    )
