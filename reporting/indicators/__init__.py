"""Indicators: each is one module here and one row below; the order of the rows is the order of boards and lists.

Called by everything of this room that counts, shows or exports figures. How to add one: docs/how-to/add-an-indicator.md.
"""

from importlib import import_module

from reporting.indicators.base import (
    DOSSIERS_OF_SERVICE,
    INDICATORS,
    SOURCE_NAMES,
    Declaration,
    Pass,
    cases_sql,
    counting_sql,
    of_pass,
    part_of,
)

__all__ = [
    "DOSSIERS_OF_SERVICE",
    "INDICATORS",
    "SOURCE_NAMES",
    "Declaration",
    "Pass",
    "cases_sql",
    "counting_sql",
    "of_pass",
    "part_of",
]

ROWS = (
    "online_share_all",
    "services_used",
    "online_share_offered",
    "on_time_first",
)
for _row in ROWS:
    import_module(f"reporting.indicators.{_row}")
