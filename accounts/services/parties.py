"""Verbs on parties: who owns and submits dossiers. Identity numbers are sealed here and stand nowhere in clear.

One number of one kind is borne by one row of a kind of party: see `Party.HOLDS_NUMBER` and docs/adr/0013.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentitySource, PartyKind
from accounts.models import OrgUnit, Party, PersonalDataRead, User
from accounts.services.facts import PartyFacts, checked
from accounts.services.names import refuse_other_name, write_name
from portal import rows
from portal.db import advisory_lock
from portal.errors import UserError
from portal.partialdate import more_exact
from portal.sealing import blind_index, seal
from portal.text import fold, name_sort_key

_CONTACTS = ("phone", "email", "address", "place_code")
_FILLABLE = ("birth_date", "gender", *_CONTACTS)


def find_or_create_party(facts: PartyFacts, *, source: str, user: User | None = None) -> Party:
    """Give the party these facts describe. `user` is the account that states them, `source` how they are proven.

    What is merely declared finds the bearer of a number and changes nothing of it: the dossier keeps what was said.
    What was proven (counter, electronic identity) writes the bearer; another name under a proven number is refused.
    The account's own party is taken when the facts are its owner's.
    Raises UserError with `field` when a fact is malformed, OtherNameError when the name is not the proven one.
    """
    facts = checked(facts)
    with transaction.atomic(), advisory_lock(_lock_name(facts)):
        if source == IdentitySource.DECLARED:
            return _declared(facts, user)
        return _proven(facts, source)


def hold_numbers(numbers: Iterable[str]) -> None:
    """Lock several numbers, always in one order, so that two people who name the same ones never wait for each other.

    For the transaction in which the parties of these numbers are found or made one after the other.
    """
    for index in sorted({blind_index(number) for number in numbers if number}):
        with advisory_lock(f"party:{index}"):
            pass  # held until the transaction ends


def own_party(user: User) -> Party:
    """Give the party of an account, made at first need."""
    for party in rows.where(Party, user.pk, column="user_id"):
        return party
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
    """Change one's own data (profile page). An empty identity keeps the stored one; what was proven cannot be overwritten.

    Raises UserError when the party is not `by`'s own, or a fact is malformed.
    """
    party = Party.objects.select_for_update(of=("self",), no_key=True).get(pk=party_id)
    if party.user_id != by.pk:
        raise UserError(_("Bạn chỉ sửa được thông tin của chính mình."))
    facts = checked(facts)
    if party.is_proven:
        _refuse_change_of_proven(party, facts)
    source = party.identity_source if party.is_proven else IdentitySource.DECLARED
    if party.kind == PartyKind.PERSON and by.full_name != facts.full_name:
        by.full_name = facts.full_name
        by.save(update_fields=["full_name"])
    return _write(party, facts, source, clear_blanks=True)


@transaction.atomic
def link_identity(*, user: User, identity_kind: str, identity: str, source: str) -> Party:
    """Attach a proven identity number to an account's own party (counter check, electronic identity).

    A row that bore the number so far hands it over and stays, with its dossiers, as one more row of the same party.
    Raises UserError when another account bears the number, OtherNameError when it was proven for another name.
    """
    party = own_party(user)
    facts = checked(
        PartyFacts(kind=party.kind, full_name=party.full_name, identity_kind=identity_kind, identity=identity)
    )
    return _link(party, facts, source)


@transaction.atomic
def write_own_facts(*, party: Party, facts: PartyFacts, source: str) -> Party:
    """Write proven facts of an account's own party, its kind included (a firm's account). For seeds and identity checks."""
    party.kind = facts.kind
    return _link(party, checked(facts), source)


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


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


def _lock_name(facts: PartyFacts) -> str:
    return f"party:{facts.index or fold(facts.full_name)}"


def _declared(facts: PartyFacts, user: User | None) -> Party:
    own = own_party(user) if user is not None else None
    if own is not None and _is_about(own, facts):
        return _fill_blanks(own, facts, IdentitySource.DECLARED)
    if facts.identity:
        return _bearer(facts) or _create(facts, IdentitySource.DECLARED, contacts=False)
    return _said_before(facts) or _create(facts, IdentitySource.DECLARED)


def _proven(facts: PartyFacts, source: str) -> Party:
    party = _bearer(facts) if facts.identity else None
    if party is None:
        return _create(facts, source)
    if party.is_proven:
        refuse_other_name(party, facts.full_name)
    if party.user_id is not None:
        return _fill_blanks(party, facts, source)
    return _write(party, facts, source)


def _bearer(facts: PartyFacts) -> Party | None:
    """The one row of this kind of party that bears the number."""
    return Party.objects.filter(
        Party.HOLDS_NUMBER, kind=facts.kind, identity_kind=facts.identity_kind, identity_index=facts.index
    ).first()


def _is_about(own: Party, facts: PartyFacts) -> bool:
    """Tell whether facts are those of an account's own party: name, and whatever else both tell."""
    if own.kind != facts.kind or own.search_name != fold(facts.full_name):
        return False
    if own.birth_date and facts.birth_date and not own.birth_date.agrees(facts.birth_date):
        return False
    return not (own.identity_index and facts.identity and own.identity_index != facts.index)


def _said_before(facts: PartyFacts) -> Party | None:
    """The row of an identical declaration without a number; without contacts nobody can tell namesakes apart."""
    if not (facts.phone or facts.email):
        return None
    same = {name: getattr(facts, name) for name in _FILLABLE}
    return (
        Party.objects.filter(
            kind=facts.kind,
            search_name=fold(facts.full_name),
            identity_index="",
            user__isnull=True,
            same_as__isnull=True,
            identity_source=IdentitySource.DECLARED,
            unit_id=facts.unit_id,
            **same,
        )
        .order_by("pk")
        .first()
    )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _refuse_change_of_proven(party: Party, facts: PartyFacts) -> None:
    if facts.identity and facts.index != party.identity_index:
        sentence = _(
            "Số định danh của bạn đã được đối chiếu nên không tự sửa được. Vui lòng đến Bộ phận Một cửa để đính chính."
        )
        raise UserError(sentence, field="identity")
    if fold(facts.full_name) != party.search_name:
        sentence = _(
            "Họ tên của bạn đã được đối chiếu với giấy tờ nên không tự đổi được. "
            "Nếu bạn đã đổi họ tên, vui lòng mang giấy tờ đến Bộ phận Một cửa."
        )
        raise UserError(sentence, field="full_name")


def _link(party: Party, facts: PartyFacts, source: str) -> Party:
    with advisory_lock(_lock_name(facts)):
        bearer = _bearer(facts) if facts.identity else None
        if bearer is not None and bearer.pk != party.pk:
            _hand_over(bearer, party, facts.full_name)
        return _write(party, facts, source)


def _hand_over(bearer: Party, party: Party, name: str) -> None:
    """Take the number from the row that bore it; the row stays as it is, for what already points at it."""
    if bearer.user_id is not None:
        sentence = _("Số định danh này đã thuộc một tài khoản khác. Vui lòng đến Bộ phận Một cửa để được kiểm tra.")
        raise UserError(sentence, field="identity")
    if bearer.is_proven:
        refuse_other_name(bearer, name)
    bearer.identity_index = ""
    bearer.same_as = party
    bearer.save(update_fields=["identity_index", "same_as", "updated_at"])


def _create(facts: PartyFacts, source: str, *, contacts: bool = True) -> Party:
    """`contacts=False`: others who name the same number later must not meet the first one's telephone."""
    party = Party(kind=facts.kind, identity_source=source, unit_id=facts.unit_id)
    _set(party, facts)
    if not contacts:
        for name in _CONTACTS:
            setattr(party, name, "")
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
    write_name(party, facts.full_name)
    known = party.birth_date
    for name in _FILLABLE:
        value = getattr(facts, name)
        if value or not keep_blanks:
            setattr(party, name, value)
    if facts.birth_date and keep_blanks:
        party.birth_date = more_exact(known, facts.birth_date)
    if facts.identity:
        _set_identity(party, facts)


def _set_identity(party: Party, facts: PartyFacts) -> None:
    party.identity_kind = facts.identity_kind
    party.identity_sealed = seal(facts.identity)
    party.identity_index = facts.index
