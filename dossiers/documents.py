"""What stands on each printed form, by name. Number, title and size come from the template set in force that day.

TT 01/2018/TT-VPCP until 14/09/2025, TT 03/2025/TT-VPCP after (layouts of the second by analogy, to be checked by a
person against the official text before a locality goes live; see docs/law.md).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Party, User
from dossiers.enums import Decision, PrintedName
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import PrintedForm
from portal import clock
from portal.pdf import qr_png_data_uri
from portal.sealing import unseal
from procedures.enums import PaperForm

TT_03_2025_FROM = date(2025, 9, 15)


@dataclass(frozen=True, slots=True)
class Template:
    """Number and circular of a form in one template set; empty number for papers outside the set."""

    number: str
    title: str
    circular: str


TITLES = {
    PrintedName.RECEIPT: ("01", _("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")),
    PrintedName.SUPPLEMENT_REQUEST: ("02", _("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ")),
    PrintedName.REFUSAL: ("03", _("PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ")),
    PrintedName.RESULT: ("", _("KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH")),
}


def template_for(name: str, day: date) -> Template:
    """The template in force on `day`: both circulars number these forms alike."""
    number, title = TITLES[PrintedName(name)]
    circular = "TT 03/2025/TT-VPCP" if day >= TT_03_2025_FROM else "TT 01/2018/TT-VPCP"
    return Template(number, str(title), circular if number else "")


def context(form: PrintedForm) -> dict[str, Any]:
    """Everything the sheet of `form` shows; asked once, when its file is made."""
    dossier = form.dossier
    event = DossierEvent.objects.get(dossier_id=dossier.pk, seq=form.event_seq)
    common = _common(form, dossier, event)
    return {**common, **_SPECIFIC[PrintedName(form.name)](dossier, event)}


def qr_text(form: PrintedForm, dossier: Dossier, *, title: str, issued_at: datetime) -> str:
    """QR data of TT 01/2023: dossier code, procedure code, owner, paper, system, time; due time on the receipt.

    The owner's number is masked: whoever finds the paper must not learn it (docs/law.md, papers).
    """
    parts = [
        dossier.code or dossier.reference,
        dossier.procedure.code,
        dossier.owner.identity_masked if dossier.owner else "",
        title,
        settings.SYSTEM_NAME,
        clock.local(issued_at).strftime("%H:%M %d/%m/%Y"),
    ]
    if form.name == PrintedName.RECEIPT and dossier.due_at:
        parts.append(clock.local(dossier.due_at).strftime("%H:%M %d/%m/%Y"))
    return "|".join(parts)


def _common(form: PrintedForm, dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    day = clock.local(event.happened_at)
    template = template_for(form.name, day.date())
    return {
        "template": template,
        "name": form.name,
        "dossier": dossier,
        "authority": dossier.competent_unit,
        "desk": dossier.receiving_unit,
        "place_name": dossier.competent_unit.short_name or dossier.competent_unit.name,
        "owner": dossier.owner,
        "submitter": dossier.submitter,
        "owner_identity": _masked(dossier.owner),
        "submitter_identity": _masked(dossier.submitter),
        "procedure_name": dossier.revision.name,
        "at": day,
        "reason": EventText.objects.filter(dossier=dossier, seq=event.seq).values_list("text", flat=True).first() or "",
        "hotlines": settings.HOTLINES,
        "track_url": f"{settings.PUBLIC_URL}/ho-so/tra-cuu/",
        "qr": qr_png_data_uri(qr_text(form, dossier, title=template.title, issued_at=event.happened_at)),
        "barcode_text": dossier.code or dossier.reference,
        "receiver_name": _name_of(event.actor_id),
        "number": "",
        "system_name": settings.SYSTEM_NAME,
    }


def _receipt(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    papers = {}
    for row in dossier.attachments.filter(removed_at__isnull=True).order_by("pk"):
        line = papers.setdefault(row.paper_code, {"name": row.paper_name, "original": 0, "copy": 0, "e_copy": 0})
        kind = {PaperForm.ORIGINAL: "original", PaperForm.COPY: "copy"}.get(PaperForm(row.form), "e_copy")
        line[kind] += 1
    secret = unseal(dossier.secret_sealed) if dossier.secret_sealed else ""
    return {
        "secret": secret,
        "papers": list(papers.values()),
        "received_at": clock.local(event.happened_at),
        "due_at": event.due_at,
    }


def _refusal(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    return {"submitted_at": dossier.submitted_at}


def _supplement(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    return {"supplement": dossier.supplements.order_by("-round").first()}


def _result(dossier: Dossier, event: DossierEvent) -> dict[str, Any]:
    return {"result": dossier.result, "refused": dossier.proposal == Decision.REFUSE}


_SPECIFIC = {
    PrintedName.RECEIPT: _receipt,
    PrintedName.REFUSAL: _refusal,
    PrintedName.SUPPLEMENT_REQUEST: _supplement,
    PrintedName.RESULT: _result,
}


def _name_of(user_id: int | None) -> str:
    return User.objects.filter(pk=user_id).values_list("full_name", flat=True).first() or ""


def _masked(party: Party | None) -> str:
    return party.identity_masked if party is not None else ""
