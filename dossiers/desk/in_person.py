"""The frame of the pages for who comes to the desk: the dossier in scope, whether the answer is asked for, how it ends.

Called by the desk's pages that record what somebody brings or says (visit, paper_check).
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import staff_memberships
from dossiers import loading, queries
from dossiers.models.dossier import Dossier
from portal.errors import NotNowError

BAD, CONFLICT = 400, 409


def mine(request: HttpRequest, dossier_id: int) -> Dossier:
    """A dossier of the person's scope, its parties loaded."""
    found = get_object_or_404(queries.for_desk(request.user, staff_memberships(request)), pk=dossier_id)
    return loading.with_parties(found)


def may(request: HttpRequest, found: Dossier, action: str) -> bool:
    """Whether the person may record an answer now."""
    return action in queries.allowed_actions(found, request.user, roles=staff_memberships(request))


def nothing_asked(request: HttpRequest, found: Dossier) -> HttpResponse:
    """Back to the dossier, which waits for no answer that this person records."""
    messages.warning(request, NotNowError().message)
    return redirect("desk:dossier", dossier_id=found.pk)


def recorded(request: HttpRequest, done: Dossier, told: str) -> HttpResponse:
    """Back to the dossier once the answer is recorded; `told` has a place for its %(code)s."""
    messages.success(request, told % {"code": done.code or done.reference})
    return redirect("desk:dossier", dossier_id=done.pk)
