"""Whose dossier is it: the one place where citizen pages fetch rows. What is not yours does not exist."""

from django.http import Http404

from accounts.models import User
from accounts.queries import parties_of
from dossiers.enums import State
from dossiers.loading import for_showing, with_result
from dossiers.models.dossier import Dossier
from portal import rows


def own(user: User, reference: str) -> Dossier:
    """A dossier the person filed or, once it was sent, owns; with its result, pinned revision and names for showing."""
    found = Dossier.objects.select_related("result").filter(reference=reference).first()
    if found is None or not (found.account_id == user.pk or (not is_draft(found) and _is_owner(found, user))):
        raise Http404
    return for_showing(found)


def filed_by(user: User, reference: str) -> Dossier:
    """A dossier the person's own account filed: only that account may act on it."""
    found = next(iter(rows.where(Dossier, reference, column="reference")), None)
    if found is None or found.account_id != user.pk:
        raise Http404
    return for_showing(with_result(found))


def is_draft(dossier: Dossier) -> bool:
    """Tell whether a dossier is still being filled in."""
    return dossier.state == State.DRAFT


def _is_owner(dossier: Dossier, user: User) -> bool:
    """Only a confirmed owner: a number that somebody merely typed opens the dossier to nobody."""
    return dossier.owner_is_confirmed and parties_of(user).filter(pk=dossier.owner_id).exists()
