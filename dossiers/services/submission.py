"""The citizen's acts: submit, answer a supplement request, take back. Called by dossiers.citizen; knows no HTTP."""

from datetime import datetime

from django.db import transaction

from accounts.calendars import calendar_for
from accounts.models import User
from accounts.queries import open_on
from dossiers.enums import Action, State
from dossiers.models.dossier import Dossier
from dossiers.services import terms
from dossiers.services.core import Deed, apply, begin, locked, renew_open_steps, reset_clock
from dossiers.workflow import ACCEPT_WITHIN
from portal import clock, worktime
from portal.errors import MissingPaperError, NotNowError
from procedures.enums import ONLINE_LEVELS


@transaction.atomic
def submit(*, dossier_id: int, by: User, version: int | None = None) -> Dossier:
    """Send a draft to the desk.

    Idempotent: a draft that is already submitted is given back unchanged, so a double click, a replay or the
    back button make one dossier. Raises MissingPaperError, NotNowError (closed unit, service no longer online).
    """
    dossier = locked(dossier_id)
    if dossier.state != State.DRAFT and dossier.account_id == by.pk:
        return dossier
    dossier, row, actor = begin(dossier_id=dossier_id, action=Action.SUBMIT, by=by, version=version)
    _still_offered(dossier)
    terms.refuse_if_incomplete(dossier)
    if dossier.owner is None:
        raise MissingPaperError
    dossier.submitted_at = clock.now()
    dossier.fee_due = terms.fee(dossier)
    dossier.accept_by = accept_by(dossier, dossier.submitted_at)
    return apply(dossier, row, actor)


def accept_by(dossier: Dossier, submitted_at: datetime) -> datetime:
    """When the desk must have answered: 8 working hours after the system received it; the 15:00 cut-off does not apply."""
    return worktime.due(submitted_at, ACCEPT_WITHIN, calendar_for(dossier.receiving_unit), use_cutoff=False)


@transaction.atomic
def answer_supplement(*, dossier_id: int, by: User, answer: str = "", version: int | None = None) -> Dossier:
    """Say that what was asked for is there; the clock starts anew with the full limit (NĐ 61/2018 Art. 19.4)."""
    dossier, row, actor = begin(dossier_id=dossier_id, action=Action.ANSWER_SUPPLEMENT, by=by, version=version)
    request = dossier.supplements.filter(answered_at__isnull=True).get()
    if not dossier.attachments.filter(round=request.round, removed_at__isnull=True).exists() and not answer.strip():
        raise MissingPaperError
    now = clock.now()
    request.answered_at, request.answer = now, answer
    request.save(update_fields=["answered_at", "answer"])
    if dossier.state == State.INTAKE_FIX:
        dossier.accept_by = accept_by(dossier, now)
    else:
        dossier.clock_stopped_at = None
        reset_clock(dossier, terms.limit(dossier), now)
    dossier = apply(dossier, row, actor, Deed(text=answer, text_is_public=True))
    renew_open_steps(dossier, now)
    return dossier


@transaction.atomic
def withdraw(*, dossier_id: int, by: User, reason: str = "", version: int | None = None) -> Dossier:
    """Take back a dossier nobody has received yet."""
    dossier, row, actor = begin(dossier_id=dossier_id, action=Action.WITHDRAW, by=by, version=version)
    if dossier.state not in {State.SUBMITTED, State.INTAKE_FIX}:
        raise NotNowError
    dossier.finished_at = clock.now()
    return apply(dossier, row, actor, Deed(text=reason, text_is_public=True))


@transaction.atomic
def request_withdrawal(*, dossier_id: int, by: User, reason: str, version: int | None = None) -> Dossier:
    """Ask to withdraw a received dossier; a head decides."""
    dossier, row, actor = begin(dossier_id=dossier_id, action=Action.REQUEST_WITHDRAWAL, by=by, version=version)
    if dossier.wants_withdrawal:
        raise NotNowError
    dossier.wants_withdrawal = True
    return apply(dossier, row, actor, Deed(text=reason, text_is_public=True))


def _still_offered(dossier: Dossier) -> None:
    today = clock.today()
    unit = dossier.competent_unit
    offering = dossier.procedure.offerings.filter(open_on(today), unit=unit, level__in=ONLINE_LEVELS).first()
    if offering is None or (unit.valid_to is not None and unit.valid_to < today):
        raise NotNowError(terms.NO_LONGER_ONLINE)
    dossier.level_offered = offering.level
    dossier.department = offering.department
