"""What a scanner or the number field gives at the counter: a person, or a dossier of ours. Numbers come by POST alone."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import staff_memberships
from accounts.enums import IdentityKind, PartyKind
from accounts.models import Party
from accounts.queries import find_party_by_identity
from accounts.services import log_look_up, log_read
from accounts.validators import FEMALE, MALE, searched_number
from dossiers import queries
from dossiers.desk.page import request_id
from dossiers.desk.search import with_code
from portal.text import clean, fold

FOUND_FIELDS = ("full_name", "phone", "address")
SEX_ON_CARD = {"nam": MALE, "nu": FEMALE}
CARD_PARTS = 7  # the QR of an identity card: number|old number|name|ddmmyyyy|sex|address|day of issue


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found: a dossier's key, or whether the person is known."""

    dossier_id: int | None = None
    is_known: bool = False


def look_up(request: HttpRequest, initial: dict[str, Any]) -> Scan:
    """Find the dossier of a receipt or slip, else fill blanks from a card and from the known party with its number.

    The look-up is logged like any other reading.
    """
    scanned = clean(str(initial.get("identity", "")))
    number = searched_number(scanned)
    if not number:
        mine = queries.for_desk(request.user, staff_memberships(request))
        dossier_id = with_code(mine, scanned.partition("|")[0].strip())
        if dossier_id is not None:
            return Scan(dossier_id)
    initial["gender"] = ""
    _read_card(initial, scanned)
    found = _bearers(number, str(initial.get("owner_kind", ""))) if number else []
    _tell(request, scanned, found[:1])
    if found:
        _fill(initial, found[0])
    return Scan(is_known=bool(found))


def _tell(request: HttpRequest, scanned: str, found: list[Party]) -> None:
    told = {"what": _("tra cứu tại quầy"), "unit": request.scope[0].unit, "request_id": request_id()}
    log_look_up(reader=request.user, sought=scanned, shown=len(found), **told)
    for party in found:
        log_read(reader=request.user, party=party, **told)
        words = _("Đã điền thông tin của %(name)s. Hãy đối chiếu với giấy tờ.") % {"name": party.full_name}
        messages.info(request, words)
    if not found:
        messages.info(request, _("Chưa có người mang số này trong hệ thống. Hãy nhập thông tin theo giấy tờ."))


def _fill(initial: dict[str, Any], party: Party) -> None:
    for name in FOUND_FIELDS:
        initial[name] = initial.get(name) or getattr(party, name)
    if not initial.get("birth_date") and party.birth_date:
        initial["birth_date"] = party.birth_date
    initial["owner_kind"] = party.kind
    initial["gender"] = initial["gender"] or party.gender


def _read_card(initial: dict[str, Any], scanned: str) -> None:
    """Spread what a scanner read off an identity card over the fields."""
    parts = [part.strip() for part in scanned.split("|")]
    if len(parts) < CARD_PARTS:
        return
    day = parts[3]
    initial |= {
        "identity": parts[0],
        "full_name": parts[2],
        "address": parts[5],
        "gender": SEX_ON_CARD.get(fold(parts[4]), ""),
        "identity_kind": IdentityKind.CITIZEN_ID,
    }
    initial["birth_date"] = f"{day[:2]}/{day[2:4]}/{day[4:]}" if len(day) == len("ddmmyyyy") else day


def _bearers(number: str, kind: str) -> list[Party]:
    """Who bears a number, the proven first. A shop bears its owner's: when one is asked for, its owner is no answer."""
    found = [party for party in find_party_by_identity(number)[:20] if kind in ("", PartyKind.PERSON, party.kind)]
    return sorted(found, key=lambda party: (party.kind != PartyKind.PERSON, not party.is_proven, -party.pk))
