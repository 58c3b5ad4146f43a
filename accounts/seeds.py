"""The demo city's people and places: units of 2022 and of today, calendar, cast. Called by seed_demo and by tests.

Only the cast is demo; units, places and calendar are facts an installation may start from (`import_units --write`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from accounts.enums import IdentitySource, PartyKind, Role
from accounts.models import Membership, OrgUnit, User
from accounts.services.facts import PartyFacts
from accounts.services.parties import own_party, write_own_facts
from accounts.services.unit_import import DATA, read_units, write_places, write_root_calendar, write_units
from portal.sealing import blind_index, seal

# One password for all demo people, published here on purpose: demo mode signs anybody in with one click anyway.
DEMO_PASSWORD = "bien-xanh-cat-trang-2026"  # noqa: S105
SINCE = date(2025, 7, 1)
# There while bin/demo still loads dossiers behind the running portal; pages say so.
GROWING = settings.VAR_DIR / "city-growing"


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the cast, as the data file describes them."""

    key: str
    name: str
    group: str
    email: str = ""
    phone: str = ""
    about: str = ""
    identity: str = ""  # of staff; invented, like everything here
    waits: bool = False  # an account whose role has no work yet, so nobody is invited to be it
    roles: list[list[str]] = field(default_factory=list)
    party: dict[str, str] = field(default_factory=dict)

    @property
    def login(self) -> str:
        """What they sign in with."""
        return self.email or self.phone

    @property
    def title(self) -> str:
        """What they are, for the sign-in page."""
        return self.about or str(Role(self.roles[0][1]).label)


@lru_cache(maxsize=1)
def cast() -> tuple[Person, ...]:
    """The people of the demo by key, in the order of the sign-in page."""
    rows = json.loads((DATA / "cast.json").read_text(encoding="utf-8"))["cast"]
    return tuple(Person(**row) for row in rows)


def invited() -> tuple[Person, ...]:
    """The people of the demo that visitors are invited to be: those whose role has work today."""
    return tuple(person for person in cast() if not person.waits)


def load() -> dict[str, User]:
    """Create what is missing of units, places, calendar and cast; gives the cast by key. Changes nothing that exists.

    Raises ImproperlyConfigured outside demo mode: the cast's password is published.
    """
    _only_in_demo()
    with transaction.atomic():
        write_units(read_units())
        write_places()
        write_root_calendar()
        return _write_cast()


def write_people(people: Sequence[Person]) -> dict[str, User]:
    """Accounts of further demo people by key, with their roles and facts; who is there already stays as they are.

    Raises ImproperlyConfigured outside demo mode, like `load`.
    """
    _only_in_demo()
    logins = [person.login for person in people]
    known = {row.email: row for row in User.objects.filter(email__in=logins)}
    units = dict(OrgUnit.objects.values_list("code", "pk"))
    hashed = _published()
    return {person.key: known.get(person.login) or _write_person(person, hashed, units) for person in people}


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise ImproperlyConfigured(
            "The demo cast is for demo mode only (DEMO=1); use import_units and create_administrator."
        )


@lru_cache(maxsize=1)
def _published() -> str:
    return make_password(DEMO_PASSWORD)  # hashed once: many slow hashes of one published password prove nothing


def accounts_of_cast() -> dict[str, User]:
    """Accounts of the cast that exist, by key."""
    people = cast()
    rows = User.objects.filter(email__in=[p.email for p in people if p.email]) | User.objects.filter(
        phone__in=[p.phone for p in people if p.phone and not p.email]
    )
    found = {row.email or row.phone: row for row in rows}
    return {person.key: found[person.login] for person in people if person.login in found}


def _write_cast() -> dict[str, User]:
    known = accounts_of_cast()
    hashed = _published()
    units = dict(OrgUnit.objects.values_list("code", "pk"))
    for person in cast():
        if person.key not in known:
            known[person.key] = _write_person(person, hashed, units)
    return known


def _write_person(person: Person, hashed: str, units: dict[str, int]) -> User:
    user = User.objects.create(
        full_name=person.name,
        email=person.email or None,
        phone=person.phone or None,
        phone_verified=bool(person.phone),
        password=hashed,
        identity_sealed=seal(person.identity) if person.identity else "",
        identity_index=blind_index(person.identity) if person.identity else "",
    )
    if person.email:
        EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    Membership.objects.bulk_create(
        Membership(user=user, unit_id=units[unit], role=role, valid_from=SINCE) for unit, role in person.roles
    )
    if person.party:
        _write_party(user, person)
    return user


def _write_party(user: User, person: Person) -> None:
    facts: dict[str, Any] = dict(person.party)
    write_own_facts(
        party=own_party(user),
        facts=PartyFacts(
            full_name=facts.pop("name", person.name),
            kind=facts.pop("kind", PartyKind.PERSON),
            phone=person.phone,
            email=person.email,
            **facts,
        ),
        source=IdentitySource.COUNTER,
    )
