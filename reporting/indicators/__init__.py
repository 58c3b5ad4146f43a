"""Indicators: each is declared in a module here, one or a family; the rows below are the order of boards and lists.

Called by everything of this room that counts, shows or exports figures. How to add one: docs/how-to/add-an-indicator.md.
"""

from importlib import import_module

from reporting.indicators.base import (
    INDICATORS,
    SOURCE_NAMES,
    Declaration,
    Pass,
    aimed_at,
    amount_of,
    counted_ones,
    hit_of,
    of_pass,
    part_of,
)
from reporting.indicators.counting import FRESH, SCOPE_COLUMNS, counting_sql, writing_sql
from reporting.indicators.passes import cases_sql
from reporting.indicators.waiting import AWAITED

__all__ = [
    "AWAITED",
    "FRESH",
    "INDICATORS",
    "SCOPE_COLUMNS",
    "SOURCE_NAMES",
    "Declaration",
    "Pass",
    "aimed_at",
    "amount_of",
    "cases_sql",
    "counted_ones",
    "counting_sql",
    "hit_of",
    "of_pass",
    "part_of",
    "writing_sql",
]

ROWS = (
    "online_share_all",
    "services_used",
    "online_share_offered",
    "on_time_first",
    "online",
    "on_time",
    "intake",
    "papers",
    "supply",
    "money",
    "people",
    "inside",
    "officers",
)
for _row in ROWS:
    import_module(f"reporting.indicators.{_row}")
