"""Tasks of the aggregate; each takes ids only and may run twice."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import DatabaseError

from dossiers import consultations
from dossiers.models.result import PrintedForm
from dossiers.services import (
    calendar_moves,
    closings,
    consultation_notices,
    consulting,
    draft_checks,
    ends,
    expiry,
    paper_drafts,
    printing,
    route_drafts,
    seals,
    untold,
)
from portal import clock
from portal.errors import UserError

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=30)
BATCH = 200


@shared_task(name="dossiers.tasks.print_form")
def print_form(printed_form_id: int) -> bool:
    """Make the file of one printed form."""
    return printing.print_form(printed_form_id=printed_form_id)


@shared_task(name="dossiers.tasks.print_missing_papers")
def print_missing_papers() -> int:
    """Make papers whose message was lost: rows without a file, older than a grace time."""
    waiting = PrintedForm.objects.filter(file__isnull=True, called_at__lt=clock.now() - GRACE)
    ids = list(waiting.order_by("called_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(printing.print_form(printed_form_id=form_id) for form_id in ids)


@shared_task(name="dossiers.tasks.make_draft_file")
def make_draft_file(draft_id: int) -> bool:
    """Make the file of one numbered draft."""
    return paper_drafts.make_file(draft_id=draft_id)


@shared_task(name="dossiers.tasks.make_missing_draft_files")
def make_missing_draft_files() -> int:
    """Number what lies approved with the clerk, and make files whose message was lost or whose last try failed.

    One that fails does not stop the rest.
    """
    for dossier_id in route_drafts.unnumbered(BATCH, clock.now() - GRACE):
        try:
            route_drafts.number_approved(dossier_id=dossier_id)
        except (UserError, LookupError, ValueError, DatabaseError):
            log.exception("draft.not_numbered", dossier_id=dossier_id)
    return sum(paper_drafts.make_file(draft_id=pk) for pk in paper_drafts.without_file(clock.now(), BATCH))


@shared_task(name="dossiers.tasks.seal")
def seal() -> int | None:
    """Seal what was written since the last time; gives the seal's number, or nothing when there was nothing to seal."""
    try:
        number = seals.seal_now()
    except seals.NoSealKeyError:
        log.exception("seal.no_key")  # the marks stay; the first seal with a key covers them
        return None
    seals.stamp_newest()
    return number


@shared_task(name="dossiers.tasks.move_promises")
def move_promises() -> int:
    """Move promises whose calendar was edited, batch by batch until none is settled any more; gives how many."""
    total = 0
    while done := calendar_moves.move_waiting():
        total += done
    return total


@shared_task(name="dossiers.tasks.move_batch")
def move_batch(handover_id: int) -> int:
    """Move what hangs on an ended role, batch by batch until none moves any more; gives how many."""
    return ends.move_all(handover_id)


@shared_task(name="dossiers.tasks.move_ended_work")
def move_ended_work() -> int:
    """Carry on orders whose day has come or whose message was lost, and free what nobody can act on."""
    return sum(ends.move_all(handover_id) for handover_id in ends.due_orders()) + ends.release_ended()


@shared_task(name="dossiers.tasks.expire_supplements")
def expire_supplements() -> int:
    """End dossiers whose last day for a supplement has passed without an answer; gives how many."""
    return expiry.expire_all()


@shared_task(name="dossiers.tasks.remind_of_supplements")
def remind_of_supplements() -> int:
    """Call requests to mind whose last day is near; gives how many were told of today."""
    return expiry.remind_all()


@shared_task(name="dossiers.tasks.agree_to_silent_checks")
def agree_to_silent_checks() -> int:
    """Record agreement to drafts whose applicants said nothing in time, where silence agrees; gives of how many."""
    return draft_checks.agree_all()


@shared_task(name="dossiers.tasks.remind_of_checks")
def remind_of_checks() -> int:
    """Call drafts to mind that their applicants must confirm, on the last day and after it; gives of how many."""
    return draft_checks.remind_all()


@shared_task(name="dossiers.tasks.take_up_failed_messages")
def take_up_failed_messages() -> int:
    """Have the desks call whom no message reached; gives of how many messages."""
    return untold.take_up_all()


@shared_task(name="dossiers.tasks.follow_unit")
def follow_unit(closing_id: int) -> int:
    """Move what hangs on a closed unit to its successors, batch by batch; gives how many moved."""
    return closings.follow_all(closing_id)


@shared_task(name="dossiers.tasks.follow_closed_units")
def follow_closed_units() -> int:
    """Carry on closings whose day has come or whose message was lost, and fetch what arrived at a closed unit since."""
    return sum(closings.follow_all(closing_id) for closing_id in closings.to_carry_on())


@shared_task(name="dossiers.tasks.close_silent_consultations")
def close_silent_consultations() -> int:
    """Record that units said nothing in time, where that counts as agreeing; gives how many. One that fails leaves the others."""
    total = 0
    for asked in consultations.silent(clock.now())[:BATCH]:
        try:
            total += consulting.close_silent(item_id=asked.pk)
        except UserError as error:
            log.warning("consultation.not_closed", item=asked.pk, error=error.message)
    return total


@shared_task(name="dossiers.tasks.remind_of_consultations")
def remind_of_consultations() -> int:
    """Remind units of questions whose deadline is near, and report those that are late; gives how many were looked at."""
    return consultation_notices.remind_all()
