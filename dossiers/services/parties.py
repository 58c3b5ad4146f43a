"""From answers to parties: identity numbers are sealed out of a form, and the owner is made of what it says.

Called by dossiers.services.drafts only.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentityKind, IdentitySource, PartyKind
from accounts.models import Party, User
from accounts.services import PartyFacts, find_or_create_party, own_party
from dossiers.models.dossier import Dossier
from portal.errors import UserError
from portal.sealing import unseal
from portal.text import fold
from procedures import formspec, published
from procedures.formspec import FieldSpec, StepSpec

NUMBER_AGAIN = _("Họ tên đã đổi sang người khác. Hãy nhập số định danh của người đó.")
NAME_FIRST = _("Hãy điền họ tên cùng với số định danh để số được lưu đúng người.")


def seal_numbers(
    step: StepSpec, typed: dict[str, Any], *, before: dict[str, Any], merged: dict[str, Any], by: User
) -> dict[str, Any]:
    """Replace the identity numbers in a step's answers by references to parties.

    A number left blank keeps the party stored `before`; when the name beside it changed, the same number goes to a
    party of the new name. `merged` has the answers of all steps, for names that stand elsewhere.
    """
    sealed = dict(typed)
    for field in step.fields:
        if field.kind.seals_number:
            party = _party_for(field, sealed.pop(field.key, ""), before.get(field.key), merged, by)
            if party is not None:
                sealed[field.key] = {"party": party}
        elif field.inside and field.key in sealed:
            was = before.get(field.key)
            sealed[field.key] = [
                _sealed_row(field, row, was if isinstance(was, list) else [], by) for row in sealed[field.key]
            ]
    return sealed


def _sealed_row(field: FieldSpec, row: dict[str, Any], before: list[dict[str, Any]], by: User) -> dict[str, Any]:
    values = {key: value for key, value in row.items() if key != "_row"}
    index = row.get("_row", len(before))
    was = before[index] if index < len(before) else {}
    for column in field.inside:
        if column.kind.seals_number:
            party = _party_for(column, values.pop(column.key, ""), was.get(column.key), values, by)
            if party is not None:
                values[column.key] = {"party": party}
    return values


def _party_for(field: FieldSpec, number: Any, stored: Any, answers: dict[str, Any], by: User) -> int | None:
    name = str(answers.get(field.bearer.name, "")) if field.bearer else ""
    born = str(answers.get(field.bearer.birth_date) or "") if field.bearer else ""
    kept = formspec.party_id(stored)
    if not isinstance(number, str) or not number:
        party = Party.objects.filter(pk=kept).first() if kept else None
        if party is None or not name or fold(name) == party.search_name or not party.identity_sealed:
            return kept if party is not None else None
        if party.user_id is not None:  # one's own number must not slide under somebody else's name
            raise UserError(NUMBER_AGAIN, field=field.key)
        number = unseal(party.identity_sealed)
    if not name:
        name = by.full_name if field.bearer is None else ""
    if not name:
        raise UserError(NAME_FIRST, field=field.key)
    facts = PartyFacts(full_name=name, birth_date=born, identity_kind=IdentityKind.CITIZEN_ID, identity=number)
    return _made(facts, by, {"identity": field.key, "full_name": field.bearer.name if field.bearer else field.key}).pk


def owner(dossier: Dossier, by: User) -> Party | None:
    """Make the owner of a dossier once its form lacks nothing; None before (drafts leave no half parties behind)."""
    spec = published.parts(dossier.revision_id).form
    if spec.owner is None:
        return own_party(by)
    answers = dossier.answers
    if formspec.missing(spec, answers) or not answers.get(spec.owner.name):
        return None
    known = Party.objects.filter(pk=formspec.party_id(answers.get(spec.owner.identity)) or 0).first()
    number = unseal(known.identity_sealed) if known and known.identity_sealed else ""
    tax = answers.get(spec.owner.identity)
    kind = known.identity_kind if known else ""
    if isinstance(tax, str):
        number, kind = tax, IdentityKind.TAX_CODE
    facts = PartyFacts(
        kind=PartyKind(spec.owner.kind),
        full_name=answers[spec.owner.name],
        birth_date=str(answers.get(spec.owner.birth_date, "")),
        gender=formspec.GENDERS.get(str(answers.get(spec.owner.gender, "")), ""),
        phone=str(answers.get(spec.owner.phone, "")),
        email=str(answers.get(spec.owner.email, "")),
        address=str(answers.get(spec.owner.address, "")),
        place_code=str(answers.get(spec.owner.place, "")),
        identity_kind=kind if number else "",
        identity=number,
    )
    return _made(facts, by, spec.owner.model_dump() | {"full_name": spec.owner.name})


def _made(facts: PartyFacts, by: User, keys: dict[str, str]) -> Party:
    """Find or make the party; an error names the question it came from."""
    try:
        return find_or_create_party(facts, source=IdentitySource.DECLARED, user=by)
    except UserError as error:
        raise UserError(error.message, field=keys.get(error.field or "", "") or None) from error
