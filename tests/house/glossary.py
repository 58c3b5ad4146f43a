"""The second half of docs/glossary.md is the enums' own words; `bin/pytest` compares, `python -m tests.house.glossary` writes."""

import os
from importlib import import_module

import django
from django.db.models import Choices

from tests.house.source import ROOMS, ROOT

FILE = ROOT / "docs" / "glossary.md"
MARK = "<!-- From here on the enums' own words; tests/house compares them. -->\n"


def enums() -> dict[str, type[Choices]]:
    """Every choices class of the rooms by its dotted name."""
    found = {}
    for room in ROOMS:
        for short in ("enums", "models"):
            try:
                module = import_module(f"{room}.{short}")
            except ModuleNotFoundError:
                continue
            for value in vars(module).values():
                if (
                    isinstance(value, type)
                    and issubclass(value, Choices)
                    and value.__module__ == module.__name__
                    and list(value)
                ):
                    found[f"{module.__name__}.{value.__qualname__}"] = value
    return found


def expected() -> str:
    """The enum half of the glossary."""
    parts = []
    for dotted, kind in enums().items():
        first = (kind.__doc__ or "").strip().splitlines()[0]
        rows = [f"| `{member.name}` | {member.name.lower().replace('_', ' ')} | {member.label} |" for member in kind]
        parts.append(
            "\n".join(
                [f"### {dotted}", "", first, "", "| Identifier | English | Tiếng Việt |", "|---|---|---|", *rows, ""]
            )
        )
    return "\n".join(parts)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
    for name, address in {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }.items():
        os.environ.setdefault(name, address)  # words need no server
    django.setup()
    head = FILE.read_text(encoding="utf-8").split(MARK)[0]
    FILE.write_text(head + MARK + "\n" + expected(), encoding="utf-8")
