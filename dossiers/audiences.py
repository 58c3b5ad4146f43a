"""The audiences of messages, declared once: what each is called, by which ways it is told, and how applicants are reached.

Asked by dossiers.notices (applicants) and dossiers.staff_notices (members of staff). A person who is several audiences at
once is one person, told once by each way.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Party
from dossiers.events import Audience
from dossiers.models.dossier import Dossier
from integrations.registry import Contact, MessageChannel, reach

Person = tuple[str, int]  # an account or a party, by key


class ToldBy(StrEnum):
    """How somebody may be told; a channel is one of these."""

    PORTAL = "portal"
    LETTER = "letter"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class DeclaredAudience:
    """One audience: its name in a sentence, its ways, and where an applicant can be reached."""

    label: Promise
    ways: frozenset[ToldBy]
    left: Callable[[Dossier], tuple[Person, Contact] | None] | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """One person of the audience with what they left."""

    who: Audience
    contact: Contact


def _account(dossier: Dossier) -> tuple[Person, Contact] | None:
    account = dossier.account
    if account is None:
        return None
    return ("account", account.pk), Contact(account.pk, account.email or "", account.phone or "")


def _submitter(dossier: Dossier) -> tuple[Person, Contact] | None:
    """By the number left with this dossier before any that is known of the party."""
    party = dossier.submitter
    if party is None:
        return None
    return _person(party, dossier), Contact(None, party.email, dossier.submitter_phone or party.phone)


def _owner(dossier: Dossier) -> tuple[Person, Contact] | None:
    """By what was filed: the bearer of a number that somebody merely typed must not be told of a stranger's dossier."""
    party = dossier.owner
    if party is None:
        return None
    reads_here = party.user_id if dossier.owner_is_confirmed else None
    return _person(party, dossier), Contact(reads_here, dossier.owner_email, dossier.owner_phone)


def _person(party: Party, dossier: Dossier) -> Person:
    """The account that filed, where the party is its own; else the party."""
    if party.user_id is not None and party.user_id == dossier.account_id:
        return "account", party.user_id
    return "party", party.pk


EVERY = frozenset(ToldBy)
IN_PORTAL = frozenset({ToldBy.PORTAL})
STAFF = frozenset({ToldBy.PORTAL, ToldBy.LETTER})
AUDIENCES: Mapping[Audience, DeclaredAudience] = {
    Audience.ACCOUNT: DeclaredAudience(_("tài khoản đã nộp"), EVERY, _account),
    Audience.OWNER: DeclaredAudience(_("chủ hồ sơ"), EVERY, _owner),
    Audience.SUBMITTER: DeclaredAudience(_("người nộp"), EVERY, _submitter),
    Audience.HOLDER: DeclaredAudience(_("người giữ việc"), IN_PORTAL),
    Audience.WRITER: DeclaredAudience(_("người soạn"), IN_PORTAL),
    Audience.TEAM: DeclaredAudience(_("nhóm nhận việc"), IN_PORTAL),
    Audience.ASKED: DeclaredAudience(_("đơn vị được hỏi"), STAFF),
    Audience.ASKER: DeclaredAudience(_("người hỏi ý kiến"), STAFF),
    Audience.APPRAISER: DeclaredAudience(_("người thẩm định"), STAFF),
    Audience.HEAD: DeclaredAudience(_("trưởng Bộ phận Một cửa, lãnh đạo phòng"), IN_PORTAL),
    Audience.HOME_AFFAIRS: DeclaredAudience(_("nội vụ"), IN_PORTAL),
    Audience.ABOVE: DeclaredAudience(_("quản trị hệ thống của đơn vị"), IN_PORTAL),
}


def people(dossier: Dossier, audience: Iterable[Audience]) -> list[Reached]:
    """The persons of an audience, each once with all they left: what their account says first, then what was filed."""
    wanted, found = set(audience), dict[Person, Reached]()
    for who, declared in AUDIENCES.items():
        left = declared.left(dossier) if who in wanted and declared.left is not None else None
        if left is not None:
            person, contact = left
            known = found.get(person)
            found[person] = Reached(who, contact) if known is None else _joined(known, who, contact)
    return list(found.values())


def _joined(known: Reached, who: Audience, more: Contact) -> Reached:
    """One person under two names: spoken of as owner or submitter rather than as an account."""
    first = known.contact
    contact = Contact(first.user_id or more.user_id, first.email or more.email, first.phone or more.phone)
    return Reached(who if known.who == Audience.ACCOUNT else known.who, contact)


def channels_for(who: Audience, contact: Contact) -> list[tuple[MessageChannel, str]]:
    """Channels that may tell this audience and reach this person, with the address."""
    ways = AUDIENCES[who].ways
    return [(channel, address) for channel, address in reach(contact) if way_of(channel) in ways]


def way_of(channel: MessageChannel) -> ToldBy:
    """The way a channel is."""
    if channel.shows_link:
        return ToldBy.PORTAL
    return ToldBy.SHORT if channel.is_short else ToldBy.LETTER
