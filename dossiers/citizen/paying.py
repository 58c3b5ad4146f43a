"""How the applicant pays: what is due line by line, where in person, and the account with its QR code. Reads only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import citizen_only
from dossiers import money
from dossiers.citizen.scope import own
from dossiers.enums import OWING_STATES
from dossiers.services import terms


@citizen_only
@require_safe
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Say how to pay; a dossier that owes nothing (yet) leads back to its page."""
    found = own(request.user, reference)
    owed = money.owed(found)
    if owed is None or owed <= 0 or found.state not in OWING_STATES:
        return redirect("my:dossier", reference)
    asked = found.fee_facts.get(terms.ASKED, [])
    context = {
        "dossier": found,
        "owed": owed,
        "due": terms.due(found),
        "answer_by": asked[-1]["answer_by"] if asked else "",
        "transfer": money.transfer_for(found),
    }
    return render(request, "dossiers/citizen/pay.html", context)
