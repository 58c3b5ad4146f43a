"""Tasks of the aggregate; each takes ids only and may run twice."""

import structlog
from celery import shared_task

from dossiers.services import (
    calendar_moves,
    closings,
    consultation_notices,
    consulting,
    draft_checks,
    ends,
    expiry,
    ladder,
    late_intake,
    paper_drafts,
    printing,
    route_drafts,
    seals,
    sheet_orders,
    unpaid,
    untold,
)
from portal import clock

log = structlog.get_logger(__name__)

BATCH = 200


@shared_task(name="dossiers.tasks.print_form")
def print_form(printed_form_id: int) -> bool:
    """Make the file of one printed form."""
    return printing.MISSING.try_one(printed_form_id)


@shared_task(name="dossiers.tasks.print_missing_papers")
def print_missing_papers() -> int:
    """Make papers whose message was lost or whose last try failed; gives how many were made."""
    return printing.MISSING.run()


@shared_task(name="dossiers.tasks.make_draft_file")
def make_draft_file(draft_id: int) -> bool:
    """Make the file of one numbered draft."""
    return paper_drafts.make_file(draft_id=draft_id)


@shared_task(name="dossiers.tasks.make_missing_draft_files")
def make_missing_draft_files() -> int:
    """Number what lies approved with the clerk, and make files whose message was lost or whose last try failed.

    One that fails does not stop the rest.
    """
    route_drafts.UNNUMBERED.run()
    return sum(paper_drafts.make_file(draft_id=pk) for pk in paper_drafts.without_file(clock.now(), BATCH))


@shared_task(name="dossiers.tasks.make_sheet", soft_time_limit=270, time_limit=290)
def make_sheet(order_id: int) -> bool:
    """Make one sheet that somebody asked for."""
    return sheet_orders.ORDERED.try_one(order_id)


@shared_task(name="dossiers.tasks.make_sheets", soft_time_limit=270, time_limit=290)
def make_sheets() -> int:
    """Make sheets nobody made: a lost message, a killed worker. Every minute."""
    return sheet_orders.ORDERED.run()


@shared_task(name="dossiers.tasks.sweep_sheets")
def sweep_sheets() -> int:
    """Remove sheets whose days are over. Every night."""
    return sheet_orders.sweep()


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


@shared_task(name="dossiers.tasks.remind_of_payments")
def remind_of_payments() -> int:
    """Call payments asked for to mind before their last day, and tell officers after it; gives of how many."""
    return unpaid.remind_all()


@shared_task(name="dossiers.tasks.agree_to_silent_checks")
def agree_to_silent_checks() -> int:
    """Record agreement to drafts whose applicants said nothing in time, where silence agrees; gives of how many."""
    return draft_checks.agree_all()


@shared_task(name="dossiers.tasks.remind_of_checks")
def remind_of_checks() -> int:
    """Call drafts to mind that their applicants must confirm, on the last day and after it; gives of how many."""
    return draft_checks.remind_all()


@shared_task(name="dossiers.tasks.tell_of_late_intake")
def tell_of_late_intake() -> int:
    """Tell heads of desks what waits there beyond its eight hours; gives of how many dossiers."""
    return late_intake.tell_all()


@shared_task(name="dossiers.tasks.warn_of_clocks")
def warn_of_clocks() -> int:
    """Climb the ladder of warnings and tell whom it concerns; gives how many clocks were looked at."""
    return ladder.warn_all()


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
    return consulting.SILENT.run()


@shared_task(name="dossiers.tasks.remind_of_consultations")
def remind_of_consultations() -> int:
    """Remind units of questions whose deadline is near, and report those that are late; gives how many were looked at."""
    return consultation_notices.remind_all()
