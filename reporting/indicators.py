"""Indicators as declarations: what is counted, in which words, from which sources, by which SQL. No query runs here.

Each declaration's `cases` select one row per counted case (a dossier or a service) of a period, with its scopes and
whether it is a hit. The snapshot counts these rows and the list behind a number shows them: the two cannot disagree.
Parameters of the SQL: watermark, start, end (moments, end excluded), first_day, last_day, late_before.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.enums import EventCode, State
from procedures.enums import ONLINE_LEVELS, Channel
from reporting.enums import Basis, Indicator

Text = str | Promise


class Source(StrEnum):
    """Where a figure comes from."""

    LEDGER = "ledger"
    OFFERINGS = "offerings"


SOURCE_NAMES: Final[dict[Source, Text]] = {
    Source.LEDGER: _("sổ sự kiện hồ sơ"),
    Source.OFFERINGS: _("danh mục dịch vụ công trực tuyến theo ngày hiệu lực"),
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """One indicator. `additive`: a scope's figure is the sum of its units'; otherwise cases are distinct per scope."""

    slug: Indicator
    codes: tuple[str, ...]  # docs/law.md, figures
    name: Text
    short_name: Text
    formula: Text
    numerator: Text
    denominator: Text
    noun: Text  # what a case is: dossier or service
    bases: tuple[Basis, ...]
    sources: tuple[Source, ...]
    additive: bool
    cases: str
    version: int = 1


# ── pieces of SQL ────────────────────────────────────────────────────────────────────────────────

_ONLINE: Final = int(Channel.ONLINE)
_LEVELS: Final = ", ".join(str(int(level)) for level in sorted(ONLINE_LEVELS))
_FINISHED: Final = f"'{EventCode.RESULT_ISSUED}', '{EventCode.REFUSED}'"
_LEFT_OUT: Final = f"'{State.WITHDRAWN}', '{State.STOPPED}'"


def _local_day(column: str) -> str:
    return f"({column} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"


def _received(since: str) -> str:
    """The first reception of each dossier: a second one would be a correction, not a second dossier."""
    return f"""
    SELECT e.dossier_id, e.happened_at AS at, e.counting_unit_id AS unit_id, e.unit_group_id AS group_id,
           e.department_id, e.procedure_id, e.channel, e.level_offered, e.first_due_at
    FROM dossiers_dossierevent e
    WHERE e.code = '{EventCode.RECEIVED}' AND NOT e.is_internal
      AND e.happened_at >= {since} AND e.happened_at < %(end)s AND e.transaction_id < %(watermark)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent b
        WHERE b.dossier_id = e.dossier_id AND b.code = '{EventCode.RECEIVED}' AND b.seq < e.seq
          AND b.transaction_id < %(watermark)s)"""  # noqa: S608  our own constants


_RECEIVED: Final = _received("%(start)s")

_SHARE_ALL: Final = f"""
    SELECT dossier_id, at, unit_id, group_id, department_id, procedure_id, channel = {_ONLINE} AS hit
    FROM ({_RECEIVED}) r"""  # noqa: S608  our own constants

_SHARE_OFFERED: Final = f"""{_SHARE_ALL} WHERE level_offered IN ({_LEVELS})"""

# Days are compared, not hours (docs/law.md). What is still open counts for the unit that holds it at the period's end.
_ON_TIME: Final = f"""
    SELECT e.dossier_id, e.happened_at AS at, e.counting_unit_id AS unit_id, e.unit_group_id AS group_id,
           e.department_id, e.procedure_id, {_local_day("e.happened_at")} <= {_local_day("e.first_due_at")} AS hit
    FROM dossiers_dossierevent e
    WHERE e.code IN ({_FINISHED}) AND NOT e.is_internal AND e.first_due_at IS NOT NULL
      AND e.happened_at >= %(start)s AND e.happened_at < %(end)s AND e.transaction_id < %(watermark)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent b
        WHERE b.dossier_id = e.dossier_id AND b.code IN ({_FINISHED}) AND b.seq < e.seq
          AND b.transaction_id < %(watermark)s)
    UNION ALL
    SELECT r.dossier_id, r.at, held.counting_unit_id, held.unit_group_id, held.department_id, r.procedure_id, FALSE
    FROM ({_received("'-infinity'::timestamptz")} AND e.first_due_at < %(late_before)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent d
        WHERE d.dossier_id = e.dossier_id AND d.happened_at < %(end)s AND d.transaction_id < %(watermark)s
          AND (d.code IN ({_FINISHED}) OR d.state_to IN ({_LEFT_OUT})))) r
    CROSS JOIN LATERAL (
        SELECT l.counting_unit_id, l.unit_group_id, l.department_id FROM dossiers_dossierevent l
        WHERE l.dossier_id = r.dossier_id AND l.happened_at < %(end)s AND l.transaction_id < %(watermark)s
        ORDER BY l.seq DESC LIMIT 1) held"""  # noqa: S608  our own constants

_SERVICES: Final = f"""
    SELECT o.procedure_id, o.unit_id, o.group_id, o.department_id, used.procedure_id IS NOT NULL AS hit,
           coalesce(used.dossiers, 0) AS dossiers
    FROM (
        SELECT DISTINCT f.procedure_id, f.unit_id, u.group_id, f.department_id
        FROM procedures_onlineoffering f
        JOIN accounts_orgunit u ON u.id = f.unit_id
        JOIN procedures_procedure p ON p.id = f.procedure_id
        WHERE f.level IN ({_LEVELS}) AND NOT p.is_internal
          AND GREATEST(f.valid_from, u.valid_from, %(first_day)s)
              <= LEAST(f.valid_to, u.valid_to, p.retired_on - 1, %(last_day)s)) o
    LEFT JOIN (
        SELECT unit_id, procedure_id, count(*) AS dossiers
        FROM ({_RECEIVED}) r WHERE channel = {_ONLINE} GROUP BY unit_id, procedure_id) used
      ON used.unit_id = o.unit_id AND used.procedure_id = o.procedure_id"""  # noqa: S608  our own constants

# ── declarations ─────────────────────────────────────────────────────────────────────────────────

_BOTH: Final = (Basis.MONTH, Basis.CUMULATIVE)

DECLARATIONS: Final[dict[str, Declaration]] = {
    declaration.slug.value: declaration
    for declaration in (
        Declaration(
            slug=Indicator.ONLINE_SHARE_ALL,
            codes=("K2", "KPI2a"),
            name=Indicator.ONLINE_SHARE_ALL.label,
            short_name=_("hồ sơ trực tuyến"),
            formula=_(
                "Số hồ sơ được tiếp nhận trong kỳ nộp bằng hình thức trực tuyến, chia cho tổng số hồ sơ được tiếp nhận "
                "trong kỳ (mọi hình thức nộp). Mỗi hồ sơ tính một lần, vào tháng được tiếp nhận. Không tính hồ sơ mới "
                "đăng ký, hồ sơ không được tiếp nhận và hồ sơ nội bộ giữa các cơ quan nhà nước."
            ),
            numerator=_("hồ sơ trực tuyến"),
            denominator=_("hồ sơ tiếp nhận"),
            noun=_("hồ sơ"),
            bases=_BOTH,
            sources=(Source.LEDGER,),
            additive=True,
            cases=_SHARE_ALL,
        ),
        Declaration(
            slug=Indicator.SERVICES_USED,
            codes=("K1", "KPI1"),
            name=Indicator.SERVICES_USED.label,
            short_name=_("dịch vụ có phát sinh hồ sơ"),
            formula=_(
                "Số dịch vụ công trực tuyến có ít nhất một hồ sơ trực tuyến được tiếp nhận trong kỳ, chia cho số dịch "
                "vụ công trực tuyến (một phần và toàn trình) đang cung cấp trong kỳ. Trong một phạm vi, cùng một thủ "
                "tục chỉ tính một lần, nên số của khối không phải là tổng số của các đơn vị. Không tính thủ tục nội "
                "bộ."
            ),
            numerator=_("dịch vụ có hồ sơ"),
            denominator=_("dịch vụ cung cấp"),
            noun=_("dịch vụ"),
            bases=_BOTH,
            sources=(Source.LEDGER, Source.OFFERINGS),
            additive=False,
            cases=_SERVICES,
        ),
        Declaration(
            slug=Indicator.ONLINE_SHARE_OFFERED,
            codes=("K2b", "KPI2b"),
            name=Indicator.ONLINE_SHARE_OFFERED.label,
            short_name=_("hồ sơ trực tuyến của thủ tục có trực tuyến"),
            formula=_(
                "Số hồ sơ trực tuyến được tiếp nhận trong kỳ, chia cho số hồ sơ được tiếp nhận trong kỳ của những thủ "
                "tục mà vào ngày nộp cơ quan đã cung cấp trực tuyến một phần hoặc toàn trình."
            ),
            numerator=_("hồ sơ trực tuyến"),
            denominator=_("hồ sơ của thủ tục có trực tuyến"),
            noun=_("hồ sơ"),
            bases=_BOTH,
            sources=(Source.LEDGER,),
            additive=True,
            cases=_SHARE_OFFERED,
        ),
        Declaration(
            slug=Indicator.ON_TIME_FIRST,
            codes=("K4", "KPI7"),
            name=Indicator.ON_TIME_FIRST.label,
            short_name=_("hồ sơ đúng hạn"),
            formula=_(
                "Số hồ sơ giải quyết xong trong kỳ không muộn hơn ngày hẹn trả lần đầu, chia cho số hồ sơ giải quyết "
                "xong trong kỳ cộng số hồ sơ chưa xong đã quá ngày hẹn lần đầu vào cuối kỳ. So theo ngày; hẹn lại "
                "không làm thay đổi ngày hẹn lần đầu. Giải quyết xong là đã ban hành kết quả hoặc từ chối giải quyết; "
                "không tính hồ sơ rút, dừng giải quyết, hồ sơ không có ngày hẹn và hồ sơ nội bộ."
            ),
            numerator=_("hồ sơ đúng hạn"),
            denominator=_("hồ sơ đến hạn phải xong"),
            noun=_("hồ sơ"),
            bases=_BOTH,
            sources=(Source.LEDGER,),
            additive=True,
            cases=_ON_TIME,
        ),
    )
}


def declaration(slug: str) -> Declaration:
    """The declaration of an indicator; KeyError for an unknown slug."""
    return DECLARATIONS[slug]


def counting_sql(declared: Declaration) -> str:
    """SQL that counts the cases by unit, group, department and in all, in one pass over them.

    Columns: unit_id, group_id, department_id, level (3, 5, 6 or 7: which of the three is not the row's scope),
    numerator, denominator.
    """
    if declared.additive:
        counts = "count(*) FILTER (WHERE hit), count(*)"
    else:
        counts = "count(DISTINCT procedure_id) FILTER (WHERE hit), count(DISTINCT procedure_id)"
    return (
        "SELECT unit_id, group_id, department_id, GROUPING(unit_id, group_id, department_id) AS level, "  # noqa: S608
        f"{counts} FROM ({declared.cases}) cases "
        "GROUP BY GROUPING SETS ((unit_id), (group_id), (department_id), ())"
    )
