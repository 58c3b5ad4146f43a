"""What stands on outgoing papers: what all of them show, and what each kind adds. Which papers there are: dossiers.papers.

Layouts of TT 03/2025/TT-VPCP are by analogy with TT 01/2018, to be checked by a person against the official text before
a locality goes live (docs/law.md).
"""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from accounts.models import OrgUnit, Party, User
from dossiers import consultations, money, signatures, workflow
from dossiers.draft_kinds import DRAFT_KINDS
from dossiers.enums import Decision, EventCode, PrintedName, SegmentKind
from dossiers.models.clock import ClockSegment
from dossiers.models.consultation import Consultation
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.money import Payment, ReceiptEnd
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS, TT_03_2025_FROM, Edition, OutgoingPaper, Signer
from dossiers.reasons import REASONS
from portal import clock, inwords
from portal.pdf import qr_png_data_uri
from portal.sealing import unseal
from procedures import limits, published
from procedures.enums import Channel, PaperForm

_PARTS_OF_CODE = 3  # authority, day, order of the day


@dataclass(frozen=True, slots=True)
class Said:
    """What the paper at hand says of its act: when, why, in which words, under which number, by whom signed."""

    edition: Edition
    at: datetime
    due_at: datetime | None = None
    reason_code: str = ""
    words: str = ""
    number: str = ""
    signer_id: int | None = None
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A person on a paper, as the dossier was filed."""

    full_name: str
    address: str
    phone: str
    email: str


def context(form: PrintedForm) -> dict[str, Any]:
    """Everything the sheet of `form` shows; asked once, when its file is made."""
    paper = PAPERS[form.name]
    dossier = form.dossier
    event = DossierEvent.objects.get(dossier_id=dossier.pk, seq=form.event_seq)
    words = EventText.objects.filter(dossier=dossier, seq=event.seq).values_list("text", flat=True).first()
    said = Said(
        edition=edition_of(form),
        at=event.happened_at,
        due_at=event.due_at,
        reason_code=event.reason_code,
        words=words or "",
        number=form.number,
        signer_id=_signer_id(paper, event),
    )
    return {**common(dossier, paper, said), **paper.context(dossier, event)}


def of_draft(draft: PaperDraft) -> dict[str, Any]:
    """Everything the sheet of a draft shows. Before it has its number, number and date read DỰ THẢO; nothing else differs."""
    spec = DRAFT_KINDS[draft.kind]
    paper = PAPERS[spec.paper_of(draft)]
    said = Said(
        edition=_edition_of_draft(draft),
        at=draft.numbered_at or clock.now(),
        number=draft.number,
        signer_id=draft.signer_id,
        is_draft=draft.numbered_at is None,
    )
    more = spec.context(draft) if spec.context is not None else {}
    return {**common(draft.dossier, paper, said), **more}


def sheet_of(draft: PaperDraft) -> str:
    """The template of a draft's sheet."""
    return _edition_of_draft(draft).template


def size_of(draft: PaperDraft) -> str:
    """The class of a draft's sheet."""
    return str(_edition_of_draft(draft).size)


def _edition_of_draft(draft: PaperDraft) -> Edition:
    day = clock.local(draft.numbered_at or clock.now()).date()
    return PAPERS[DRAFT_KINDS[draft.kind].paper_of(draft)].edition_on(day)


def edition_of(form: PrintedForm) -> Edition:
    """The edition of a form: the one in force on the day its act called for it."""
    return PAPERS[form.name].edition_on(clock.local(form.called_at).date())


def qr_text(paper: OutgoingPaper, dossier: Dossier, *, title: str, issued_at: datetime, due_at: datetime | None) -> str:
    """QR data of TT 01/2023: dossier code, procedure code, owner, paper, system, time; due time where the paper shows it.

    The owner's number is masked: whoever finds the paper must not learn it (docs/law.md, papers).
    """
    text = _qr_parts(dossier, title, issued_at)
    if paper.qr_shows_due and due_at:
        return f"{text}|{clock.local(due_at).strftime('%H:%M %d/%m/%Y')}"
    return text


def _qr_parts(dossier: Dossier, title: str, at: datetime) -> str:
    parts = [
        dossier.code or dossier.reference,
        dossier.procedure.code,
        dossier.owner.identity_masked if dossier.owner else "",
        title,
        settings.SYSTEM_NAME,
        clock.local(at).strftime("%H:%M %d/%m/%Y"),
    ]
    return "|".join(parts)


def code_picture(dossier: Dossier, title: str, at: datetime) -> str:
    """The picture of the QR code of a sheet about a dossier that no act calls for."""
    return qr_png_data_uri(_qr_parts(dossier, title, at))


def common(dossier: Dossier, paper: OutgoingPaper, said: Said) -> dict[str, Any]:
    """What every paper shows."""
    reason = REASONS.get(said.reason_code)
    return {
        "edition": said.edition,
        "name": paper.code,
        "dossier": dossier,
        "authority": dossier.competent_unit,
        "desk": dossier.receiving_unit,
        "place_name": dossier.competent_unit.short_name or dossier.competent_unit.name,
        "owner": _owner(dossier),
        "submitter": _submitter(dossier),
        "owner_identity": _masked(dossier.owner),
        "submitter_identity": _masked(dossier.submitter),
        "procedure_name": dossier.revision.name,
        "at": clock.local(said.at),
        "reason": said.words,
        "hotlines": settings.HOTLINES,
        "track_url": f"{settings.PUBLIC_URL}/ho-so/tra-cuu/",
        "reason_label": str(reason.label) if reason else "",
        "reason_effect": str(reason.effect) if reason else "",
        "qr": _qr(dossier, paper, said),
        "barcode_text": dossier.code or dossier.reference,
        "signer_name": _name_of(said.signer_id),
        "number": said.number,
        "is_draft": said.is_draft,
        "system_name": settings.SYSTEM_NAME,
    }


def _qr(dossier: Dossier, paper: OutgoingPaper, said: Said) -> str:
    """The picture of the QR code; a draft has none, since nobody may take it for the paper."""
    if said.is_draft or not paper.has_qr:
        return ""
    text = qr_text(paper, dossier, title=str(said.edition.title), issued_at=said.at, due_at=said.due_at)
    return qr_png_data_uri(text)


def receipt(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the receipt adds: the papers handed in, the secret for tracking, the times."""
    secret = unseal(dossier.secret_sealed) if dossier.secret_sealed else ""
    receptions = DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.RECEIVED)
    received = receptions.order_by("seq").first() or event
    return {
        "secret": secret,
        "order": order_of(dossier),
        "is_signed_by_both": dossier.channel == Channel.DESK,
        "papers": _counted(dossier),
        "received_at": clock.local(received.happened_at),
        "signer_name": _name_of(received.actor_id),
        "renewed_at": clock.local(event.happened_at) if event.seq > received.seq else None,
        "due_at": event.due_at,
        "first_due_at": event.first_due_at if _is_reappointed(dossier, event) else None,
        "limit_text": _limit_text(dossier),
        "waits_for": dossier.competent_unit.name if event.due_at is None and _is_in_transfer(dossier) else "",
    }


def order_of(dossier: Dossier) -> tuple[str, str] | None:
    """Book and number in it: the year, and what the dossier's code says behind the authority, so that the two never differ."""
    parts = (dossier.code or "").rsplit("-", 2)
    if len(parts) != _PARTS_OF_CODE or dossier.received_at is None:
        return None
    return f"{clock.local(dossier.received_at).year}", "-".join(parts[1:])


def _counted(dossier: Dossier) -> list[dict[str, Any]]:
    """The papers handed in, each with how many of which form."""
    papers: dict[str, dict[str, Any]] = {}
    for row in dossier.attachments.filter(removed_at__isnull=True).order_by("pk"):
        line = papers.setdefault(row.paper_code, {"name": row.paper_name, "original": 0, "copy": 0, "e_copy": 0})
        kind = {PaperForm.ORIGINAL: "original", PaperForm.COPY: "copy"}.get(PaperForm(row.form), "e_copy")
        line[kind] += row.count
    return list(papers.values())


def postal_slip(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the slip of the post adds: where it was handed in, the papers, how to follow it. It promises no day."""
    office = OrgUnit.objects.filter(pk=event.actor_unit_id or 0).first()
    place = office or dossier.receiving_unit
    return {
        "authority": place.parent or place,  # whose name stands on it: the office gives it, not yet the desk
        "desk": place,
        "office": place.name,
        "for_desk": dossier.receiving_unit.name,
        "papers": _counted(dossier),
        "secret": unseal(dossier.secret_sealed) if dossier.secret_sealed else "",
    }


def refusal(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the refusal adds: when the dossier was sent; when nobody but the clock refuses, the request that ran out."""
    by_system = event.actor_role == workflow.SYSTEM
    return {
        "submitted_at": dossier.submitted_at,
        "by_system": by_system,
        "signature": _of_desk(dossier, event.actor_id, event.happened_at),
        "request": _last_request(dossier) if by_system else None,
    }


def supplement_request(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the request for more adds: the request itself."""
    return {"supplement": dossier.supplements.order_by("-round").first(), "submitted_at": _sent_at(dossier)}


def _sent_at(dossier: Dossier) -> datetime | None:
    """When a dossier came in online; nobody sends one at the counter."""
    return dossier.submitted_at if dossier.channel == Channel.ONLINE else None


def _of_desk(dossier: Dossier, user_id: int | None, at: datetime) -> signatures.Signature:
    """Under what the desk that took a dossier in signs."""
    signer = User.objects.filter(pk=user_id).first() if user_id else None
    day = clock.local(at).date()
    return signatures.of_part(dossier.receiving_unit, signer, day, otherwise=signatures.RECEIVER)


def _last_request(dossier: Dossier) -> PrintedForm | None:
    """The newest form 02 of the dossier: its number and day stand on the paper that follows from it."""
    return dossier.printed_forms.filter(name=PrintedName.SUPPLEMENT_REQUEST).order_by("-pk").first()


def supplement_draft(draft: PaperDraft) -> dict[str, Any]:
    """What a drafted request for more adds: the request as it is written so far."""
    day = draft.fields.get("answer_by")
    asked = SimpleNamespace(
        items=draft.fields.get("items", []),
        reason=draft.fields.get("reason", ""),
        answer_by=date.fromisoformat(day) if day else None,
    )
    return {"supplement": asked, "submitted_at": _sent_at(draft.dossier)}


def consultation_answer(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the answer of an asked unit adds: its own head, the question, who asked."""
    asked = Consultation.objects.select_related("work_item__unit__parent").get(
        work_item__dossier_id=dossier.pk, work_item__closed_seq=event.seq
    )
    signer = User.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    return _answer_facts(asked, signer, event.happened_at)


def consultation_draft(draft: PaperDraft) -> dict[str, Any]:
    """What a drafted answer adds: the same, with the opinion as it is written so far."""
    asked = Consultation.objects.select_related("work_item__unit__parent").get(pk=draft.work_item_id)
    reason = REASONS.get(draft.fields.get("kind", ""))
    words = {"reason": draft.fields.get("text", ""), "reason_label": str(reason.label) if reason else ""}
    return {**_answer_facts(asked, draft.signer, draft.numbered_at or clock.now()), **words}


def _answer_facts(asked: Consultation, signer: User | None, at: datetime) -> dict[str, Any]:
    item, dossier = asked.work_item, asked.work_item.dossier
    asking = item.parent.unit if item.parent is not None else dossier.department or dossier.competent_unit
    return {
        "authority": item.unit.parent or item.unit,
        "desk": item.unit,
        "place_name": item.unit.short_name or item.unit.name,
        "asking_unit": asking.name,
        "question": consultations.question(asked, consultations.words([asked])),
        "asked_at": clock.local(item.opened_at),
        "signature": signatures.of_part(item.unit, signer, clock.local(at).date(), otherwise=item.unit.name),
    }


def refusal_draft(draft: PaperDraft) -> dict[str, Any]:
    """What a drafted refusal to receive adds: its reason, and when the dossier was sent."""
    reason = REASONS.get(draft.fields.get("reason_code", ""))
    return {
        "submitted_at": draft.dossier.submitted_at,
        "signature": _of_desk(draft.dossier, draft.signer_id, draft.numbered_at or clock.now()),
        "by_system": False,
        "request": None,
        "reason": draft.fields.get("reason", ""),
        "reason_label": str(reason.label) if reason else "",
        "reason_effect": str(reason.effect) if reason else "",
    }


def of_withdrawal(draft: PaperDraft) -> str:
    """Which paper answers a wish to withdraw: since TT 03/2025 has a form for it, a notice that the dossier is stopped says yes."""
    day = clock.local(draft.numbered_at or clock.now()).date()
    stops = draft.fields.get("answer") == "agree" and day >= TT_03_2025_FROM
    return PrintedName.WITHDRAWAL_NOTICE if stops else PrintedName.WITHDRAWAL_ANSWER


def _wish(dossier: Dossier) -> dict[str, Any]:
    """Who asked to withdraw, when and why; and what comes of originals and of money."""
    asked = DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.WITHDRAWAL_REQUESTED)
    wish = asked.order_by("-seq").first()
    words = EventText.objects.filter(dossier=dossier, seq=wish.seq).values_list("text", flat=True) if wish else []
    live = dossier.attachments.filter(removed_at__isnull=True, form=PaperForm.ORIGINAL)
    return {
        "wished_at": clock.local(wish.happened_at) if wish else None,
        "wish": next(iter(words), ""),
        "stage": dossier.get_state_display(),
        "desk_name": dossier.receiving_unit.name,
        "originals": [(row.paper_name, row.count) for row in live.order_by("pk")],
    }


def withdrawal_draft(draft: PaperDraft) -> dict[str, Any]:
    """What the answer to a wish to withdraw adds: yes or no, why, and in which office it is signed."""
    signer, day = draft.signer, clock.local(draft.numbered_at or clock.now()).date()
    return {
        "agrees": draft.fields.get("answer") == "agree",
        "reason": draft.fields.get("reason", ""),
        "signature": signatures.of_authority(draft.dossier, signer, day),
        **_wish(draft.dossier),
    }


def apology_draft(draft: PaperDraft) -> dict[str, Any]:
    """What a letter of apology adds: both promises, the cause, the unit that is late, and in which office it is signed."""
    dossier, fields = draft.dossier, draft.fields
    cause = REASONS.get(fields.get("cause", ""))
    late = dossier.department or dossier.competent_unit
    return {
        "received_at": clock.local(dossier.received_at) if dossier.received_at else None,
        "due_before": _moment(fields.get("due_before")),
        "new_due": _moment(fields.get("new_due")),
        "cause": str(cause.label) if cause else "",
        "reason": fields.get("reason", ""),
        "late_unit": late.name,
        "signature": signatures.of_authority(
            dossier, draft.signer, clock.local(draft.numbered_at or clock.now()).date()
        ),
    }


def _moment(text: str | None) -> datetime | None:
    return clock.local(datetime.fromisoformat(text)) if text else None


def nothing_more(_dossier: Dossier, _event: DossierEvent) -> dict[str, Any]:
    """What a paper adds that is never printed after its act."""
    return {}


def result(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the result adds: its words, and whether it says no."""
    made = dossier.result
    signature = signatures.of_authority(dossier, made.signer, clock.local(made.issued_at).date())
    return {"result": made, "refused": dossier.proposal == Decision.REFUSE, "signature": signature}


def _limit_text(dossier: Dossier) -> str:
    """The limit as the sheet words it for this case and way of filing; its number in words where it has none."""
    parts = published.parts(dossier.revision_id)
    found = limits.rule_for(parts.limits, dossier.case_code, dossier.channel)
    if found is None:
        return parts.revision.time_limit_text
    row, limit = found
    return row.text or parts.revision.time_limit_text or limits.limit_words(limit)


def _is_in_transfer(dossier: Dossier) -> bool:
    """Tell whether the dossier was received for another authority, which starts the clock when it gets it."""
    return ClockSegment.objects.filter(dossier_id=dossier.pk, kind=SegmentKind.TRANSFER).exists()


def _is_reappointed(dossier: Dossier, event: DossierEvent) -> bool:
    """Tell whether a letter of apology had moved the promise by the time of an act."""
    letters = ClockSegment.objects.filter(dossier_id=dossier.pk, kind=SegmentKind.APOLOGY)
    return letters.filter(started_at__lte=event.happened_at).exists()


def _signer_id(paper: OutgoingPaper, event: DossierEvent) -> int | None:
    if paper.signer == Signer.ACTOR:
        return event.actor_id
    approvals = DossierEvent.objects.filter(dossier_id=event.dossier_id, code=EventCode.APPROVED, seq__lt=event.seq)
    return approvals.order_by("-seq").values_list("actor_id", flat=True).first()


def _name_of(user_id: int | None) -> str:
    if user_id is None:
        return ""
    return User.objects.filter(pk=user_id).values_list("full_name", flat=True).first() or ""


def _owner(dossier: Dossier) -> Named:
    return Named(dossier.owner_name, dossier.owner_address, dossier.owner_phone, dossier.owner_email)


def _submitter(dossier: Dossier) -> Named:
    party = dossier.submitter
    if party is None or party.pk == dossier.owner_id:
        return _owner(dossier)
    return Named(dossier.submitter_name, party.address, dossier.submitter_phone or party.phone, party.email)


def _masked(party: Party | None) -> str:
    return party.identity_masked if party is not None else ""


def fee_receipt(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    """What the receipt for money adds: who collects, for what, how much in figures and words, what it replaces.

    The collector's digital signature is not there yet: the receipt says so (docs/law.md).
    """
    first = _paid_by(event)
    payment = Payment.objects.select_related("cash_day__desk").get(dossier_id=dossier.pk, event_seq=first)
    desk = payment.cash_day.desk
    ended = ReceiptEnd.objects.select_related("form").filter(form__dossier_id=dossier.pk, event_seq=event.seq).first()
    return {
        "authority": desk.parent or desk,
        "desk": desk,
        "payment": payment,
        "payer": ended.payer if ended is not None and ended.payer else payment.payer,
        "office": money.office_of(desk, clock.local(payment.at).date()),
        "words": inwords.money(payment.amount),
        "symbol": receipt_symbol(clock.local(event.happened_at).year),
        "paid_at": clock.local(payment.at),
        "replaces": ended.form if ended is not None else None,
    }


def receipt_symbol(year: int) -> str:
    """Ký hiệu: the year's two digits, T, two letters (NĐ 254/2026/NĐ-CP, TT 91/2026/TT-BTC)."""
    return f"{year % 100:02d}TAA"


def receipt_number(number: int, year: int) -> str:
    """Symbol and number of a receipt: from 1 on the first of January, at most eight digits."""
    return f"{receipt_symbol(year)} {number:08d}"


def _paid_by(event: DossierEvent) -> int:
    """The event of the payment that a receipt is about, behind everything that replaced it."""
    while event.about_seq is not None:
        event = DossierEvent.objects.get(dossier_id=event.dossier_id, seq=event.about_seq)
    return event.seq
