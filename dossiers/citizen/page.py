"""The citizen's page of a sent dossier, assembled from its sections, and what its sub-pages ask. Reads only."""

from typing import Any

from accounts.models import User
from dossiers import queries
from dossiers.citizen import sections as own_sections
from dossiers.enums import Action
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.reading import Page, Reading
from dossiers.sections import assemble

SECTIONS = own_sections.SECTIONS  # importing them declares them


def context(dossier: Dossier, user: User) -> dict[str, Any]:
    """Everything on the page of one sent dossier. Here everybody is a citizen, whatever roles they hold elsewhere."""
    return {"dossier": dossier, "sections": assemble(Reading(Page.CITIZEN, dossier, user))}


def may_withdraw(dossier: Dossier, user: User) -> bool:
    """Tell whether this person may take the dossier back, or ask to, now."""
    allowed = set(queries.allowed_actions(dossier, user))
    return bool(allowed & {Action.WITHDRAW, Action.REQUEST_WITHDRAWAL}) and not dossier.wants_withdrawal


def open_supplement(dossier: Dossier) -> Supplement | None:
    """The request that waits for the citizen, if any."""
    return own_sections.waiting(dossier, dossier.supplements.filter(answered_at__isnull=True))
