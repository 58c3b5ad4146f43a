"""How a dossier's events become its facts: one SQL expression a column. No query runs here; reporting.facts asks.

Events come in the order of `seq`; m: sums over them, e: the first event, b: the first reception (or the first event), f: the end, l: the
last one. The rules are a pure function of the events, so that a fact made again is the same to the cell.
"""

from collections.abc import Mapping
from typing import Final

from dossiers.enums import APOLOGIES, WAITING_STATES, EventCode, State
from reporting.enums import FinishKind

# Raised with every change below: facts made by older rules are made again when their dossier is served next.
RULES: Final = 3
ZONE: Final = "Asia/Ho_Chi_Minh"
_LEFT: Final = f"'{State.WITHDRAWN}', '{State.STOPPED}'"
_ENDS: Final = (
    f"code IN ('{EventCode.RESULT_ISSUED}', '{EventCode.REFUSED}', '{EventCode.NOT_ACCEPTED}') OR state_to IN ({_LEFT})"
)
_ANSWERS: Final = f"'{EventCode.RECEIVED}', '{EventCode.NOT_ACCEPTED}', '{EventCode.SUPPLEMENT_REQUESTED}'"
_APOLOGIES: Final = ", ".join(f"'{code}'" for code in APOLOGIES)


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE '{ZONE}')::date"


_SUMS: Final[Mapping[str, str]] = {
    "last_seq": "max(seq)",
    "first_seq": "min(seq)",
    "received_seq": f"min(seq) FILTER (WHERE code = '{EventCode.RECEIVED}')",
    "finished_seq": f"min(seq) FILTER (WHERE {_ENDS})",
    "filed_at": "min(happened_at)",
    "answer_due_at": f"min(step_due_at) FILTER (WHERE code = '{EventCode.SUBMITTED}')",
    "answered_at": f"CASE WHEN bool_or(code = '{EventCode.SUBMITTED}') "
    f"THEN min(happened_at) FILTER (WHERE code IN ({_ANSWERS})) END",
    "first_due_at": "min(first_due_at)",  # the first promise never moves once made
    # who proposed the result last
    "officer_id": f"(array_agg(actor_id ORDER BY seq DESC) FILTER (WHERE code = '{EventCode.PROPOSED}'))[1]",
    "supplements": f"count(*) FILTER (WHERE code = '{EventCode.SUPPLEMENT_REQUESTED}')",
    "returned_at": f"min(happened_at) FILTER (WHERE code = '{EventCode.RETURNED}')",
    "reappointed_at": f"min(happened_at) FILTER (WHERE code IN ({_APOLOGIES}))",
}

# What no act writes yet: the column is there for the indicators that wait for it (`waits_for`), and empty.
UNWRITTEN: Final[Mapping[str, str]] = {
    "work_digitised": "boolean",  # the papers made while it was handled were digitised
    "result_signed": "boolean",
    "paid_online": "boolean",
    "returned_by_post": "boolean",
    "rating": "smallint",  # 1 not content, 2 content, 3 very content
    "bodies_contacted": "smallint",
    "complaint_upheld": "boolean",
}

_RECEIVED_AT: Final = "CASE WHEN m.received_seq IS NOT NULL THEN b.happened_at END"

COLUMNS: Final[Mapping[str, str]] = {
    "dossier_id": "m.dossier_id",
    "last_seq": "m.last_seq",
    "rules": f"{RULES}",
    "filed_at": "m.filed_at",
    "answer_due_at": "m.answer_due_at",
    "answered_at": "m.answered_at",
    "received_at": _RECEIVED_AT,
    "received_day": _day(_RECEIVED_AT),
    "unit_id": "b.counting_unit_id",
    "group_id": "b.unit_group_id",
    "department_id": "b.department_id",
    "ward_code": "b.ward_code",
    "procedure_id": "b.procedure_id",
    "case_code": "b.case_code",
    "channel": "b.channel",
    "sub_channel": "b.sub_channel",
    "level_offered": "b.level_offered",
    "is_assisted": "b.is_assisted",
    "is_internal": "b.is_internal",
    "filed_by_id": "e.actor_id",
    "received_papers": "b.papers_total",
    "received_digitised": "b.papers_digitised",
    "officer_id": "m.officer_id",
    "applicant_kind": "b.applicant_kind",
    "first_due_at": "m.first_due_at",
    "first_due_day": _day("m.first_due_at"),
    "due_at": "l.due_at",
    "supplements": "m.supplements",
    "finished_at": "f.happened_at",
    "finished_day": _day("f.happened_at"),
    "finish_kind": f"CASE WHEN f.code IS NULL THEN '' WHEN f.code = '{EventCode.RESULT_ISSUED}' THEN '{FinishKind.GRANTED}' "
    f"WHEN f.code = '{EventCode.REFUSED}' THEN '{FinishKind.REFUSED}' "
    f"WHEN f.code = '{EventCode.NOT_ACCEPTED}' THEN '{FinishKind.NOT_ACCEPTED}' "
    f"WHEN f.state_to = '{State.STOPPED}' THEN '{FinishKind.STOPPED}' ELSE '{FinishKind.WITHDRAWN}' END",
    "finished_unit_id": "f.counting_unit_id",
    "finished_group_id": "f.unit_group_id",
    "finished_department_id": "f.department_id",
    "finished_due_day": _day("f.due_at"),
    "minutes_used": "f.minutes_used",
    "minutes_allowed": "f.minutes_allowed",
    "minutes_stopped": "l.minutes_stopped",
    "electronic_result": "f.electronic_result",
    "returned_at": "m.returned_at",
    "reappointed_at": "m.reappointed_at",
    **{
        name: f"CASE WHEN f.seq IS NULL THEN l.{name} ELSE f.{name} END"
        for name in ("fee_due", "papers_total", "papers_digitised", "papers_reused")
    },
    **{name: f"NULL::{kind}" for name, kind in UNWRITTEN.items()},
}

_SUMMED: Final = ", ".join(f"{expression} AS {name}" for name, expression in _SUMS.items())
_BUILT: Final = ", ".join(f"{expression} AS {name}" for name, expression in COLUMNS.items())
_HOLDER: Final = "counting_unit_id, unit_group_id, department_id"
SOME: Final = "dossier_id = ANY(%(ids)s)"
ALL: Final = "TRUE"


def facts_of(which: str) -> str:
    """SQL that makes one row of COLUMNS for each dossier of `which`, SOME (parameter ids) or ALL."""
    return f"""
    SELECT {_BUILT}
    FROM (SELECT dossier_id, {_SUMMED} FROM dossiers_dossierevent WHERE {which} GROUP BY dossier_id) m
    JOIN dossiers_dossierevent b ON b.dossier_id = m.dossier_id AND b.seq = coalesce(m.received_seq, m.first_seq)
    JOIN dossiers_dossierevent e ON e.dossier_id = m.dossier_id AND e.seq = m.first_seq
    JOIN dossiers_dossierevent l ON l.dossier_id = m.dossier_id AND l.seq = m.last_seq
    LEFT JOIN dossiers_dossierevent f ON f.dossier_id = m.dossier_id AND f.seq = m.finished_seq"""  # noqa: S608


TRANSFER_COLUMNS: Final = ("dossier_id", "seq", "moved_at", "unit_id", "group_id", "department_id")
PROMISE_COLUMNS: Final = ("dossier_id", "seq", "changed_at", "due_at", "stands")
_STANDS: Final = ", ".join(f"'{state}'" for state in sorted(WAITING_STATES))
_IS_MOVE: Final = f"coalesce(was_received AND held_by IS DISTINCT FROM ROW({_HOLDER}), FALSE)"
_IS_PROMISE: Final = f"""coalesce(was_received AND stood IS DISTINCT FROM ROW(due_at, stands)
       OR was_received IS NOT TRUE AND code = '{EventCode.RECEIVED}' AND due_at <> first_due_at, FALSE)"""


def _story(which: str) -> str:
    """SQL of events beside what held before each; what nobody asks for of it is not made."""
    return f"""
    SELECT dossier_id, seq, code, happened_at, {_HOLDER}, first_due_at, due_at, stands,
           lag(ROW({_HOLDER})) OVER story AS held_by, lag(ROW(due_at, stands)) OVER story AS stood,
           bool_or(code = '{EventCode.RECEIVED}') OVER (story ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS was_received
    FROM (SELECT dossier_id, seq, code, happened_at, {_HOLDER}, first_due_at, due_at,
                 CASE WHEN state_to IN ({_STANDS}) THEN state_to ELSE '' END AS stands
          FROM dossiers_dossierevent WHERE {which}) a
    WINDOW story AS (PARTITION BY dossier_id ORDER BY seq)"""  # noqa: S608


def transfers_of(which: str) -> str:
    """SQL that makes one row of TRANSFER_COLUMNS for each move after the first reception."""
    return f"""
    SELECT dossier_id, seq, happened_at AS moved_at, counting_unit_id AS unit_id, unit_group_id AS group_id, department_id
    FROM ({_story(which)}) e WHERE {_IS_MOVE}"""  # noqa: S608


def promises_of(which: str) -> str:
    """SQL that makes one row of PROMISE_COLUMNS for each change of the promise, or of whose turn it is, since reception."""
    return f"""
    SELECT dossier_id, seq, happened_at AS changed_at, due_at, stands FROM ({_story(which)}) e WHERE {_IS_PROMISE}"""  # noqa: S608


def changes_of(which: str) -> str:
    """SQL of both in one reading of the events: columns of both, `is_move` and `is_promise`."""
    return f"""
    SELECT dossier_id, seq, happened_at AS moved_at, happened_at AS changed_at, counting_unit_id AS unit_id,
           unit_group_id AS group_id, department_id, due_at, stands, {_IS_MOVE} AS is_move, {_IS_PROMISE} AS is_promise
    FROM ({_story(which)}) e WHERE {_IS_MOVE} OR {_IS_PROMISE}"""  # noqa: S608
