"""Form II.06a as rules: its columns, and which dossiers each counts, as SQL. No query runs here; reporting.monthly.progress asks.

Every dossier comes in on one side (received in the period, or carried over) and stands on the other (resolved in the
period, or open at its end). What stands with another unit than it came in with makes a unit's sides differ.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.registry import Registry
from reporting.enums import Basis
from reporting.indicators import Pass, cases_sql
from reporting.indicators.base import ONLINE, Text, within
from reporting.indicators.passes import stock_sql

# What a dossier is counted as: on the side it comes in, and on the side it stands.
CAME: Final = ("online", "other", "carried")
RESOLVED: Final = ("early", "on_day", "late")
OPEN: Final = ("running", "overdue")
STANDS: Final = RESOLVED + OPEN


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column of figures: its number on the form, and what it adds up. `code` stands in addresses."""

    code: str
    label: Text
    number: int
    parts: tuple[str, ...]


COLUMNS: Final[Registry[FormColumn]] = Registry("column of II.06a")
for _one in (
    FormColumn("tiep-nhan", _("Tiếp nhận: tổng số"), 3, CAME),
    FormColumn("truc-tuyen", _("Tiếp nhận trong kỳ: trực tuyến"), 4, ("online",)),
    FormColumn("truc-tiep", _("Tiếp nhận trong kỳ: trực tiếp, dịch vụ bưu chính"), 5, ("other",)),
    FormColumn("ky-truoc", _("Tiếp nhận: từ kỳ trước"), 6, ("carried",)),
    FormColumn("da-giai-quyet", _("Đã giải quyết: tổng số"), 7, RESOLVED),
    FormColumn("truoc-han", _("Đã giải quyết: trước hạn"), 8, ("early",)),
    FormColumn("dung-han", _("Đã giải quyết: đúng hạn"), 9, ("on_day",)),
    FormColumn("qua-han", _("Đã giải quyết: quá hạn"), 10, ("late",)),
    FormColumn("dang-giai-quyet", _("Đang giải quyết: tổng số"), 11, OPEN),
    FormColumn("trong-han", _("Đang giải quyết: trong hạn"), 12, ("running",)),
    FormColumn("dang-qua-han", _("Đang giải quyết: quá hạn"), 13, ("overdue",)),
):
    COLUMNS.add(_one)


def came_sql(basis: Basis, *, as_closed: bool) -> str:
    """Rows of what came in: dossier_id, unit_id (that received it, or held it when the period began), procedure_id, counted_as."""
    received = cases_sql(Pass.RECEIVED, as_closed=as_closed)
    return f"""
    SELECT dossier_id, unit_id, procedure_id, CASE WHEN {ONLINE} THEN 'online' ELSE 'other' END AS counted_as
    FROM ({received}) received WHERE NOT is_internal AND {within(basis)}
    UNION ALL
    SELECT dossier_id, unit_id, procedure_id, 'carried'
    FROM ({stock_sql("began_at", as_closed=as_closed)}) stock WHERE NOT is_internal"""  # noqa: S608  our own constants


def stands_sql(basis: Basis, *, as_closed: bool) -> str:
    """Rows of where each stands: with the unit that finished it, or held it at the period's end.

    Without a day of promise nothing is early or late. While the legal clock stands still nothing is overdue.
    """
    handled = cases_sql(Pass.HANDLED, as_closed=as_closed)
    return f"""
    SELECT dossier_id, unit_id, procedure_id,
           CASE WHEN is_open AND past_due AND stands = '' THEN 'overdue' WHEN is_open THEN 'running'
                WHEN finished_day < due_day THEN 'early' WHEN finished_day > due_day THEN 'late' ELSE 'on_day' END AS counted_as
    FROM ({handled}) handled
    WHERE NOT is_internal AND {within(basis)} AND received_day <= %({basis.value}_last_day)s"""  # noqa: S608


def counts_sql(basis: Basis, *, as_closed: bool) -> str:
    """How many dossiers of each procedure and unit are counted as what."""
    return f"""
    SELECT procedure_id, unit_id, counted_as, count(*)
    FROM ({came_sql(basis, as_closed=as_closed)} UNION ALL {stands_sql(basis, as_closed=as_closed)}) both_sides
    GROUP BY 1, 2, 3"""  # noqa: S608  our own constants


def differing_sql(basis: Basis, *, as_closed: bool) -> str:
    """Dossiers that do not stand where they came in: dossier_id, procedure_id, came_unit, stands_unit (NULL: nowhere)."""
    return f"""
    SELECT coalesce(c.dossier_id, s.dossier_id) AS dossier_id, coalesce(c.procedure_id, s.procedure_id) AS procedure_id,
           c.unit_id AS came_unit, s.unit_id AS stands_unit
    FROM ({came_sql(basis, as_closed=as_closed)}) c
    FULL JOIN ({stands_sql(basis, as_closed=as_closed)}) s ON s.dossier_id = c.dossier_id
    WHERE c.unit_id IS DISTINCT FROM s.unit_id"""  # noqa: S608  our own constants
