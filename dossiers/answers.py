"""What stands in a dossier's form, in words: for the check page, the citizen's page and the desk. Reads only.

Identity numbers are shown masked; whoever may see more asks the party itself and leaves a log of the read.
"""

from collections.abc import Iterable
from typing import Any

from accounts.enums import PlaceKind
from accounts.models import Party, Place, User
from accounts.queries import open_on
from accounts.services import own_party
from dossiers.models.dossier import Dossier
from portal import clock
from procedures import formspec
from procedures.formspec import FieldSpec, FormSpec, Group, StepSpec


def spec_of(dossier: Dossier) -> FormSpec:
    """The form of the revision a dossier is pinned to."""
    return formspec.load(dossier.revision.form_spec)


def summary(dossier: Dossier) -> list[Group]:
    """All answers of a dossier in words, grouped by step."""
    spec = spec_of(dossier)
    ids = formspec.party_ids(spec, dossier.answers)
    masked = {party.pk: party.identity_masked for party in Party.objects.filter(pk__in=ids)} if ids else {}
    codes = set(_ward_codes(spec.fields(), dossier.answers))
    wards = (
        dict(Place.objects.filter(code__in=codes).order_by("valid_from").values_list("code", "name")) if codes else {}
    )
    return formspec.summary(spec, dossier.answers, masked=masked, wards=wards)


def masked_numbers(step: StepSpec, values: dict[str, Any]) -> dict[str, str]:
    """How the stored identity numbers of a step are shown, by key (`table-row-column` inside tables)."""
    places = dict(_identity_places(step, values))
    parties = Party.objects.in_bulk(set(places.values()))
    return {place: parties[party_id].identity_masked for place, party_id in places.items() if party_id in parties}


def wards() -> list[tuple[str, str]]:
    """Today's wards as choices, in their order."""
    rows = Place.objects.filter(open_on(clock.today()), kind=PlaceKind.WARD).order_by("code", "pk")
    return list(rows.values_list("code", "name"))


def needs_wards(step: StepSpec) -> bool:
    """Tell whether a step asks for a ward, so that the list is fetched only then."""
    return any(field.kind == "ward" or any(column.kind == "ward" for column in field.columns) for field in step.fields)


def prefilled(user: User, step: StepSpec, stored: dict[str, Any]) -> dict[str, Any]:
    """What the person's own data answer in a step, for keys not answered yet, as stored values."""
    wanted = [field for field in step.fields if field.prefill and field.key not in stored]
    if not wanted:
        return {}
    party = own_party(user)
    known = {field.key: _own_value(party, field) for field in wanted}
    return {key: value for key, value in known.items() if value}


def _own_value(party: Party, field: FieldSpec) -> Any:
    name = field.prefill.removeprefix("party.")
    if name == "identity":
        return {"party": party.pk} if party.identity_sealed and field.kind == "identity" else None
    if name == "birth_date":
        return _birth_date(party, field)
    if name == "gender":
        wanted = {"male": {"1", "male", "nam"}, "female": {"2", "female", "nu"}}.get(party.gender, set())
        return next((value for value, _label in field.options if value in wanted), None)
    return getattr(party, name)


def _birth_date(party: Party, field: FieldSpec) -> str | None:
    """A question that wants a whole day is not answered with a part of one."""
    born = party.birth_date
    return born if born and (field.kind == "partial_date" or born.is_whole) else None


def _ward_codes(fields: Iterable[FieldSpec], values: dict[str, Any]) -> Iterable[str]:
    for field in fields:
        value = values.get(field.key)
        if field.kind == "ward" and isinstance(value, str):
            yield value
        for column in field.columns:
            if column.kind == "ward" and isinstance(value, list):
                yield from (row[column.key] for row in value if column.key in row)


def _identity_places(step: StepSpec, values: dict[str, Any]) -> Iterable[tuple[str, int]]:
    for field in step.fields:
        value = values.get(field.key)
        found = formspec.party_id(value)
        if field.kind == "identity" and found:
            yield field.key, found
        for column in field.columns:
            if column.kind == "identity" and isinstance(value, list):
                for index, row in enumerate(value):
                    found = formspec.party_id(row.get(column.key))
                    if found:
                        yield f"{field.key}-{index}-{column.key}", found
