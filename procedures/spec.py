"""The shape of a form spec, as pydantic checks it, and which of its fields are shown. Pure; read through procedures.formspec."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from portal import clock

Kind = Literal[
    "text", "longtext", "name", "date", "partial_date", "integer", "decimal", "money", "select", "radio", "checkbox",
    "identity", "tax_code", "phone", "email", "ward", "table",
]  # fmt: skip
Prefill = Literal[
    "party.full_name",
    "party.birth_date",
    "party.phone",
    "party.email",
    "party.address",
    "party.gender",
    "party.identity",
]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
DayBound = re.compile(r"\d{4}-\d{2}-\d{2}|today")
CHOOSING = frozenset({"radio", "select", "checkbox"})
TRUE = frozenset({"1", "true", "on", "yes"})
FALSE = frozenset({"0", "false", "off", "no"})
Answers = Mapping[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Condition(_Part):
    """Shown (and required) only when an earlier choice has one of the values."""

    field: Key
    values: tuple[str, ...] = Field(alias="in", min_length=1)

    def holds(self, value: Any) -> bool:
        """Tell whether an answer fits."""
        if isinstance(value, bool):
            return bool((TRUE if value else FALSE) & set(self.values))
        if isinstance(value, list):
            return any(item in self.values for item in value)
        return value is not None and str(value) in self.values


class PartyKeys(_Part):
    """Which fields beside an identity number tell whose it is."""

    name: Key
    birth_date: Key | Literal[""] = ""


class FieldSpec(_Part):
    """One question."""

    key: Key
    label: str = Field(min_length=1, max_length=300)
    kind: Kind
    required: bool = False
    hint: str = ""
    prefill: Prefill | Literal[""] = ""
    when: Condition | None = None
    options: tuple[tuple[str, str], ...] = ()
    max_length: int | None = Field(default=None, ge=1, le=10_000)
    min: int | float | str | None = None
    max: int | float | str | None = None
    party: PartyKeys | None = None
    columns: tuple["FieldSpec", ...] = ()
    min_rows: int = Field(default=0, ge=0, le=50)
    max_rows: int = Field(default=20, ge=1, le=50)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problem = _problem(self)
        if problem:
            message = f"{self.key}: {problem}"
            raise ValueError(message)
        return self

    @property
    def is_needed(self) -> bool:
        """Must be answered when shown; a table by its rows."""
        return self.required or (self.kind == "table" and self.min_rows > 0)


class StepSpec(_Part):
    """One page of questions."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
    title: str = Field(min_length=1, max_length=200)
    hint: str = ""
    fields: tuple[FieldSpec, ...] = Field(min_length=1)


class OwnerSpec(_Part):
    """Which answers describe the owner of the dossier."""

    kind: Literal["person", "firm", "household", "agency"] = "person"
    name: Key
    identity: Key | Literal[""] = ""
    birth_date: Key | Literal[""] = ""
    gender: Key | Literal[""] = ""
    phone: Key | Literal[""] = ""
    email: Key | Literal[""] = ""
    address: Key | Literal[""] = ""
    place: Key | Literal[""] = ""


class FormSpec(_Part):
    """A whole e-form."""

    version: Literal[1] = 1
    owner: OwnerSpec | None = None
    steps: tuple[StepSpec, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        seen: dict[str, FieldSpec] = {}
        for field in self.fields():
            if field.key in seen:
                message = f"{field.key}: the key stands twice"
                raise ValueError(message)
            choice = seen.get(field.when.field) if field.when else None
            if field.when and (choice is None or choice.kind not in CHOOSING):
                message = f"{field.key}: its condition needs an earlier radio, select or checkbox"
                raise ValueError(message)
            seen[field.key] = field
        if len({step.key for step in self.steps}) != len(self.steps):
            message = "two steps share a key"
            raise ValueError(message)
        unknown = set(_references(self)) - set(seen)
        if unknown:
            message = f"unknown keys: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        return self

    def fields(self) -> Iterator[FieldSpec]:
        """All fields in their order."""
        for step in self.steps:
            yield from step.fields

    def step(self, key: str) -> StepSpec | None:
        """The step of that key."""
        return next((step for step in self.steps if step.key == key), None)

    def past_days(self) -> frozenset[str]:
        """Keys of dates that are birth dates and so cannot lie ahead."""
        keys = {self.owner.birth_date} if self.owner else set()
        keys |= {field.party.birth_date for field in self.fields() if field.party}
        return frozenset(keys - {""})


def _problem(field: FieldSpec) -> str:
    """What is wrong with a field taken alone; empty when nothing is."""
    values = {value for value, _label in field.options}
    bounds = [bound for bound in (field.min, field.max) if bound is not None]
    days = [bound for bound in bounds if isinstance(bound, str)]
    rules = (
        (field.kind in {"radio", "select"} and not field.options, "a choice needs options"),
        (bool(field.options) and field.kind not in CHOOSING, "only choices have options"),
        (len(values) != len(field.options), "an option stands twice"),
        ((field.kind == "table") != bool(field.columns), "a table, and only a table, has columns"),
        (
            any(column.kind in {"table", "longtext"} or column.when for column in field.columns),
            "columns hold no tables, long texts or conditions",
        ),
        (len({column.key for column in field.columns}) != len(field.columns), "a column stands twice"),
        (field.min_rows > field.max_rows, "min_rows is above max_rows"),
        (
            len(days) != (len(bounds) if field.kind == "date" else 0),
            "bounds of dates are days or 'today', others numbers",
        ),
        (not all(DayBound.fullmatch(bound) for bound in days), "a bound is no day"),
    )
    return next((problem for wrong, problem in rules if wrong), "")


def _references(spec: FormSpec) -> Iterator[str]:
    if spec.owner:
        yield from (key for name, key in spec.owner.model_dump().items() if name != "kind" and key)
    for field in spec.fields():
        if field.party:
            yield from (key for key in (field.party.name, field.party.birth_date) if key)


def load(raw: Mapping[str, Any] | None) -> FormSpec:
    """Read a spec as stored; None is a form without questions. Raises pydantic.ValidationError when it is wrong."""
    return _loaded(json.dumps(raw, sort_keys=True)) if raw else FormSpec()


@lru_cache(maxsize=256)
def _loaded(text: str) -> FormSpec:
    return FormSpec.model_validate_json(text)


def shown(spec: FormSpec, answers: Answers) -> list[FieldSpec]:
    """Fields whose conditions hold; a condition on a hidden field never holds."""
    visible: dict[str, FieldSpec] = {}
    for field in spec.fields():
        if field.when is None or (field.when.field in visible and field.when.holds(answers.get(field.when.field))):
            visible[field.key] = field
    return list(visible.values())


def latest_day(field: FieldSpec, *, past: bool) -> date | None:
    """The last day a date field takes today."""
    if past or field.max == "today":
        return clock.today()
    return date.fromisoformat(field.max) if isinstance(field.max, str) else None


def earliest_day(field: FieldSpec) -> date | None:
    """The first day a date field takes."""
    if field.min == "today":
        return clock.today()
    return date.fromisoformat(field.min) if isinstance(field.min, str) else None
