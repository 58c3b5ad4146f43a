"""What stands in a dossier's form, in words: for the check page, the citizen's page and the desk. Reads only.

Identity numbers are shown masked; whoever may see more asks the party itself and leaves a log of the read.
"""

from collections.abc import Mapping
from typing import Any

from accounts.enums import IdentityKind, PartyKind
from accounts.models import Party, User
from accounts.naming import place_names, ward_choices
from accounts.services import own_party
from accounts.validators import citizen_id_doubts
from dossiers.models.dossier import Dossier
from portal import clock, rows
from portal.sealing import unseal
from procedures import formspec, published
from procedures.formspec import FormSpec, Group, StepSpec


def spec_of(dossier: Dossier) -> FormSpec:
    """The form of the revision a dossier is pinned to."""
    return published.parts(dossier.revision_id).form


def summary(dossier: Dossier, *, parties: Mapping[int, Party] | None = None) -> list[Group]:
    """All answers of a dossier in words, grouped by step; `parties`: those a page has read already."""
    spec = spec_of(dossier)
    if parties is None:
        parties = rows.by_keys(Party, formspec.party_ids(spec, dossier.answers))
    masked = {key: party.identity_masked for key, party in parties.items()}
    wards = place_names(
        cell.value
        for cell in formspec.cells(spec.fields(), dossier.answers)
        if cell.field.kind.wants_wards and isinstance(cell.value, str)
    )
    return formspec.summary(spec, dossier.answers, masked=masked, wards=wards)


def owner_doubts(dossier: Dossier) -> list[str]:
    """What in the owner's number does not agree with the birth date as filed; for the officer, never a refusal."""
    owner = dossier.owner
    if owner is None or owner.kind != PartyKind.PERSON or owner.identity_kind != IdentityKind.CITIZEN_ID:
        return []
    return citizen_id_doubts(unseal(owner.identity_sealed), birth_date=dossier.owner_birth_date)


def masked_numbers(step: StepSpec, values: dict[str, Any]) -> dict[str, str]:
    """How the stored identity numbers of a step are shown, by key (`table-row-column` inside tables)."""
    found = {
        cell.place: formspec.party_id(cell.value)
        for cell in formspec.cells(step.fields, values)
        if cell.field.kind.seals_number
    }
    places = {place: party_id for place, party_id in found.items() if party_id}
    parties = rows.by_keys(Party, places.values())
    return {place: parties[party_id].identity_masked for place, party_id in places.items() if party_id in parties}


def wards() -> list[tuple[str, str]]:
    """Today's wards as choices, in their order, old names beside the new ones."""
    return ward_choices(clock.today())


def prefilled(user: User, step: StepSpec, stored: dict[str, Any]) -> dict[str, Any]:
    """What the person's own data answer in a step, for keys not answered yet, as stored values."""
    wanted = [field for field in step.fields if field.prefill and field.key not in stored]
    if not wanted:
        return {}
    party = own_party(user)
    known = {field.key: field.kind.from_fact(field, _fact(party, field.prefill)) for field in wanted}
    return {key: value for key, value in known.items() if value}


def _fact(party: Party, name: str) -> Any:
    """One of a person's own data by its name in form specs; an identity number by reference only."""
    if name == "party.identity":
        return {"party": party.pk} if party.identity_sealed else None
    return getattr(party, name.removeprefix("party."))
