"""What every kind of question must bring with it; `python -m tests.house.fieldkinds` writes its table in docs/form-specs.md."""

import inspect
import os
import re

import django
from django import forms

from tests.house.source import ROOT

FILE = ROOT / "docs" / "form-specs.md"
MARK = "<!-- From here on the kinds' own words; tests/house compares them. -->\n"


def lacks(kind) -> list[str]:
    """What a kind does not bring."""
    wanted = {
        "code of small letters": bool(re.fullmatch(r"[a-z][a-z_]{1,29}", getattr(kind, "code", ""))),
        "label": bool(str(getattr(kind, "label", ""))) and str(getattr(kind, "label", "")) != getattr(kind, "code", ""),
        "docstring": bool(type(kind).__dict__.get("__doc__")),
        "shape": inspect.isclass(getattr(kind, "shape", None)),
        "example": bool(kind.examples),
        "refusal": bool(kind.refusals),
        "row in docs/form-specs.md": f"| `{getattr(kind, 'code', '')}` |" in FILE.read_text(encoding="utf-8"),
    }
    missing = [what for what, is_there in wanted.items() if not is_there]
    return missing + (_lacks_in_use(kind) if wanted["shape"] and wanted["label"] else [])


def _lacks_in_use(kind) -> list[str]:
    from procedures.fieldkinds import FieldSpec

    own = set(kind.shape.model_fields) - set(FieldSpec.model_fields)
    missing = [f"words for the option {name}" for name in sorted(own - set(kind.options))]
    missing += [f"option {name}, which has words" for name in sorted(set(kind.options) - own)]
    if not _has_widget(kind):
        missing.append("form field")
    return missing + [
        f"words on a {where} for {example.stored!r}"
        for example in kind.examples
        for where, text in (
            ("page", example.shown),
            ("paper", example.shown if example.printed is None else example.printed),
        )
        if not text
    ]


def _has_widget(kind) -> bool:
    from procedures.fieldkinds import Making

    spec = kind.shape.model_validate({"key": "hoi", "label": "Hỏi", "kind": kind, **kind.sample})
    if spec.inside:  # its columns are the fields
        return True
    try:
        made = kind.make(spec, {"label": "Hỏi", "help_text": "", "required": False}, Making())
    except TypeError:
        return False
    return isinstance(made, forms.Field) and isinstance(made.widget, forms.Widget)


def row(kind) -> str:
    """The line of a kind in the documentation."""
    example = kind.examples[0]
    options = "; ".join(f"`{name}`: {words}" for name, words in kind.options.items())
    typed = example.typed if isinstance(example.typed, str) else ", ".join(example.typed)
    what = (type(kind).__doc__ or "").strip().splitlines()[0]
    return f"| `{kind.code}` | {kind.label} | {what} | {options} | {' '.join(typed.split())} → {' '.join(example.shown.split())} |"


def expected() -> str:
    """The half of the page that the kinds write."""
    from procedures.fieldkinds import KINDS

    head = ["| Code | Tiếng Việt | What it is | Options | Typed → shown |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(row(kind) for kind in KINDS), ""])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
    for name, address in {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }.items():
        os.environ.setdefault(name, address)  # words need no server
    django.setup()
    FILE.write_text(FILE.read_text(encoding="utf-8").split(MARK)[0] + MARK + "\n" + expected(), encoding="utf-8")
