"""Runs the code of a "How to add …" page as a temporary module, so that the page cannot say what does not work."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from tests.house.source import ROOT

BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, kind: str = "python") -> list[str]:
    """Code blocks of one kind in docs/how-to/<page>.md, in their order."""
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8")
    return [found["text"] for found in BLOCK.finditer(text) if found["kind"] == kind]


def module_of(page: str, folder: Path, place: int = 0) -> ModuleType:
    """The page's Python block as a module of its own in `folder`, imported."""
    path = folder / f"how_to_{page.replace('-', '_')}.py"
    path.write_text(blocks(page)[place], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
