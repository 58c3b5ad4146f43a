"""Drafts against the numbers, files, work and acts they stand with: a paper on its way lies with somebody, one that left has its act."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from dossiers.draft_kinds import route_kinds
from dossiers.enums import FINAL_STATES, DraftState, EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import ENDED, PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services.proof.findings import Finding, fault
from portal import clock
from procedures.enums import StepKind

LONG = timedelta(days=1)  # tries that fail are an hour apart at most: what has no file by then needs a person
HANDLED = (DraftState.SUBMITTED, DraftState.NUMBERED, DraftState.SIGNED)
ANSWERS = (EventCode.CHECK_CONFIRMED, EventCode.CHECK_CORRECTED, EventCode.CHECK_SILENT, EventCode.CHECK_TAKEN_BACK)
_OPEN = WorkItem.objects.filter(closed_at__isnull=True)


def drafts() -> Iterator[Finding]:
    """Every cancelled number says why, every issued paper stands with the act that issued it, and none outlives its dossier."""
    silent = PaperDraft.objects.filter(state=DraftState.DROPPED, numbered_at__isnull=False, dropped_reason="")
    for pk, number in silent.order_by("pk").values_list("pk", "number"):
        yield fault(f"draft {pk}: its number {number} was cancelled without a reason")
    forms = PrintedForm.objects.filter(
        dossier_id=OuterRef("dossier_id"), event_seq=OuterRef("issued_seq"), file_id=OuterRef("file_id")
    )
    lost = PaperDraft.objects.filter(state=DraftState.ISSUED).exclude(Exists(forms)).exclude(_left_unmade())
    yield from _each(lost, "was issued and no paper of its act bears its bytes")
    yield from _each(
        _live().filter(dossier__state__in=FINAL_STATES), "is still on its way although the dossier has ended"
    )


def files() -> Iterator[Finding]:
    """Every paper that was signed has its bytes, and one that was numbered gets them soon."""
    promised = PaperDraft.objects.filter(state__in=[DraftState.SIGNED, DraftState.ISSUED], file__isnull=True)
    yield from _each(promised.exclude(_left_unmade()), "is signed and has no file")
    waiting = PaperDraft.objects.filter(state=DraftState.NUMBERED, numbered_at__lt=clock.now() - LONG)
    for draft in waiting.order_by("pk"):
        since = f"{clock.local(draft.numbered_at):%Y-%m-%d %H:%M}" if draft.numbered_at else "long ago"
        tries = f"{draft.attempts} tries, the last: {draft.problem or 'nothing was said'}"
        yield fault(
            f"dossier {draft.dossier_id}: draft {draft.pk} bears a number since {since} and has no file ({tries})"
        )


def places() -> Iterator[Finding]:
    """Every paper on its way lies at an open step of its own dossier, and every such step has its paper."""
    here = _OPEN.filter(pk=OuterRef("handling_id"), dossier_id=OuterRef("dossier_id"))
    beside = _live().exclude(kind__in=route_kinds())
    yield from _each(
        beside.filter(state__in=HANDLED).exclude(Exists(here)), "lies with nobody who would sign or send it"
    )
    at_clerk = _OPEN.filter(dossier_id=OuterRef("dossier_id"), kind=StepKind.STAMP)
    decided = _live().filter(kind__in=route_kinds(), state__in=[DraftState.NUMBERED, DraftState.SIGNED])
    yield from _each(decided.exclude(Exists(at_clerk)), "bears a number and lies with no clerk")
    papers = _live().filter(handling_id=OuterRef("pk"))
    idle = _OPEN.filter(kind__in=[StepKind.DRAFT_SIGN, StepKind.DRAFT_SEND]).exclude(Exists(papers))
    for pk, dossier_id in idle.order_by("pk").values_list("pk", "dossier_id"):
        yield fault(f"dossier {dossier_id}: work item {pk} asks to sign or send a draft that is not there")


def checks() -> Iterator[Finding]:
    """A dossier waits for its applicant's check exactly while one is open, and an answer stands with its act."""
    open_ones = PaperCheck.objects.filter(answered_at__isnull=True)
    waiting = Dossier.objects.filter(state=State.CHECKING)
    nothing = waiting.exclude(Exists(open_ones.filter(dossier_id=OuterRef("pk"))))
    for pk in nothing.order_by("pk").values_list("pk", flat=True):
        yield fault(f"dossier {pk}: it waits for a check and nothing is there to check")
    astray = open_ones.exclude(dossier__state__in=[State.CHECKING, *FINAL_STATES])
    for pk, dossier_id in astray.order_by("pk").values_list("pk", "dossier_id"):
        yield fault(f"dossier {dossier_id}: check {pk} waits for its applicant and the dossier does not")
    acts = DossierEvent.objects.filter(
        dossier_id=OuterRef("dossier_id"),
        seq=OuterRef("answered_seq"),
        code__in=ANSWERS,
        paper_digest=OuterRef("content"),
    )
    lost = PaperCheck.objects.filter(answered_at__isnull=False).exclude(Exists(acts))
    for pk, dossier_id in lost.order_by("pk").values_list("pk", "dossier_id"):
        yield fault(f"dossier {dossier_id}: check {pk} was answered and no act of the ledger says so")


def _left_unmade() -> Exists:
    """Issued without a file by the loader of the demo city: looked at by proof.unmade."""
    left = PrintedForm.objects.filter(is_made_on_opening=True, file__isnull=True, event_seq=OuterRef("issued_seq"))
    return Exists(left.filter(dossier_id=OuterRef("dossier_id")))


def _live() -> QuerySet[PaperDraft]:
    return PaperDraft.objects.filter(~Q(state__in=ENDED))


def _each(found: QuerySet[PaperDraft], words: str) -> Iterator[Finding]:
    for pk, dossier_id in found.order_by("pk").values_list("pk", "dossier_id"):
        yield fault(f"dossier {dossier_id}: draft {pk} {words}")
