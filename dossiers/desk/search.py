"""The desk's search: what people say or scan becomes the very dossier, a person's dossiers, or a list, newest first.

What is typed comes by POST. Numbers of people, telephone numbers among them, never stand in an address or a log: an
identity number becomes the key of its bearer, any other long number travels sealed. Whose data a list shows is logged
like an opened dossier.
"""

import re
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import validators
from accounts.access import desk_only, inside_only, staff_memberships
from accounts.models import Party
from accounts.queries import bearers_beside, find_party_by_identity
from accounts.services import log_look_up, log_reads
from accounts.services.look_ups import LONG_NUMBER
from dossiers import queries
from dossiers.desk import inbox, page, rows
from dossiers.desk.links import address, pager
from dossiers.forms.desk import SearchForm, whole_number
from dossiers.models.dossier import Dossier
from dossiers.models.words import has_words, words_of
from portal import rows as plain_rows
from portal.sealing import seal, unseal

_GAPS = re.compile(r"[\s.\-]+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What an address asks for: which dossiers, what stands in the box again, what the pager keeps."""

    wanted: Q | None
    words: list[str]
    label: str
    kept: dict[str, str]


@inside_only
@desk_only()
def search(request: HttpRequest) -> HttpResponse:
    """Find dossiers in one's scope."""
    mine = queries.for_desk(request.user, staff_memberships(request))
    if request.method == "POST":
        form = SearchForm(request.POST)
        if not form.is_valid() or not form.cleaned_data["q"]:
            return render(request, "dossiers/desk/search.html", {"search": form, "rows": None}, status=400)
        return _found(request, mine, form.cleaned_data["q"])
    sought = _sought(request)
    asked = sought.wanted is not None or bool(sought.words)
    found = inbox.page_of(
        _matching(mine, sought).values(*rows.DOSSIER_VALUES, "owner_id", "submitter_id")
        if asked
        else Dossier.objects.none().values(*rows.DOSSIER_VALUES),
        by="created_at",
        newest_first=True,
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    if asked:
        _log(request, found.rows, sought)
    context = {
        "search": SearchForm(initial={"q": sought.label}),
        "rows": rows.dossier_rows(found.rows) if asked else None,
        **pager(found, "desk:search", **sought.kept),
    }
    return render(request, "dossiers/desk/search.html", context)


def _found(request: HttpRequest, mine: QuerySet[Dossier], text: str) -> HttpResponse:
    """Where a search leads. A scanner gives the whole QR code of a receipt or of an identity card; what it names stands first."""
    text = text.partition("|")[0].strip()
    exact = with_code(mine, text)
    if exact is not None:
        return redirect("desk:dossier", dossier_id=exact)
    number = validators.searched_number(text)
    party = find_party_by_identity(number).values_list("pk", flat=True).first() if number else None
    if party is not None:
        return redirect(address("desk:search", nguoi=party))
    if number or LONG_NUMBER.search(text):
        return redirect(address("desk:search", kin=seal(_purpose(request) + text)))
    return redirect(address("desk:search", q=text))


def with_code(mine: QuerySet[Dossier], text: str) -> int | None:
    """The dossier of a whole code or reference, also with spaces or nothing where its dots and hyphens stand."""
    exact = mine.filter(Q(code=text.upper()) | Q(reference=text.upper())).order_by("pk").values_list("pk", flat=True)
    found = exact.first()
    if found is not None:
        return found
    compact = _GAPS.sub("", text).upper()
    if not (compact.isalnum() and compact.isascii() and any(sign.isdigit() for sign in compact)):
        return None
    likely = mine.filter(has_words([compact.lower()])).order_by("pk").values_list("pk", "code")[:2]
    whole = [pk for pk, code in likely if code and _GAPS.sub("", code) == compact]
    return whole[0] if len(whole) == 1 else None


def _sought(request: HttpRequest) -> Sought:
    """Read the address: a bearer's key, a sealed number, or words."""
    person, sealed = request.GET.get("nguoi", ""), request.GET.get("kin", "")
    if person:
        bearers = list(bearers_beside(whole_number(person) or 0).values_list("pk", flat=True))
        return Sought(Q(owner_id__in=bearers) | Q(submitter_id__in=bearers), [], "", {"nguoi": person})
    if sealed:
        text = _opened(sealed, _purpose(request))
        return Sought(None, _phone_or_words(text), text, {"kin": sealed})
    text = request.GET.get("q", "")[:200].replace("\x00", "")
    return Sought(None, words_of(text), text, {"q": text})


def _purpose(request: HttpRequest) -> str:
    """What is sealed along: an address opens neither what was sealed elsewhere (an identity number of the database) nor for another person."""
    return f"desk-search:{request.user.pk}:"


def _opened(sealed: str, purpose: str) -> str:
    try:
        text = unseal(sealed)
    except InvalidToken:
        return ""
    return text.removeprefix(purpose)[:200] if text.startswith(purpose) else ""


def _phone_or_words(text: str) -> list[str]:
    """A telephone number in its stored form, else the words: a part of a code that is all digits among them."""
    try:
        return [validators.phone(text)]
    except ValidationError:
        return words_of(text)


def _matching(mine: QuerySet[Dossier], sought: Sought) -> QuerySet[Dossier]:
    return mine.filter(sought.wanted) if sought.wanted is not None else mine.filter(has_words(sought.words))


def _log(request: HttpRequest, found: list[dict[str, Any]], sought: Sought) -> None:
    """Record what was looked for, and whose dossiers were listed."""
    keys = {row[name] for row in found for name in ("owner_id", "submitter_id")}
    unit = next((row.unit for row in getattr(request, "scope", [])), None)
    told = {"what": _("tra cứu hồ sơ"), "unit": unit, "request_id": page.request_id()}
    person = _("số của chủ thể %(key)s") % {"key": sought.kept["nguoi"]} if "nguoi" in sought.kept else ""
    log_look_up(reader=request.user, sought=person or sought.label, shown=len(found), **told)
    log_reads(reader=request.user, parties=plain_rows.by_keys(Party, keys).values(), **told)
