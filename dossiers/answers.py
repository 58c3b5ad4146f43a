"""What stands in a dossier's form, in words: for the check page, the citizen's page and the desk. Reads only.

Identity numbers are shown masked; whoever may see more asks the party itself and leaves a log of the read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import IdentityKind, PartyKind
from accounts.models import Party, User
from accounts.naming import place_names, ward_choices
from accounts.services import own_party
from accounts.validators import citizen_id_doubts
from dossiers.models.dossier import Dossier
from portal import clock, rows
from portal.sealing import unseal
from procedures import formspec, published
from procedures.enums import Channel
from procedures.formspec import FormSpec, Group, Line, StepSpec


def spec_of(dossier: Dossier) -> FormSpec:
    """The form of the revision a dossier is pinned to."""
    return published.parts(dossier.revision_id).form


def summary(dossier: Dossier, *, parties: Mapping[int, Party] | None = None) -> list[Group]:
    """All answers of a dossier in words, grouped by step; `parties`: those a page has read already."""
    return _summary(dossier, dossier.answers, parties=parties)


def _summary(dossier: Dossier, given: Mapping[str, Any], *, parties: Mapping[int, Party] | None = None) -> list[Group]:
    spec = spec_of(dossier)
    if parties is None:
        parties = rows.by_keys(Party, formspec.party_ids(spec, given))
    masked = {key: party.identity_masked for key, party in parties.items()}
    wards = place_names(
        cell.value
        for cell in formspec.cells(spec.fields(), given)
        if cell.field.kind.wants_wards and isinstance(cell.value, str)
    )
    return formspec.summary(spec, given, masked=masked, wards=wards)


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer that was given otherwise than before, in words."""

    label: str
    was: str
    now: str


def changes(dossier: Dossier, now: Mapping[str, Any], keys: Collection[str]) -> list[AnswerChange]:
    """How the answers of a dossier change, in the order of its form; `now`: all answers as they are to be."""
    old, new = _lines(dossier, dossier.answers), _lines(dossier, now)
    blank = _("Chưa điền")
    wanted = [field.key for field in spec_of(dossier).fields() if field.key in keys]
    found = [(old.get(key), new.get(key)) for key in wanted]
    return [
        AnswerChange((after or before).label, in_one(before) or blank, in_one(after) or blank)  # type: ignore[union-attr]
        for before, after in found
        if before or after
    ]


def askable(dossier: Dossier) -> list[Group]:
    """What a supplement request may ask anew, with the words of each answer: of a paper dossier what the desk wrote down."""
    groups = summary(dossier)
    if dossier.channel == Channel.ONLINE:
        return groups
    known = {field.key for field in spec_of(dossier).fields() if field.counter or field.key in dossier.answers}
    kept = [replace(group, lines=tuple(line for line in group.lines if line.key in known)) for group in groups]
    return [group for group in kept if group.lines]


def _lines(dossier: Dossier, given: Mapping[str, Any]) -> dict[str, Line]:
    return {line.key: line for group in _summary(dossier, given) for line in group.lines}


def in_one(line: Line | None) -> str:
    """An answer in one line, a table row by row; '' for none."""
    if line is None:
        return ""
    return line.value or "; ".join(", ".join(f"{name}: {value}" for name, value in row) for row in line.rows)


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
