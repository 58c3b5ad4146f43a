"""How a dossier's events become its facts: one SQL expression a column. No query runs here; reporting.facts asks.

Events come in the order of `seq`; m: sums over them, b: the first reception (or the first event), f: the end, l: the
last one. The rules are a pure function of the events, so that a fact made again is the same to the cell.
"""

from collections.abc import Mapping
from typing import Final

from dossiers.enums import EventCode, State
from reporting.enums import FinishKind

ZONE: Final = "Asia/Ho_Chi_Minh"
_LEFT: Final = f"'{State.WITHDRAWN}', '{State.STOPPED}'"
_ENDS: Final = (
    f"code IN ('{EventCode.RESULT_ISSUED}', '{EventCode.REFUSED}', '{EventCode.NOT_ACCEPTED}') OR state_to IN ({_LEFT})"
)
_ANSWERS: Final = f"'{EventCode.RECEIVED}', '{EventCode.NOT_ACCEPTED}', '{EventCode.SUPPLEMENT_REQUESTED}'"


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
    "supplements": f"count(*) FILTER (WHERE code = '{EventCode.SUPPLEMENT_REQUESTED}')",
    "returned_at": f"min(happened_at) FILTER (WHERE code = '{EventCode.RETURNED}')",
}

_RECEIVED_AT: Final = "CASE WHEN m.received_seq IS NOT NULL THEN b.happened_at END"

COLUMNS: Final[Mapping[str, str]] = {
    "dossier_id": "m.dossier_id",
    "last_seq": "m.last_seq",
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
    "minutes_used": "f.minutes_used",
    "minutes_allowed": "f.minutes_allowed",
    "minutes_stopped": "l.minutes_stopped",
    "electronic_result": "f.electronic_result",
    "returned_at": "m.returned_at",
    "fee_due": "l.fee_due",
    "papers_total": "l.papers_total",
    "papers_digitised": "l.papers_digitised",
    "papers_reused": "l.papers_reused",
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
    JOIN dossiers_dossierevent l ON l.dossier_id = m.dossier_id AND l.seq = m.last_seq
    LEFT JOIN dossiers_dossierevent f ON f.dossier_id = m.dossier_id AND f.seq = m.finished_seq"""  # noqa: S608


TRANSFER_COLUMNS: Final = ("dossier_id", "seq", "moved_at", "unit_id", "group_id", "department_id")


def transfers_of(which: str) -> str:
    """SQL that makes one row of TRANSFER_COLUMNS for each move after the first reception."""
    return f"""
    SELECT dossier_id, seq, happened_at AS moved_at, counting_unit_id AS unit_id, unit_group_id AS group_id, department_id
    FROM (
        SELECT dossier_id, seq, happened_at, {_HOLDER}, lag(ROW({_HOLDER})) OVER story AS held_by,
               bool_or(code = '{EventCode.RECEIVED}') OVER (story ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS was_received
        FROM dossiers_dossierevent WHERE {which}
        WINDOW story AS (PARTITION BY dossier_id ORDER BY seq)) e
    WHERE was_received AND held_by IS DISTINCT FROM ROW({_HOLDER})"""  # noqa: S608
