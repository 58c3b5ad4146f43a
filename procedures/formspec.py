"""Form specs: JSON in, Django form out, and what answers mean (conditions, gaps, summary). Pure: asks no database.

Answers are one flat mapping of JSON values; identity numbers stand in it as {"party": id} only. Called by
dossiers (citizen pages, drafts, submission) and by the catalogue to check a spec before it is published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal import partialdate
from procedures import formfields
from procedures.spec import Answers, FieldSpec, FormSpec, StepSpec, load, shown
from procedures.stepform import StepForm, build_form

__all__ = [
    "FieldSpec", "FormSpec", "Group", "Line", "Missing", "StepForm", "StepSpec", "build_form", "carry_over", "is_done",
    "load", "missing", "party_id", "party_ids", "prune", "show", "shown", "summary",
]  # fmt: skip

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
        Missing(step.key, field.key, field.label)
        for step in spec.steps
        for field in step.fields
        if field.key in visible and _is_missing(field, answers.get(field.key))
    ]


def is_done(spec: FormSpec, step: StepSpec, answers: Answers) -> bool:
    """Tell whether a step has been seen and lacks nothing."""
    touched = any(field.key in answers for field in step.fields)
    optional = not any(field.is_needed for field in step.fields)
    return (touched or optional) and not any(gap.step_key == step.key for gap in missing(spec, answers))


def _is_missing(field: FieldSpec, value: Any) -> bool:
    if field.kind == "table":
        rows = value if isinstance(value, list) else []
        return len(rows) < max(field.min_rows, int(field.required)) or any(
            column.required and _is_missing(column, row.get(column.key)) for row in rows for column in field.columns
        )
    if not field.required:
        return False
    if field.kind in {"radio", "select"}:
        return value not in {option for option, _label in field.options}
    return value in (None, "", [], False)


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
    if was.kind != field.kind or [column.key for column in was.columns] != [column.key for column in field.columns]:
        return False
    if not field.options:
        return not was.options
    allowed = {option for option, _label in field.options}
    return all(item in allowed for item in (value if isinstance(value, list) else [value]))


# ── the check page ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words; `rows` instead of a value for tables."""

    key: str
    label: str
    value: str
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Answers of one step."""

    step_key: str
    title: str
    lines: tuple[Line, ...]


def summary(
    spec: FormSpec, answers: Answers, *, masked: Mapping[int, str] | None = None, wards: Mapping[str, str] | None = None
) -> list[Group]:
    """Put all shown answers into words, by step.

    `masked`: how to show the identity number of a party, by its id; `wards`: names by code.
    """
    visible = {field.key for field in shown(spec, answers)}
    words = _Words(masked or {}, wards or {})
    return [
        Group(
            step.key,
            step.title,
            tuple(words.line(field, answers.get(field.key)) for field in step.fields if field.key in visible),
        )
        for step in spec.steps
        if any(field.key in visible for field in step.fields)
    ]


@dataclass(frozen=True, slots=True)
class _Words:
    masked: Mapping[int, str]
    wards: Mapping[str, str]

    def line(self, field: FieldSpec, value: Any) -> Line:
        if field.kind == "table":
            rows = value if isinstance(value, list) else []
            cells = tuple(
                tuple((column.label, self.text(column, row.get(column.key))) for column in field.columns)
                for row in rows
            )
            return Line(field.key, field.label, "" if rows else _("Chưa điền"), cells)
        return Line(field.key, field.label, self.text(field, value))

    def text(self, field: FieldSpec, value: Any) -> str:
        if isinstance(value, bool):
            return _("Có") if value else _("Không")
        if value in (None, "", []):
            return _("Chưa điền")
        if field.options:
            labels = dict(field.options)
            return "; ".join(labels.get(item, str(item)) for item in (value if isinstance(value, list) else [value]))
        if field.kind == "identity":
            return self.masked.get(party_id(value) or 0, "")
        if field.kind == "ward":
            return self.wards.get(value, str(value))
        return show(field, value)


def show(field: FieldSpec, value: Any) -> str:
    """Put a stored value into the form a person types and reads."""
    if field.kind == "date":
        return formfields.show_day(date.fromisoformat(value))
    if field.kind == "partial_date":
        return partialdate.shown(value)
    if field.kind == "decimal":
        return formfields.show_number(Decimal(value))
    if field.kind == "integer":
        return formfields.show_number(int(value))
    return (
        _("%(amount)s đồng") % {"amount": formfields.show_number(int(value))} if field.kind == "money" else str(value)
    )


def party_id(value: Any) -> int | None:
    """The party an identity answer refers to."""
    return value["party"] if isinstance(value, dict) and isinstance(value.get("party"), int) else None


def party_ids(spec: FormSpec, answers: Answers) -> set[int]:
    """All parties the answers refer to."""
    found: set[int | None] = set()
    for field in spec.fields():
        value = answers.get(field.key)
        if field.kind == "identity":
            found.add(party_id(value))
        for column in field.columns:
            if column.kind == "identity" and isinstance(value, list):
                found |= {party_id(row.get(column.key)) for row in value}
    return {party for party in found if party is not None}
