"""What is said of a party, brought to its stored form. Called by the services of this room and by those that keep it as filed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts import validators
from accounts.enums import IdentityKind, PartyKind
from portal.errors import UserError
from portal.sealing import blind_index
from portal.text import clean

_CHECKS: dict[str, Callable[[str], str]] = {
    IdentityKind.CITIZEN_ID: validators.citizen_id,
    IdentityKind.TAX_CODE: validators.tax_code,
    IdentityKind.PASSPORT: validators.passport,
    IdentityKind.AGENCY_CODE: validators.agency_code,
}
PERSONAL_NUMBER = (
    12  # digits; since 01/07/2025 it is also the tax code of its bearer and of the bearer's household business
)


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

    @property
    def index(self) -> str:
        """Keyed digest of the number; empty without one."""
        return blind_index(self.identity) if self.identity else ""


def checked(facts: PartyFacts) -> PartyFacts:
    """Bring every fact to its stored form. Raises UserError naming the field."""
    name_of = validators.person_name if facts.kind == PartyKind.PERSON else validators.organisation_name
    identity_kind, identity = checked_number(facts.kind, facts.identity_kind, facts.identity)
    return PartyFacts(
        kind=facts.kind,
        full_name=_run("full_name", name_of, facts.full_name),
        birth_date=_run("birth_date", validators.birth_date, facts.birth_date) if facts.birth_date else "",
        gender=facts.gender,
        phone=_run("phone", validators.phone, facts.phone) if facts.phone.strip() else "",
        email=_run("email", _email, facts.email) if facts.email.strip() else "",
        address=_run("address", _address, facts.address)[:300],
        place_code=facts.place_code.strip()[:10],
        identity_kind=identity_kind,
        identity=identity,
        unit_id=facts.unit_id,
    )


def checked_number(kind: str, identity_kind: str, identity: str) -> tuple[str, str]:
    """Bring a number and its kind to their stored form; both empty when none is given. Raises UserError for `identity`.

    Twelve digits are a personal number in whatever box they are written, so that they are found as one number.
    """
    if not identity.strip():
        return "", ""
    number_kind = identity_kind or (IdentityKind.CITIZEN_ID if kind == PartyKind.PERSON else IdentityKind.TAX_CODE)
    number = _run("identity", _CHECKS[number_kind], identity.strip())
    if number_kind == IdentityKind.TAX_CODE and len(number) == PERSONAL_NUMBER:
        return IdentityKind.CITIZEN_ID, number
    return number_kind, number


def _run(field: str, check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except ValidationError as error:
        raise UserError(error.messages[0], field=field) from error


def _address(text: str) -> str:
    validators.refuse_old_font(text)
    return clean(text)


def _email(text: str) -> str:
    address = clean(text).lower()
    validate_email(address)
    return address
