"""One question of a kind: filled in, judged, shown and printed, the way its examples say."""

from django.http import QueryDict

from procedures import formspec
from procedures.fieldkinds import FieldKind
from procedures.formspec import FormSpec, StepForm

WARDS = (("26506", "Phường Vũng Tàu"),)
PARTY, MASKED = 7, "•••456"


def question(kind: FieldKind, **changes) -> FormSpec:
    """A form that asks one question of a kind, with the options of its examples."""
    field = {"key": "hoi", "label": "Hỏi", "kind": kind.code, **kind.sample, **changes}
    return formspec.load({"version": 1, "steps": [{"key": "buoc", "title": "Bước", "fields": [field]}]})


def filled(kind: FieldKind, typed, **changes) -> StepForm:
    """The form of that question, answered: text, several values, or a mapping of cells for a table."""
    posted = QueryDict(mutable=True)
    for name, value in typed.items() if isinstance(typed, dict) else [("", typed)]:
        posted.setlist(f"hoi-{name}" if name else "hoi", list(value) if isinstance(value, tuple) else [value])
    return formspec.build_form(question(kind, **changes), "buoc", {}, wards=WARDS)(posted)


def kept(kind: FieldKind, form: StepForm):
    """What is stored of an answer; a number is sealed the way filling does it."""
    answer = form.answers().get("hoi")
    if isinstance(answer, list):
        answer = [{k: v for k, v in row.items() if k != "_row"} if isinstance(row, dict) else row for row in answer]
    return {"party": PARTY} if kind.seals_number and isinstance(answer, str) else answer


def _text(groups) -> str:
    (line,) = (line for group in groups for line in group.lines)
    return line.value or " / ".join("; ".join(f"{label}: {value}" for label, value in row) for row in line.rows)


def shown(kind: FieldKind, stored) -> str:
    """The words of a page for a stored answer."""
    return _text(formspec.summary(question(kind), {"hoi": stored}, masked={PARTY: MASKED}, wards=dict(WARDS)))


def printed(kind: FieldKind, stored, number: str = "") -> str:
    """The words of a paper for a stored answer."""
    return _text(formspec.printed(question(kind), {"hoi": stored}, numbers={PARTY: number}, wards=dict(WARDS)))
