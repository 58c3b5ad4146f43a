"""Whose dossier is it: the one place where citizen pages fetch rows. What is not yours does not exist."""

from django.http import Http404

from accounts.models import User
from dossiers import queries
from dossiers.enums import State
from dossiers.models.dossier import Dossier

JOINED = (
    "procedure", "revision", "revision__procedure", "owner", "submitter", "receiving_unit", "competent_unit", "department",
)  # fmt: skip


def own(user: User, reference: str) -> Dossier:
    """A dossier the person filed or owns."""
    found = queries.for_citizen(user).select_related(*JOINED).filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def filed_by(user: User, reference: str) -> Dossier:
    """A dossier the person's own account filed: only that account may act on it."""
    found = own(user, reference)
    if found.account_id != user.pk:
        raise Http404
    return found


def is_draft(dossier: Dossier) -> bool:
    """Tell whether a dossier is still being filled in."""
    return dossier.state == State.DRAFT
