"""Form specs: JSON in, Django form out, and what answers mean (conditions, gaps, summary). Pure: asks no database.

Answers are one flat mapping of JSON values; identity numbers stand in it as {"party": id} only. Called by
dossiers (citizen pages, drafts, submission) and by the catalogue to check a spec before it is published.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.words import in_vietnamese
from procedures.fieldkinds import FieldSpec, Lookups, party_id
from procedures.fieldkinds.choices import GENDERS
from procedures.spec import Answers, FormSpec, StepSpec, faults, load, shown
from procedures.stepform import StepForm, build_form

__all__ = [
    "GENDERS",
    "Cell",
    "FieldSpec",
    "FormSpec",
    "Group",
    "Line",
    "Missing",
    "StepForm",
    "StepSpec",
    "build_form",
    "carry_over",
    "cells",
    "done_steps",
    "faults",
    "load",
    "missing",
    "party_id",
    "party_ids",
    "printed",
    "prune",
    "show",
    "shown",
    "summary",
]

# ── what answers mean ────────────────────────────────────────────────────────────────────────────


def prune(spec: FormSpec, answers: Answers) -> dict[str, Any]:
    """Answers without those of hidden fields and of keys the form does not know."""
    return {field.key: answers[field.key] for field in shown(spec, answers) if field.key in answers}


@dataclass(frozen=True, slots=True)
class Missing:
    """A required answer that is not there."""

    step_key: str
    key: str
    label: str


def missing(spec: FormSpec, answers: Answers) -> list[Missing]:
    """Give what is still required, over all steps, in order."""
    visible = {field.key for field in shown(spec, answers)}
    return [
        Missing(step.key, field.key, str(field.label))
        for step in spec.steps
        for field in step.fields
        if field.key in visible and field.kind.is_missing(field, answers.get(field.key))
    ]


def done_steps(spec: FormSpec, answers: Answers) -> set[str]:
    """Keys of the steps that have been seen and lack nothing."""
    lacking = {gap.step_key for gap in missing(spec, answers)}
    return {
        step.key
        for step in spec.steps
        if step.key not in lacking
        and (any(field.key in answers for field in step.fields) or not any(field.is_needed for field in step.fields))
    }


def carry_over(old: FormSpec, new: FormSpec, answers: Answers) -> tuple[dict[str, Any], list[str]]:
    """Bring answers from one version of a form to another; also say, in sentences, what the person must look at."""
    before = {field.key: field for field in old.fields()}
    kept: dict[str, Any] = {}
    told: list[str] = []
    for field in new.fields():
        was = before.get(field.key)
        if was is None:
            if field.is_needed and field.when is None:
                told.append(_("Mục mới cần điền: %(label)s.") % {"label": field.label})
        elif field.key in answers:
            if _still_fits(was, field, answers[field.key]):
                kept[field.key] = answers[field.key]
            else:
                told.append(_("Mục “%(label)s” đã đổi cách điền, cần điền lại.") % {"label": field.label})
    now = {field.key for field in new.fields()}
    told += [
        _("Mục “%(label)s” không còn trong biểu mẫu.") % {"label": field.label}
        for field in old.fields()
        if field.key in answers and field.key not in now
    ]
    return prune(new, kept), told


def _still_fits(was: FieldSpec, field: FieldSpec, value: Any) -> bool:
    return was.kind is field.kind and bool(field.kind.still_fits(was, field, value))


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer, those inside tables included; `place` is its name in the form (`table-row-column`)."""

    place: str
    field: FieldSpec
    value: Any


def cells(fields: Iterable[FieldSpec], answers: Answers) -> Iterator[Cell]:
    """All answers to some questions, cell by cell."""
    for field in fields:
        value = answers.get(field.key)
        if not field.inside:
            yield Cell(field.key, field, value)
        for index, row in enumerate(value if field.inside and isinstance(value, list) else ()):
            for column in field.inside:
                yield Cell(f"{field.key}-{index}-{column.key}", column, row.get(column.key))


# ── the check page ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words; `rows` instead of a value for tables."""

    key: str
    label: str
    value: str
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    is_blank: bool = False  # nothing was filled in


@dataclass(frozen=True, slots=True)
class Group:
    """Answers of one step."""

    step_key: str
    title: str
    lines: tuple[Line, ...]

    @property
    def filled(self) -> list[Line]:
        """The lines that say something."""
        return [line for line in self.lines if not line.is_blank]

    @property
    def blanks(self) -> list[Line]:
        """The lines that were left empty."""
        return [line for line in self.lines if line.is_blank]


def summary(
    spec: FormSpec, answers: Answers, *, masked: Mapping[int, str] | None = None, wards: Mapping[str, str] | None = None
) -> list[Group]:
    """Put all shown answers into words, by step, in the reader's language.

    `masked`: how to show the identity number of a party, by its id; `wards`: names by code.
    """
    return _groups(spec, answers, _Words(Lookups(masked=masked or {}, wards=wards or {}), on_paper=False))


def printed(
    spec: FormSpec,
    answers: Answers,
    *,
    numbers: Mapping[int, str] | None = None,
    wards: Mapping[str, str] | None = None,
) -> list[Group]:
    """Put all shown answers into the words of an official paper: Vietnamese, what is not filled in stays blank.

    `numbers`: identity numbers in clear by party, for whoever may see them; read and logged by the caller.
    """
    with in_vietnamese():
        return _groups(spec, answers, _Words(Lookups(numbers=numbers or {}, wards=wards or {}), on_paper=True))


def _groups(spec: FormSpec, answers: Answers, words: "_Words") -> list[Group]:
    visible = {field.key for field in shown(spec, answers)}
    return [
        Group(
            step.key,
            str(step.title),
            tuple(words.line(field, answers.get(field.key)) for field in step.fields if field.key in visible),
        )
        for step in spec.steps
        if any(field.key in visible for field in step.fields)
    ]


@dataclass(frozen=True, slots=True)
class _Words:
    lookups: Lookups
    on_paper: bool

    def line(self, field: FieldSpec, value: Any) -> Line:
        if not field.inside:
            return Line(field.key, str(field.label), self.text(field, value), is_blank=field.kind.is_empty(value))
        rows = value if isinstance(value, list) else []
        in_words = tuple(
            tuple((str(column.label), self.text(column, row.get(column.key))) for column in field.inside)
            for row in rows
        )
        return Line(field.key, str(field.label), "" if rows else self.nothing, in_words, is_blank=not rows)

    def text(self, field: FieldSpec, value: Any) -> str:
        if field.kind.is_empty(value):
            return self.nothing
        put = field.kind.printed if self.on_paper else field.kind.shown
        return str(put(field, value, self.lookups))

    @property
    def nothing(self) -> str:
        return "" if self.on_paper else _("Chưa điền")


def show(field: FieldSpec, value: Any) -> str:
    """Put a stored value into the form a person reads, without looking anything up."""
    return str(field.kind.shown(field, value, Lookups()))


def party_ids(spec: FormSpec, answers: Answers) -> set[int]:
    """All parties the answers refer to."""
    found = {party_id(cell.value) for cell in cells(spec.fields(), answers) if cell.field.kind.seals_number}
    return {party for party in found if party is not None}
