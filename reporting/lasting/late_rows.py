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
_OPENS_STEP: Final = f"step_kind <> '' AND step_kind NOT IN ({_BESIDE})"
_MARKS_BESIDE: Final = f"step_kind <> '' OR code IN ({_listed(_ENDS_BESIDE)})"


def _newest(value: str) -> str:
    """SQL of something with the event's number before it: the greatest of them is the newest, and no event is sorted twice."""
    return f"(to_char(seq, 'FM0000000000') || {value}) COLLATE \"C\""


def _last(value: str, condition: str, over: str = "") -> str:
    """SQL of what the newest event said of which something holds; nothing when there is none."""
    return f"substr(max({_newest(value)}) FILTER (WHERE {condition}) {over}, 11)"


_RAN: Final = ", ".join(f"sum(ran) FILTER (WHERE place = '{place}') AS ran_{place}" for place in PLACES)
_HAPPENED: Final = ", ".join(
    f"bool_or(code IN ({_listed(codes)})) AS {name}"
    for name, codes in {
        "was_sent_back": [EventCode.SENT_BACK],
        "was_asked": [EventCode.CONSULTED],
        "changed_hands": [EventCode.REASSIGNED, EventCode.WORK_MOVED],
    }.items()
)

# OFFSET stands for itself twice. However many dossiers the planner expects to be late, the events of each are looked up, and the
# ledger is not read; and where an event lay is found out once, not again for each sum.
LATE: Final = f"""
    WITH late AS MATERIALIZED (
        SELECT * FROM ({{cases}}) handled
        WHERE {counted_of(ON_TIME_FIRST)} AND {hit_of(ON_TIME_FIRST, Part.REST)} AND {{condition}}),
    told AS (
        SELECT dossier_id, seq, code, happened_at, state_to, counting_unit_id, first_due_at,
               lead(minutes_used) OVER story - minutes_used AS ran,
               coalesce({_last("step_kind", _OPENS_STEP, "OVER story")}, '') AS step,
               coalesce({_last("step_kind", _MARKS_BESIDE, "OVER story")}, '') AS beside
        FROM (SELECT dossier_id, last_seq, first_due_at FROM late) known CROSS JOIN LATERAL (
            SELECT seq, code, happened_at, state_to, step_kind, counting_unit_id, minutes_used FROM dossiers_dossierevent
            WHERE dossier_id = known.dossier_id AND seq <= known.last_seq AND happened_at < %(end)s OFFSET 0) event
        WINDOW story AS (PARTITION BY dossier_id ORDER BY seq)),
    placed AS (SELECT *, {_PLACE} AS place FROM told OFFSET 0),
    stories AS (
        SELECT dossier_id, {_HAPPENED}, min(counting_unit_id) <> max(counting_unit_id) AS changed_unit, {_RAN},
               {_last("place", "happened_at <= first_due_at")} AS place_then
        FROM placed GROUP BY dossier_id)
    SELECT late.*, coalesce(place_then, '{UNSAID}') AS place, was_sent_back, was_asked, changed_hands, changed_unit,
           {", ".join(f"ran_{place}" for place in PLACES)}
    FROM late LEFT JOIN stories USING (dossier_id)"""  # noqa: S608  our own constants
