"""What one kind of question declares, the shape of a question in a spec, and the table of kinds.

A kind is one class; what it needs beside key, label, kind, hint, condition and prefill stands in its `shape`. Pure:
asks no database. Nothing outside this package asks for a kind by its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    model_validator,
)

from portal.registry import Registry
from portal.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

Fact = Literal[
    "party.full_name",
    "party.birth_date",
    "party.phone",
    "party.email",
    "party.address",
    "party.gender",
    "party.identity",
]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Label = Annotated[Words, PlainValidator(partial(Words.read, limit=300))]
Hint = Annotated[Words, PlainValidator(partial(Words.read, blank=True))]
Choices = tuple[tuple[str, str], ...]


# ── examples ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Example:
    """What a person types, what is kept of it, and how it reads on a page and on a paper (the same, unless said)."""

    typed: Any
    stored: Any
    shown: str
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a person may type by mistake, and part of the sentence that answers it."""

    typed: Any
    sentence: str


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Making:
    """What a page knows when it makes a form field."""

    wards: Choices = ()
    is_past: bool = False  # a birth date, which cannot lie ahead


@dataclass(frozen=True, slots=True)
class Lookups:
    """What words need from the database: numbers by party (masked for pages, whole for papers), wards by code."""

    masked: Mapping[int, str] = field(default_factory=dict)
    wards: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)


Shape = TypeVar("Shape", bound="FieldSpec")


class FieldKind(Generic[Shape]):
    """One kind of question. Values given to `initial`, `shown`, `printed` are stored ones and never empty."""

    code: ClassVar[str]
    label: ClassVar[Promise]  # what a person who builds a form calls it
    shape: type[Shape]  # the question in a spec, with the options this kind takes
    options: ClassVar[Mapping[str, Promise]] = MappingProxyType({})  # those options in words, by name
    hint: ClassVar[Promise | str] = ""  # help beside the field when the spec gives none
    inputmode: ClassVar[str] = ""
    facts: ClassVar[frozenset[Fact]] = frozenset()  # which of the person's own data may fill it
    steers: ClassVar[bool] = False  # conditions of later questions may ask for its answer
    fits_in_row: ClassVar[bool] = True  # may be a column of a table
    seals_number: ClassVar[bool] = False  # its number is sealed into a party and never stands among the answers
    wants_wards: ClassVar[bool] = False  # needs today's list of wards
    sample: ClassVar[Mapping[str, Any]] = MappingProxyType({})  # options of the question the examples answer
    examples: ClassVar[tuple[Example, ...]] = ()
    refusals: ClassVar[tuple[Refusal, ...]] = ()

    def problem(self, spec: Shape) -> str:
        """What is wrong with a question taken alone, in a sentence; empty when nothing is."""
        return ""

    def make(self, spec: Shape, common: dict[str, Any], making: Making) -> forms.Field:
        """The form field; `common` holds label, help text and whether it is required.

        Raises TypeError for a kind that is drawn by itself and makes none.
        """
        raise TypeError(type(self).__name__)

    def initial(self, spec: Shape, value: Any) -> Any:
        """A stored value as the form shows it; None leaves the field blank."""
        return value

    def stored(self, value: Any) -> Any:
        """A cleaned value as JSON holds it; None for nothing."""
        return None if value in ("", []) else value

    def is_empty(self, value: Any) -> bool:
        """Tell whether a value, cleaned or stored, says nothing."""
        return value in (None, "", [])

    def is_missing(self, spec: Shape, value: Any) -> bool:
        """Tell whether a question that is shown still waits for its answer."""
        return spec.required and self.is_empty(value)

    def shown(self, spec: Shape, value: Any, lookups: Lookups) -> str:
        """A stored value in words, for pages."""
        return str(value)

    def printed(self, spec: Shape, value: Any, lookups: Lookups) -> str:
        """A stored value in words, for papers."""
        return self.shown(spec, value, lookups)

    def in_words(self, spec: Shape, value: Any) -> str:
        """A stored value written out, where papers want numbers and days in words too; empty for kinds that have none."""
        return ""

    def from_fact(self, spec: Shape, fact: Any) -> Any:
        """What a fact of the person's own data answers, as it is stored; None for nothing."""
        return fact if isinstance(fact, str) and fact else None

    def still_fits(self, was: Shape, spec: Shape, value: Any) -> bool:
        """Tell whether an answer given to an older question of the same kind answers the newer one."""
        return True

    def matches(self, value: Any, wanted: "Sequence[str]") -> bool:
        """Tell whether an answer is one of those a condition asks for."""
        return value is not None and str(value) in wanted


KINDS: Registry[FieldKind[Any]] = Registry("kind of question")


def _kind(raw: Any) -> FieldKind[Any]:
    """Find a kind by its code."""
    found = raw if isinstance(raw, FieldKind) else KINDS.get(raw) if isinstance(raw, str) else None
    if found is None:
        raise ValueError(_("Không có loại câu hỏi “%(code)s”.") % {"code": str(raw)[:40]})
    return found


# ── questions ────────────────────────────────────────────────────────────────────────────────────


class SpecPart(BaseModel):
    """A piece of a spec: nothing unknown in it, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Condition(SpecPart):
    """Shown (and required) only when an earlier choice has one of the values."""

    field: Key
    values: tuple[str, ...] = Field(alias="in", min_length=1)


class PartyKeys(SpecPart):
    """Which fields beside an identity number tell whose it is."""

    name: Key
    birth_date: Key | Literal[""] = ""


class FieldSpec(SpecPart):
    """One question, as far as all kinds are alike."""

    key: Key
    label: Label
    kind: Annotated[FieldKind[Any], PlainValidator(_kind), PlainSerializer(lambda kind: kind.code)]
    required: bool = False
    hint: Hint = Words("")
    prefill: Fact | Literal[""] = ""
    counter: bool = False  # the counter asks it too, of those who file on paper ("tại quầy")
    when: Condition | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problem = self.kind.problem(self)
        if self.prefill and self.prefill not in self.kind.facts:
            problem = _("loại câu hỏi này không lấy sẵn được “%(fact)s”") % {"fact": self.prefill}
        if problem:
            message = f"{self.key}: {problem}"
            raise ValueError(message)
        return self

    @property
    def is_needed(self) -> bool:
        """Must be answered when shown."""
        return self.required

    @property
    def inside(self) -> "tuple[FieldSpec, ...]":
        """The columns of a table; nothing for other questions."""
        return ()

    @property
    def bearer(self) -> PartyKeys | None:
        """Whose number this is, for kinds that seal numbers."""
        return None


def _read(raw: Any) -> Any:
    """Read a question by the shape its kind declares."""
    if isinstance(raw, Mapping):
        return _kind(raw.get("kind")).shape.model_validate(raw)
    return raw


AnyField = Annotated[FieldSpec, BeforeValidator(_read)]
