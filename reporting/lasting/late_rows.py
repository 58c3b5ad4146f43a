"""SQL of late dossiers with what their ledger says of where they lay. No query runs here.

Read from the events a fact was made of (`seq` up to its last one), so that a closed month tells the same for ever. An event
names the step that it opened; until another does, the dossier lies there. Nothing is guessed: what no event says is `unsaid`.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from dossiers.enums import EventCode, State
from procedures.enums import StepKind
from reporting.enums import Part
from reporting.indicators.base import Text, counted_of, hit_of
from reporting.indicators.on_time_first import ON_TIME_FIRST

UNSAID: Final = "unsaid"
# Where a dossier may lie, in the order of its way.
PLACES: Final[dict[str, Text]] = {
    "desk": _("ở Bộ phận Một cửa, chưa chuyển đi"),
    "assign": _("chờ phân công"),
    "appraise": _("đang thẩm định"),
    "consult": _("chờ ý kiến đơn vị khác"),
    "review": _("chờ lãnh đạo phòng kiểm tra"),
    "sign": _("chờ ký"),
    "stamp": _("chờ vào sổ, đóng dấu, ban hành"),
    "send": _("văn bản đã ký, chờ gửi người nộp"),
    "supplement": _("chờ người nộp bổ sung"),
    "payment": _("chờ người nộp tiền"),
    "checking": _("chờ người nộp kiểm tra bản dự thảo"),
    UNSAID: _("đang xử lý, sổ không ghi bước"),
}
_OF_STATE: Final = {
    State.SUPPLEMENT: "supplement",
    State.INTAKE_FIX: "supplement",
    State.PAYMENT: "payment",
    State.CHECKING: "checking",
}
# What hangs beside the route, and what ends it without opening anything.
_OF_BESIDE: Final = {StepKind.DRAFT_SIGN: "sign", StepKind.DRAFT_SEND: "send", StepKind.CONSULT: "consult"}
_OF_STEP: Final = {
    StepKind.INTAKE: "desk",
    StepKind.ASSIGN: "assign",
    StepKind.APPRAISE: "appraise",
    StepKind.REVIEW: "review",
    StepKind.SIGN: "sign",
    StepKind.STAMP: "stamp",
}
_ENDS_BESIDE: Final = (
    EventCode.DRAFT_RETURNED,
    EventCode.DRAFT_DROPPED,
    EventCode.SUPPLEMENT_REQUESTED,
    EventCode.WITHDRAWAL_DECLINED,
    EventCode.CONSULTATION_ANSWERED,
    EventCode.CONSULTATION_ENDED,
    EventCode.CONSULTATION_SILENT,
)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _cases(column: str, words: Mapping[State, str] | Mapping[StepKind, str]) -> str:
    return " ".join(f"WHEN {column} = '{key}' THEN '{word}'" for key, word in words.items())


_PLACE: Final = (
    f"CASE {_cases('state_to', _OF_STATE)} {_cases('beside', _OF_BESIDE)} {_cases('step', _OF_STEP)} "
    f"WHEN state_to = '{State.ACCEPTED}' THEN 'desk' ELSE '{UNSAID}' END"
)
_BESIDE: Final = _listed((*_OF_BESIDE, StepKind.WITHDRAWAL))
_MARKS_BESIDE: Final = f"e.step_kind <> '' OR e.code IN ({_listed(_ENDS_BESIDE)})"
_RAN: Final = ", ".join(f"sum(ran) FILTER (WHERE place = '{place}') AS ran_{place}" for place in PLACES)
_HAPPENED: Final = ", ".join(
    f"bool_or(code IN ({_listed(codes)})) AS {name}"
    for name, codes in {
        "was_sent_back": [EventCode.SENT_BACK],
        "was_asked": [EventCode.CONSULTED],
        "changed_hands": [EventCode.REASSIGNED, EventCode.WORK_MOVED],
    }.items()
)

LATE: Final = f"""
    WITH late AS MATERIALIZED (
        SELECT * FROM ({{cases}}) handled
        WHERE {counted_of(ON_TIME_FIRST)} AND {hit_of(ON_TIME_FIRST, Part.REST)} AND {{condition}}),
    told AS (
        SELECT e.dossier_id, e.seq, e.code, e.happened_at, e.state_to, e.step_kind, e.counting_unit_id, late.first_due_at,
               lead(e.minutes_used) OVER story - e.minutes_used AS ran,
               count(*) FILTER (WHERE e.step_kind <> '' AND e.step_kind NOT IN ({_BESIDE})) OVER story AS step_number,
               count(*) FILTER (WHERE {_MARKS_BESIDE}) OVER story AS beside_number
        FROM late
        JOIN dossiers_dossierevent e ON e.dossier_id = late.dossier_id AND e.seq <= late.last_seq AND e.happened_at < %(end)s
        WINDOW story AS (PARTITION BY e.dossier_id ORDER BY e.seq)),
    lay AS (
        SELECT *, CASE WHEN step_number > 0
                       THEN first_value(step_kind) OVER (PARTITION BY dossier_id, step_number ORDER BY seq) ELSE '' END AS step,
                  CASE WHEN beside_number > 0
                       THEN first_value(step_kind) OVER (PARTITION BY dossier_id, beside_number ORDER BY seq) ELSE '' END AS beside
        FROM told),
    placed AS (SELECT *, {_PLACE} AS place FROM lay),
    stories AS (
        SELECT dossier_id, {_HAPPENED}, count(DISTINCT counting_unit_id) > 1 AS changed_unit, {_RAN},
               (array_agg(place ORDER BY seq DESC) FILTER (WHERE happened_at <= first_due_at))[1] AS place_then
        FROM placed GROUP BY dossier_id)
    SELECT late.*, coalesce(place_then, '{UNSAID}') AS place, was_sent_back, was_asked, changed_hands, changed_unit,
           {", ".join(f"ran_{place}" for place in PLACES)}
    FROM late LEFT JOIN stories USING (dossier_id)"""  # noqa: S608  our own constants
