"""What the test of each indicator brings: its figures counted by hand (GOLDEN) and its cases in SQL written by hand (RECOUNT)."""

import importlib
import pkgutil


def brought(name: str) -> dict:
    """The rows of one kind from all modules beside this one."""
    rows = {}
    for module in pkgutil.iter_modules(__path__):
        rows.update(getattr(importlib.import_module(f"{__name__}.{module.name}"), name, {}))
    return rows
