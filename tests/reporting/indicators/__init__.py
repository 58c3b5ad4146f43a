"""What the test of each indicator brings: its figures counted by hand (GOLDEN), its cases in SQL written by hand (RECOUNT).

Where the small month of tests/reporting/test_snapshot.py says nothing about an indicator, its test brings a `story` too:
dossiers that are put into the month when the figures of this module alone are counted.
"""

import importlib
import pkgutil
from types import ModuleType


def brought(name: str) -> dict:
    """The rows of one kind from all modules beside this one."""
    rows = {}
    for module in _modules():
        rows.update(getattr(module, name, {}))
    return rows


def tell(indicator: str, city) -> None:
    """Put the story of an indicator's own test into the month; nothing where it brings none."""
    for module in _modules():
        if indicator in getattr(module, "RECOUNT", {}) and hasattr(module, "story"):
            module.story(city)


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
