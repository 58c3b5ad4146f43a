"""What no message told: failed messages become calls, and whoever called notes what was said.

Run by a task and called by desk pages; knows no HTTP. Each failed message in a transaction of its own, under the lock of its
dossier: one that somebody acts on waits for the next time. The sweep may run twice at once and may be killed.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import calls, loading, workflow
from dossiers.audiences import Reached, ToldBy, people, way_of
from dossiers.enums import CallOutcome, CallReason, EventCode, State
from dossiers.events import CITIZENS
from dossiers.models.call import Call
from dossiers.models.dossier import Dossier
from dossiers.services import sweeping
from dossiers.services.core import apply, locked, needed, open_row, refuse_own
from dossiers.services.opened import Deed
from integrations.models import MessageState, OutboxMessage
from integrations.registry import CHANNELS
from portal import clock
from portal.errors import StaleError, UserError
from portal.sweeps import SWEEPS, RowSweep

KIND, KIND_KEY = "dossier.", "dossier:"  # how kinds and keys of the messages of dossiers.notices begin
OF_INTEREST = timedelta(days=30)  # what failed longer ago nobody is called about
SAY_WHAT_WAS_SAID = _("Hãy ghi đã báo với ai, nội dung gì, hoặc vì sao chưa báo được.")

# In no table: no page offers it as an act of the route. Whoever serves at the desk may call, in any state.
NOTE = workflow.Transition(
    action="note_call",
    sources=frozenset(State) - {State.DRAFT},
    target=None,
    event=EventCode.CALL_NOTED,
    roles=frozenset(calls.CALLERS),
)


def take_up_all() -> int:
    """Put whom no message reached on the desks' lists of calls, and take off who was reached after all; gives how many."""
    return FAILED.run() + REACHED.run()


def _unnoticed() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=MessageState.FAILED, noticed_at__isnull=True, kind__startswith=KIND)


@transaction.atomic
def _take_up(message_id: int) -> bool:
    dossier_id = dossier_of(OutboxMessage.objects.get(pk=message_id))
    dossier = sweeping.free_dossier(Dossier.objects.filter(pk=dossier_id).values("pk"))
    message = _unnoticed().filter(pk=message_id).first()
    if dossier is None or message is None:
        return False
    untold = _untold(loading.whole(dossier), message)
    if untold is not None:
        calls.owe(dossier, untold)
    OutboxMessage.objects.filter(pk=message_id).update(noticed_at=clock.now())
    return untold is not None


def dossier_of(message: OutboxMessage) -> int:
    """Its key begins with what it is about."""
    return int(message.dedupe_key.removeprefix(KIND_KEY).split(":")[0])


def _untold(dossier: Dossier, message: OutboxMessage) -> calls.Untold | None:
    """Who was to be told and at which number; None for a notice of the portal and for what is long over."""
    channel = CHANNELS.get(message.channel)
    if channel is None or way_of(channel) == ToldBy.PORTAL or message.created_at < clock.now() - OF_INTEREST:
        return None
    one = _who(dossier, message.address)
    phone = message.address if channel.is_short else one.contact.phone if one is not None else ""
    words = message.body if channel.is_short else message.subject
    return calls.Untold(one.who if one is not None else "", phone, message.kind, words, CallReason.FAILED, message)


def _who(dossier: Dossier, address: str) -> Reached | None:
    found = people(dossier, CITIZENS)
    return next((one for one in found if address in {one.contact.email, one.contact.phone}), None)


@transaction.atomic
def _reached(call_id: int) -> bool:
    """The message was sent again and went: nobody needs to call, unless of what an earlier one said."""
    dossier = sweeping.free_dossier(Call.objects.filter(pk=call_id).values("dossier_id"))
    if dossier is None:
        return False
    owed = calls.open_calls(dossier.pk).filter(pk=call_id, message__state=MessageState.SENT)
    call = owed.select_related("message").first()
    if call is None:
        return False
    if (left := _still_untold(loading.whole(dossier), call)) is not None:
        return bool(calls.say(owed, left))
    owed.update(closed_at=clock.now(), outcome=CallOutcome.NOT_NEEDED)
    calls.settle(dossier)
    return True


def _still_untold(dossier: Dossier, call: Call) -> calls.Untold | None:
    """The latest news of a call that no message has told, once its own message has gone; None when all are told."""
    taken_up = OutboxMessage.objects.filter(
        dedupe_key__startswith=f"{KIND_KEY}{dossier.pk}:", noticed_at__gte=call.since
    )
    news = [(message, _untold(dossier, message)) for message in taken_up.order_by("-pk")]
    ours = [(message, one) for message, one in news if one is not None and _is_of(call, one)]
    for message, one in ours:
        if message.state != MessageState.SENT:
            return one
    if all(call.since < message.created_at for message, _one in ours):  # it began with news that no message bore
        return calls.Untold(call.who, call.phone, call.kind, call.words, CallReason.INSTEAD)
    return None


def _is_of(call: Call, one: calls.Untold) -> bool:
    return one.phone == call.phone and (bool(call.phone) or str(one.who) == call.who)


@transaction.atomic
def note_call(*, dossier_id: int, call_id: int, by: User, edition: str, outcome: str, text: str) -> Dossier:
    """Note that somebody was called, or why nobody need be: who, when and what was said stand in the ledger.

    The call stays owed while nobody was met. `edition`: of the call as the caller read it. Raises StaleError when it is no
    longer owed or there is other news to tell by now, UserError without words.
    """
    opened = open_row(locked(dossier_id), NOTE, by=by)
    refuse_own(opened.dossier, by)
    call = _owed(dossier_id).filter(pk=call_id).first()
    if call is None or call.edition != edition:
        raise StaleError
    if outcome not in CallOutcome.values:
        raise UserError(_("Hãy chọn kết quả cuộc gọi."), field="outcome")
    said = needed(text, SAY_WHAT_WAS_SAID)
    dossier = apply(opened, Deed(text=f"{CallOutcome(outcome).label}: {said}"))
    _keep(call, dossier, by, outcome)
    calls.settle(dossier)
    return dossier


def _owed(dossier_id: int) -> QuerySet[Call]:
    return calls.open_calls(dossier_id)


def _keep(call: Call, dossier: Dossier, by: User, outcome: str) -> None:
    call.noted_seq, call.outcome = dossier.event_count, outcome
    if outcome != CallOutcome.NOT_NEEDED:
        call.tries, call.tried_at = call.tries + 1, clock.now()
    if outcome != CallOutcome.NOT_REACHED:
        call.closed_at, call.closed_by = clock.now(), by
    call.save()


FAILED = RowSweep(
    code="failed_messages",
    label=_("Đưa tin không gửi được vào danh sách cần gọi điện"),
    row=_("tin"),
    task="dossiers.tasks.take_up_failed_messages",
    waiting=_unnoticed,
    serve=_take_up,
    names=("kind",),
)
REACHED = RowSweep(
    code="calls_not_needed",
    label=_("Bỏ cuộc gọi khi tin đã đến nơi"),
    row=_("cuộc gọi"),
    task="dossiers.tasks.take_up_failed_messages",
    waiting=lambda: Call.objects.filter(closed_at__isnull=True, message__state=MessageState.SENT),
    serve=_reached,
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(FAILED)
SWEEPS.add(REACHED)
