"""Supplement requests nobody answered: called to mind before their last day, ended after it. Run by tasks.

Each request in a transaction of its own, under the lock of its dossier: one that fails is told in the log and tried again
by the next sweep, one that somebody acts on is left to them. Both sweeps may run twice at once and may be killed.
"""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import loading, notices, queries, supplement_days
from dossiers.enums import Action, State
from dossiers.events import CITIZENS, Wording
from dossiers.models.result import Supplement
from dossiers.services import sweeping
from dossiers.services.core import apply, open_by_system
from dossiers.services.opened import Deed
from portal import clock
from portal.sweeps import SWEEPS, RowSweep

NOT_SUPPLEMENTED = "not_supplemented"  # a reason code, declared in dossiers.acts.expiry
REMINDED = Wording(
    gettext_lazy("Hồ sơ %(code)s: sắp hết hạn bổ sung"),
    gettext_lazy(
        "Hồ sơ “%(procedure)s” đang chờ bạn bổ sung đến hết ngày %(day)s. Bạn có thể bổ sung trên cổng hoặc mang giấy tờ "
        "đến %(desk)s. Quá hạn mà chưa bổ sung, hồ sơ sẽ kết thúc."
    ),
    gettext_lazy("Hồ sơ %(code)s cần bổ sung trước hết ngày %(day)s; quá hạn, hồ sơ sẽ kết thúc."),
)


def expire_all() -> int:
    """End every dossier whose request is over; gives how many ended.

    One whose owner has asked to withdraw waits: the wish is answered first, and a withdrawal is no failure to answer.
    """
    return ENDING.run()


def remind_all() -> int:
    """Tell whoever has a reminder to come today; gives of how many requests. The outbox tells nobody twice."""
    return REMINDING.run()


def waiting() -> QuerySet[Supplement]:
    """Requests that still wait for their citizen."""
    open_states = [State.INTAKE_FIX, State.SUPPLEMENT]
    return Supplement.objects.filter(answered_at=None, expired_at=None, dossier__state__in=open_states)


@transaction.atomic
def expire(supplement_id: int) -> bool:
    """End one dossier; False when somebody acts on it, has answered, or the day is not over by today's calendar."""
    request = _free(supplement_id)
    if request is None:
        return False
    last = queries.last_day_of(request)
    if clock.today() <= last:
        return False
    opened = open_by_system(dossier_id=request.dossier_id, action=Action.EXPIRE_SUPPLEMENT)
    request.expired_at = opened.dossier.finished_at = clock.now()
    request.save(update_fields=["expired_at"])
    apply(opened, Deed(text=_sentence(request, last), reason_code=NOT_SUPPLEMENTED))
    return True


@transaction.atomic
def _remind(supplement_id: int) -> bool:
    found = _free(supplement_id)
    if found is None:
        return False
    calendar = queries.supplement_calendar(found.dossier)
    asked_on = clock.local(found.requested_at).date()
    before = supplement_days.reminder(found.answer_by, asked_on, clock.today(), calendar)
    if before is None:
        return False
    told = notices.Announcement("dossier.supplement_reminded", CITIZENS, REMINDED, f"remind{found.round}.{before}")
    last = supplement_days.last_day(found.answer_by, calendar)
    notices.remind(loading.whole(found.dossier), told, day=f"{last:%d/%m/%Y}")
    return True


def _free(supplement_id: int) -> Supplement | None:
    """The request with its dossier locked, when it still waits; None when it does not, or somebody is acting on it."""
    dossier = sweeping.free_dossier(Supplement.objects.filter(pk=supplement_id).values("dossier_id"))
    request = waiting().filter(pk=supplement_id).first()
    if dossier is None or request is None:
        return None
    request.dossier = dossier
    return request


def _sentence(request: Supplement, last: date) -> str:
    words = {"round": request.round, "day": f"{last:%d/%m/%Y}"}
    return _("Đã hết ngày %(day)s mà chưa nhận được phần bổ sung theo yêu cầu lần %(round)s.") % words


ENDING = RowSweep(
    code="supplements_over",
    label=gettext_lazy("Kết thúc hồ sơ quá hạn bổ sung"),
    row=gettext_lazy("yêu cầu bổ sung"),
    task="dossiers.tasks.expire_supplements",
    waiting=lambda: waiting().filter(answer_by__lt=clock.today(), dossier__wants_withdrawal=False),
    serve=expire,
    names=("dossier__code", "dossier__reference"),
)
REMINDING = RowSweep(
    code="supplements_near",
    label=gettext_lazy("Nhắc người nộp sắp hết hạn bổ sung"),
    row=gettext_lazy("yêu cầu bổ sung"),
    task="dossiers.tasks.remind_of_supplements",
    waiting=lambda: waiting().filter(answer_by__lte=supplement_days.latest(clock.today())),
    serve=_remind,
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(ENDING)
SWEEPS.add(REMINDING)
