"""The shape of a form spec, as pydantic checks it, and which of its fields are shown. Pure; read through procedures.formspec."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import Field, PlainValidator, StringConstraints, ValidationError, model_validator

from portal.words import Words
from procedures.fieldkinds.base import AnyField, FieldSpec, Hint, Key, SpecPart

Title = Annotated[Words, PlainValidator(partial(Words.read, limit=200))]
Answers = Mapping[str, Any]


class StepSpec(SpecPart):
    """One page of questions."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
    title: Title
    hint: Hint = Words("")
    fields: tuple[AnyField, ...] = Field(min_length=1)

    @property
    def wants_wards(self) -> bool:
        """Tell whether a question, or a column of one, needs today's list of wards."""
        return any(part.kind.wants_wards for field in self.fields for part in (field, *field.inside))


class OwnerSpec(SpecPart):
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


class FormSpec(SpecPart):
    """A whole e-form."""

    version: Literal[1] = 1
    owner: OwnerSpec | None = None
    steps: tuple[StepSpec, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        seen: dict[str, FieldSpec] = {}
        for field in self.fields():
            problem = _out_of_place(field, seen)
            if problem:
                message = f"{field.key}: {problem}"
                raise ValueError(message)
            seen[field.key] = field
        if len({step.key for step in self.steps}) != len(self.steps):
            raise ValueError(_("hai bước cùng một khóa"))
        unknown = set(_references(self)) - set(seen)
        if unknown:
            raise ValueError(_("không có câu hỏi nào mang khóa %(keys)s") % {"keys": ", ".join(sorted(unknown))})
        self._refuse_half_asked()
        return self

    def _refuse_half_asked(self) -> None:
        """What the counter asks must stand by itself: conditions and bearers are asked there too, or are the owner's."""
        of_owner = self.of_owner()
        known = {field.key for field in self.fields() if field.counter} | of_owner
        for field in self.fields():
            problem = _not_for_counter(field, known, of_owner) if field.counter else ""
            if problem:
                message = f"{field.key}: {problem}"
                raise ValueError(message)

    def of_owner(self) -> frozenset[str]:
        """Keys of the answers that describe the owner, whom the counter knows without the form."""
        told = self.owner.model_dump() if self.owner else {}
        return frozenset(key for name, key in told.items() if name != "kind" and key)

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
        keys |= {field.bearer.birth_date for field in self.fields() if field.bearer}
        return frozenset(keys - {""})


def _out_of_place(field: FieldSpec, before: Mapping[str, FieldSpec]) -> str:
    """What is wrong with a field after those before it; empty when nothing is."""
    if field.key in before:
        return _("khóa này đứng hai lần")
    asked = before.get(field.when.field) if field.when else None
    if field.when and (asked is None or not asked.kind.steers):
        return _("điều kiện phải hỏi một lựa chọn đứng trước")
    return ""


def _not_for_counter(field: FieldSpec, known: frozenset[str] | set[str], of_owner: frozenset[str]) -> str:
    """Why the counter cannot ask a question; empty when it can."""
    asks = {field.when.field} if field.when else set()
    bearer = field.bearer
    named = {bearer.name, bearer.birth_date} - {""} if bearer else set()
    rules = (
        (field.key in of_owner, _("mục này lấy từ chủ hồ sơ, không hỏi lại tại quầy")),
        (bool(asks - known) or bool(asks & of_owner), _("điều kiện phải hỏi một lựa chọn cũng hỏi tại quầy")),
        (field.kind.seals_number and not named, _("số định danh hỏi tại quầy phải nói là của ai")),
        (bool(named - known), _("người mang số phải là chủ hồ sơ hoặc cũng được hỏi tại quầy")),
    )
    return next((problem for wrong, problem in rules if wrong), "")


def _references(spec: FormSpec) -> Iterator[str]:
    yield from spec.of_owner()
    for field in spec.fields():
        if field.bearer:
            yield from (key for key in (field.bearer.name, field.bearer.birth_date) if key)


def load(raw: Mapping[str, Any] | None) -> FormSpec:
    """Read a spec as stored; None is a form without questions. Raises pydantic.ValidationError when it is wrong."""
    return _loaded(json.dumps(raw, sort_keys=True)) if raw else FormSpec()


def faults(error: ValidationError) -> str:
    """What is wrong with a spec, each with its place: `steps.0.fields.3: …`."""
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one.get('ctx', {}).get('error', one['msg'])}"
        for one in error.errors(include_url=False, include_input=False)
    )


@lru_cache(maxsize=256)
def _loaded(text: str) -> FormSpec:
    return FormSpec.model_validate_json(text)


def shown(spec: FormSpec, answers: Answers) -> list[FieldSpec]:
    """Fields whose conditions hold; a condition on a hidden field never holds."""
    visible: dict[str, FieldSpec] = {}
    for field in spec.fields():
        if field.when is None or _holds(field, visible, answers):
            visible[field.key] = field
    return list(visible.values())


def _holds(field: FieldSpec, visible: Mapping[str, FieldSpec], answers: Answers) -> bool:
    if field.when is None:
        return True
    asked = visible.get(field.when.field)
    return asked is not None and asked.kind.matches(answers.get(asked.key), field.when.values)
