"""The desk's dossier page, assembled from its sections. Reading a dossier is logged here, once a page."""

from typing import Any

import structlog
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import staff_memberships
from accounts.services import log_reads
from dossiers import queries
from dossiers.desk import sections as own_sections
from dossiers.desk.paper_lists import InList
from dossiers.forms.desk import ActForm
from dossiers.models.dossier import Dossier
from dossiers.reading import Page, Reading
from dossiers.sections import assemble

CHANGES_SHOWN = 10
SECTIONS = own_sections.SECTIONS  # importing them declares them


def context(
    request: HttpRequest,
    dossier: Dossier,
    *,
    bound: ActForm | None = None,
    action: str = "",
    reveal: bool = False,
    place: InList | None = None,
) -> dict[str, Any]:
    """Everything on the page of one dossier; logs that this person read it.

    `reveal`: identity numbers in clear; `place`: the list of papers it is read from.
    """
    extra = {"bound": bound, "action": action, "reveal": reveal, "place": place}
    reading = Reading(Page.DESK, dossier, request.user, staff_memberships(request), extra)
    log_reading(request, dossier, what=_("xem số định danh") if reveal else _("xem hồ sơ"))
    return {
        "others": [],
        "changed": [],
        "dossier": dossier,
        "title": dossier.code or dossier.reference,
        "sections": assemble(reading),
    }


def changes_since(dossier: Dossier, version: int) -> list[dict[str, Any]]:
    """What happened to a dossier after the version that somebody saw, newest first: each act made one version and one event."""
    missed = min(dossier.version - version, dossier.event_count)
    if missed <= 0:
        return []
    since = queries.history(dossier.pk, public=False).filter(seq__gt=dossier.event_count - missed)
    return [
        {"what": event.label, "who": event.actor_name, "at": event.happened_at, "words": event.words}
        for event in list(since.order_by("-seq")[:CHANGES_SHOWN])
    ]


def log_reading(request: HttpRequest, dossier: Dossier, *, what: str) -> None:
    """Record that this person read the data of owner and submitter."""
    unit = next((row.unit for row in getattr(request, "scope", [])), None)
    log_reads(
        reader=request.user,
        parties=[party for party in (dossier.owner, dossier.submitter) if party is not None],
        what=what,
        subject=dossier.code or dossier.reference,
        unit=unit,
        request_id=request_id(),
    )


def request_id() -> str:
    """The number of this request, as it stands on each log line."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
