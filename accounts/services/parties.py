"""Verbs on parties: who owns and submits dossiers. Identity numbers are sealed here and stand nowhere in clear."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import validators
from accounts.enums import IdentityKind, IdentitySource, PartyKind
from accounts.models import OrgUnit, Party, PersonalDataRead, User
from portal.db import advisory_lock
from portal.errors import UserError
from portal.sealing import blind_index, seal
from portal.text import clean, fold, name_sort_key, sort_key

_CHECKS: dict[str, Callable[[str], str]] = {
    IdentityKind.CITIZEN_ID: validators.citizen_id,
    IdentityKind.TAX_CODE: validators.tax_code,
    IdentityKind.PASSPORT: validators.passport,
    IdentityKind.AGENCY_CODE: validators.agency_code,
}
_CONTACTS = ("phone", "email", "address", "place_code")
_FILLABLE = ("birth_date", "gender", *_CONTACTS)


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What a form or a clerk says about a person, firm, household business or agency."""

    kind: str = PartyKind.PERSON
    full_name: str = ""
    birth_date: str = ""  # as portal.partialdate stores it
    gender: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    place_code: str = ""
    identity_kind: str = ""
    identity: str = ""
    unit_id: int | None = None


def find_or_create_party(facts: PartyFacts, *, source: str, user: User | None = None) -> Party:
    """Give the party these facts describe. `user` is the account that states them, `source` how they are proven.

    The account's own party is taken when the facts are its owner's. What somebody else merely declares never joins
    or changes a party that has an account, and never changes another party either: only an identical row is reused.
    What was proven (counter, electronic identity) joins the proven party with the same number and name.
    Raises UserError with `field` when a number or name is malformed.
    """
    facts = _checked(facts)
    with transaction.atomic(), advisory_lock(f"party:{_index(facts) or fold(facts.full_name)}"):
        party = _own_match(facts, user) or _match(facts, source)
        if party is None:
            return _create(facts, source)
        if party.user_id is not None or source == IdentitySource.DECLARED:
            return _fill_blanks(party, facts, source)
        return _write(party, facts, source)


def own_party(user: User) -> Party:
    """Give the party of an account, made at first need."""
    party, _made = Party.objects.get_or_create(
        user=user,
        defaults={
            "kind": PartyKind.PERSON,
            "full_name": user.full_name,
            "search_name": fold(user.full_name),
            "sort_name": name_sort_key(user.full_name),
            "phone": user.phone or "",
            "email": user.email or "",
        },
    )
    return party


@transaction.atomic
def register(*, user: User) -> Party:
    """Save a fresh account, whole and at once, and give it its party. Happens at sign-up; the library fills the account."""
    user.email, user.phone = user.email or None, user.phone or None  # '' would collide with the next ''
    user.save()
    return own_party(user)


@transaction.atomic
def update_party(*, party_id: int, by: User, facts: PartyFacts) -> Party:
    """Change one's own data (profile page). An empty identity keeps the stored one; a proven one cannot be overwritten.

    Raises UserError when the party is not `by`'s own, or a fact is malformed.
    """
    party = Party.objects.select_for_update(of=("self",), no_key=True).get(pk=party_id)
    if party.user_id != by.pk:
        raise UserError(_("Bạn chỉ sửa được thông tin của chính mình."))
    facts = _checked(facts)
    proven = party.identity_source != IdentitySource.DECLARED and party.identity_index
    if facts.identity and proven and _index(facts) != party.identity_index:
        raise UserError(
            _(
                "Số định danh của bạn đã được đối chiếu nên không tự sửa được. Vui lòng đến Bộ phận Một cửa để đính chính."
            ),
            field="identity",
        )
    source = party.identity_source if proven else IdentitySource.DECLARED
    if party.kind == PartyKind.PERSON and by.full_name != facts.full_name:
        by.full_name = facts.full_name
        by.save(update_fields=["full_name"])
    return _write(party, facts, source, clear_blanks=True)


@transaction.atomic
def link_identity(*, user: User, identity_kind: str, identity: str, source: str) -> Party:
    """Attach a proven identity number to an account's own party (counter check, electronic identity)."""
    party = own_party(user)
    facts = PartyFacts(kind=party.kind, full_name=party.full_name, identity_kind=identity_kind, identity=identity)
    return _write(party, _checked(facts), source)


@transaction.atomic
def write_own_facts(*, party: Party, facts: PartyFacts, source: str) -> Party:
    """Write proven facts of an account's own party, its kind included (a firm's account). For seeds and identity checks."""
    party.kind = facts.kind
    return _write(party, _checked(facts), source)


def log_read(
    *, reader: User, party: Party, what: str, subject: str = "", unit: OrgUnit | None = None, request_id: str = ""
) -> None:
    """Record that somebody looked at a party's data; looking at one's own is not recorded."""
    log_reads(reader=reader, parties=[party], what=what, subject=subject, unit=unit, request_id=request_id)


def log_reads(
    *,
    reader: User,
    parties: Iterable[Party],
    what: str,
    subject: str = "",
    unit: OrgUnit | None = None,
    request_id: str = "",
) -> None:
    """Record that somebody looked at the data of several parties at once, each written once."""
    others = {party.pk: party for party in parties if party.user_id != reader.pk}
    facts = {"what": what[:80], "subject": subject[:40], "unit": unit, "request_id": request_id[:64]}
    PersonalDataRead.objects.bulk_create(
        PersonalDataRead(reader=reader, party=party, **facts) for party in others.values()
    )


# ── matching ─────────────────────────────────────────────────────────────────────────────────────


def _own_match(facts: PartyFacts, user: User | None) -> Party | None:
    if user is None:
        return None
    own = own_party(user)
    if own.kind != facts.kind or own.search_name != fold(facts.full_name):
        return None
    if own.birth_date and facts.birth_date and own.birth_date != facts.birth_date:
        return None
    if own.identity_index and facts.identity and own.identity_index != _index(facts):
        return None
    return own


def _match(facts: PartyFacts, source: str) -> Party | None:
    index = _index(facts)
    rows = Party.objects.filter(kind=facts.kind, search_name=fold(facts.full_name), identity_index=index).order_by("pk")
    if source == IdentitySource.DECLARED:
        if not (index or facts.phone or facts.email):
            return None
        same = {name: getattr(facts, name) for name in _FILLABLE}
        return rows.filter(user__isnull=True, identity_source=source, unit_id=facts.unit_id, **same).first()
    return rows.exclude(identity_source=IdentitySource.DECLARED).first() if index else None


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _create(facts: PartyFacts, source: str) -> Party:
    party = Party(kind=facts.kind, identity_source=source, unit_id=facts.unit_id)
    _set(party, facts)
    party.save()
    return party


def _write(party: Party, facts: PartyFacts, source: str, *, clear_blanks: bool = False) -> Party:
    _set(party, facts, keep_blanks=not clear_blanks)
    if facts.identity:
        party.identity_source = source
    party.save()
    return party


def _fill_blanks(party: Party, facts: PartyFacts, source: str) -> Party:
    changed = [name for name in _FILLABLE if not getattr(party, name) and getattr(facts, name)]
    for name in changed:
        setattr(party, name, getattr(facts, name))
    if facts.identity and not party.identity_index:
        _set_identity(party, facts)
        party.identity_source = source
        changed += ["identity_kind", "identity_sealed", "identity_index", "identity_source"]
    if changed:
        party.save(update_fields=[*changed, "updated_at"])
    return party


def _set(party: Party, facts: PartyFacts, *, keep_blanks: bool = False) -> None:
    party.full_name = facts.full_name
    party.search_name = fold(facts.full_name)
    person = party.kind == PartyKind.PERSON
    party.sort_name = name_sort_key(facts.full_name) if person else sort_key(facts.full_name)
    for name in _FILLABLE:
        value = getattr(facts, name)
        if value or not keep_blanks:
            setattr(party, name, value)
    if facts.identity:
        _set_identity(party, facts)


def _set_identity(party: Party, facts: PartyFacts) -> None:
    party.identity_kind = facts.identity_kind
    party.identity_sealed = seal(facts.identity)
    party.identity_index = _index(facts)


def _index(facts: PartyFacts) -> str:
    return blind_index(facts.identity) if facts.identity else ""


# ── checking ─────────────────────────────────────────────────────────────────────────────────────


def _checked(facts: PartyFacts) -> PartyFacts:
    """Bring every fact to its stored form. Raises UserError naming the field."""
    person = facts.kind == PartyKind.PERSON
    name_of = validators.person_name if person else validators.organisation_name
    identity_kind = facts.identity_kind or (IdentityKind.CITIZEN_ID if person else IdentityKind.TAX_CODE)
    identity = facts.identity.strip()
    return PartyFacts(
        kind=facts.kind,
        full_name=_run("full_name", name_of, facts.full_name),
        birth_date=_run("birth_date", validators.birth_date, facts.birth_date) if facts.birth_date else "",
        gender=facts.gender,
        phone=_run("phone", validators.phone, facts.phone) if facts.phone.strip() else "",
        email=_run("email", _email, facts.email) if facts.email.strip() else "",
        address=clean(facts.address)[:300],
        place_code=facts.place_code.strip()[:10],
        identity_kind=identity_kind if identity else "",
        identity=_run("identity", _CHECKS[identity_kind], identity) if identity else "",
        unit_id=facts.unit_id,
    )


def _run(field: str, check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except ValidationError as error:
        raise UserError(error.messages[0], field=field) from error


def _email(text: str) -> str:
    address = clean(text).lower()
    validate_email(address)
    return address
