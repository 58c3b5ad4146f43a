"""Every kind of question brings all it must; nothing outside the kinds asks for one by its code."""

import ast
import importlib
import inspect
import pkgutil
from typing import ClassVar

import pytest

from procedures import fieldkinds
from procedures.fieldkinds import KINDS, FieldKind
from procedures.fieldkinds.base import Example
from tests.house.fieldkinds import FILE, MARK, expected, lacks
from tests.house.source import modules, name, nodes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_kind_is_whole(kind):
    assert not (missing := lacks(kind)), missing


def test_what_a_kind_lacks_is_named():
    class Hollow(FieldKind):
        code = "hollow"

    assert lacks(Hollow()) == ["label", "docstring", "shape", "example", "refusal", "row in docs/form-specs.md"]

    class HalfDone(FieldKind):
        """A kind without the rest."""

        code = "half"
        label = "Nửa chừng"
        shape = KINDS["money"].shape
        options: ClassVar = {"min": "Nhỏ nhất", "step": "Bước"}
        examples = (Example("1", 1, ""),)

    assert lacks(HalfDone()) == [
        "refusal",
        "row in docs/form-specs.md",
        "words for the option max",
        "option step, which has words",
        "form field",
        "words on a page for 1",
        "words on a paper for 1",
    ]


def test_every_kind_of_a_module_has_its_row():
    known = {type(kind) for kind in KINDS}
    written = set()
    for found in pkgutil.iter_modules(fieldkinds.__path__):
        module = importlib.import_module(f"{fieldkinds.__name__}.{found.name}")
        written |= {
            value
            for value in vars(module).values()
            if inspect.isclass(value) and issubclass(value, FieldKind) and "code" in vars(value)
        }
    assert written - known == set(), "a row in procedures/fieldkinds/__init__.py"


def test_labels_are_told_apart():
    labels = [str(kind.label) for kind in KINDS]
    assert len(set(labels)) == len(labels)


def test_docs_say_what_the_kinds_say():
    text = FILE.read_text(encoding="utf-8")
    assert text.split(MARK)[1].strip() == expected().strip(), "run: .venv/bin/python -m tests.house.fieldkinds"


def test_nothing_outside_asks_for_a_kind_by_its_code():
    asked = []
    for path in modules():
        if name(path).startswith("procedures/fieldkinds/"):
            continue
        for node in nodes(path):
            if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith((".kind", ".kind.code", "kind.code")):
                texts = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
                if texts & {kind.code for kind in KINDS}:
                    asked.append(f"{name(path)}:{node.lineno}")
    assert asked == []
