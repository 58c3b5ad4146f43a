"""Reads lines of the national catalogue into plain sheets and says what it could not understand. Pure; no database.

The source is the national portal's own text with its quirks (units "Khác", fee 0, loose levels, notes among papers);
each quirk met is a Trap on the sheet, counted in the import's report. Called by procedures.importing only.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from portal.clock import VIETNAM
from portal.worktime import LimitUnit
from procedures.enums import Channel, PaperKind, ProcedureKind
from procedures.limits import as_limit

LONGEST = {"code": 60, "name": 2000, "issuer": 300, "decision_number": 200, "form_name": 1000, "paper_code": 150}
CHANNELS = {"Trực tiếp": Channel.DESK, "Trực tuyến": Channel.ONLINE, "Dịch vụ bưu chính": Channel.POST}
UNITS = {
    "WORKING_DAY": (LimitUnit.WORKING_DAY, 1),
    "DAY": (LimitUnit.DAY, 1),
    "HOUR": (LimitUnit.HOUR, 1),
    "MONTH": (LimitUnit.MONTH, 1),
    "YEAR": (LimitUnit.MONTH, 12),
}
KINDS = {
    "STANDARD": ProcedureKind.STANDARD,
    "SPECIFIC": ProcedureKind.SPECIFIC,
    "STANDARD_INTERNAL": ProcedureKind.INTERNAL,
}
LEVELS = frozenset({"Cấp Tỉnh", "Cấp Xã", "Cấp Bộ", "Cấp Huyện", "Ngành dọc", "Cơ quan khác"})
LIFE_EVENTS = {
    "co-con-nho": "sinh-con",
    "hon-nhan-va-gia-dinh": "ket-hon",
    "nguoi-than-qua-doi": "nguoi-than-qua-doi",
    "dien-luc-nha-o-dat-dai": "nha-dat",
    "cu-tru-va-giay-to-tuy-than": "cu-tru",
    "suc-khoe-va-y-te": "suc-khoe",
    "hoc-tap": "hoc-tap",
    "phuong-tien-va-nguoi-lai": "phuong-tien",
    "huu-tri": "huu-tri",
    "giai-quyet-khieu-kien": "khieu-nai",
    "viec-lam": "viec-lam",
}
SAME = "="  # "as the channel before"
FREE = frozenset({"không", "không có", "không thu", "không thu phí", "không thu lệ phí", "miễn phí", "miễn lệ phí"})
# "Ngay trong ngày …": the sheet's own words for the limit, while its number says one day, "1 Khác" or, read from
# "sau 15 giờ", fifteen hours.
SAME_DAY = re.compile(
    r"^[\s+–-]*(thời (hạn|gian) giải quyết:?\s*)?((thực hiện|giải quyết|trả kết quả)\s+)?(ngay )?trong ngày\b",
    re.IGNORECASE,
)
SAME_DAY_NUMBERS = frozenset(
    {
        (None, ""),
        ("1", LimitUnit.WORKING_DAY),
        ("1", LimitUnit.DAY),
        ("15", LimitUnit.HOUR),
    }
)
CODE = re.compile(r"\d\.\d{6}")
FEE = re.compile(
    r"(?:Phí|Lệ phí|Mức giá): (?P<said>[^(;]*?)(?:\((?P<note>.*?)\))?(?=; (?:Phí|Lệ phí|Mức giá): |$)",
    re.DOTALL,
)
# Control signs except the line break, direction marks, zero-width signs, lone surrogates.
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
PEOPLES_COMMITTEE = re.compile(r"(ủy|uỷ) ban nhân dân|UBND", re.IGNORECASE)


class Trap(StrEnum):
    """What a sheet says in a way no machine should guess at."""

    CODE = "code"
    SAME_DAY = "same_day"
    NO_LIMIT = "no_limit"
    LIMIT_FROM_CASE = "limit_from_case"
    LIMIT_CONFLICT = "limit_conflict"
    SEVERAL_LIMITS = "several_limits"
    LIMITS_BY_CHANNEL = "limits_by_channel"
    ODD_LIMIT = "odd_limit"
    FEE_ZERO = "fee_zero"
    FEE_FOREIGN = "fee_foreign"
    LEVEL = "level"
    PAPER_NAMELESS = "paper_nameless"
    PAPER_NOTE = "paper_note"
    PAPER_REPEATED = "paper_repeated"
    NO_PAPERS = "no_papers"
    CHANNEL = "channel"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be read at all."""

    line: int
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One row of the papers list."""

    code: str
    name: str
    kind: str
    heading: str
    form_name: str
    originals: int
    copies: int


@dataclass(frozen=True, slots=True)
class StatedFee:
    """One fee of a channel; amount None is unknown."""

    channel: int | None
    name: str
    amount: int | None
    note: str


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit of a case or channel; value None has only text."""

    case_code: str
    channel: int | None
    value: str | None
    unit: str
    text: str


@dataclass(slots=True)
class Sheet:
    """One procedure of the source, in our words."""

    code: str
    name: str
    field_code: str
    field_name: str
    kind: str
    is_internal: bool
    levels: list[str]
    issuer: str
    life_event: str
    keywords: str
    updated_on: date | None
    facts: dict[str, Any]
    papers: list[Paper] = field(default_factory=list)
    fees: list[StatedFee] = field(default_factory=list)
    limits: list[LimitLine] = field(default_factory=list)
    traps: set[Trap] = field(default_factory=set)
    line: int = 0

    @property
    def digest(self) -> str:
        """What tells that the source changed: everything said about the procedure, not when or on which line."""
        told = asdict(self)
        for key in ("updated_on", "traps", "line"):
            del told[key]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read(lines: Iterator[bytes]) -> Iterator[Sheet | Fault]:
    """Read every line; a broken one gives a Fault and the rest go on. A code met twice counts once."""
    seen: dict[str, int] = {}
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        found = read_line(raw, number)
        if isinstance(found, Sheet):
            if found.code in seen:
                found = Fault(number, found.code, _("mã đã có ở dòng %(line)s") % {"line": seen[found.code]})
            else:
                seen[found.code] = number
        yield found


def read_line(raw: bytes, number: int = 0) -> Sheet | Fault:
    """Read one line of the file."""
    try:
        record = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Fault(number, "", _("không phải UTF-8, từ byte %(byte)s") % {"byte": error.start})
    except (ValueError, RecursionError):
        return Fault(number, "", _("không phải một bản ghi JSON trọn vẹn"))
    return (
        _read_record(record, number)
        if isinstance(record, dict)
        else Fault(number, "", _("không phải một bản ghi JSON"))
    )


def _read_record(record: dict[str, Any], number: int) -> Sheet | Fault:
    code, name = (_line(value) if isinstance(value, str) else "" for value in (record.get("code"), record.get("name")))
    if not code or not name or len(code) > LONGEST["code"]:
        why = _("mã dài quá 60 ký tự") if code and name else _("thiếu mã hoặc tên thủ tục")
        return Fault(number, code[:20], why)
    try:
        return _sheet(record, code, name, number)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        detail = f"{type(error).__name__}: {str(error)[:80]}"
        return Fault(number, code, _("cấu trúc lạ: %(detail)s") % {"detail": detail})


def _sheet(record: dict[str, Any], code: str, name: str, number: int) -> Sheet:
    traps: set[Trap] = set()
    if not CODE.fullmatch(code):
        traps.add(Trap.CODE)
    cases = _cases(record.get("cases") or [])
    path = str(record.get("source_path") or "").split("/")
    sheet = Sheet(
        code=code,
        name=_cut(name, "name", traps),
        field_code=_line((record.get("field_codes") or [""])[0]) or _line(record.get("field")),
        field_name=_line(record.get("field")) or "Chưa phân lĩnh vực",
        kind=KINDS.get(record.get("kind", ""), ProcedureKind.STANDARD),
        is_internal=bool(record.get("internal")) or record.get("kind") == "STANDARD_INTERNAL",
        levels=_levels(record, traps),
        issuer=_cut(_line(record.get("issuer")), "issuer", traps),
        life_event=LIFE_EVENTS.get(path[1], "") if len(path) > 1 else "",
        keywords=_line(record.get("keywords"))[:1000],
        updated_on=_updated_on(record.get("updated_at")),
        facts=_facts(record, cases, traps),
        traps=traps,
        line=number,
    )
    sheet.papers = _papers(record.get("components") or [], traps)
    channels = list(_channels(record.get("channels") or [], traps))
    sheet.fees = _fees(channels, traps)
    sheet.limits = _limits(channels, cases, traps)
    return sheet


def _facts(record: dict[str, Any], cases: list[dict[str, Any]], traps: set[Trap]) -> dict[str, Any]:
    """Fields that go to the revision as they are."""
    results = [row for row in record.get("result") or [] if row.get("name")]
    basis = [row for row in record.get("legal_basis") or [] if row.get("name") or row.get("code")]
    return {
        "decision_number": _cut(_line(record.get("decision_no")), "decision_number", traps),
        "audience": [_line(name) for name in record.get("audience") or []],
        "agency": _text(record.get("agency")),
        "agency_competent": _text(record.get("agency_competent")),
        "agency_coordinating": _text(record.get("agency_coordinating")),
        "receiving_address": _text(record.get("receiving_address")),
        "steps_text": _text(record.get("steps_text")),
        "conditions": _text(record.get("conditions")),
        "time_limit_text": _time_text(_text(record.get("time_limit_text"))),
        "fee_text": "",
        "results": [{"code": _line(row.get("code")), "name": _text(row.get("name"))} for row in results],
        "legal_basis": [{"code": _line(row.get("code")), "name": _line(row.get("name"))} for row in basis],
        "cases": [{"code": case["code"], "name": case["name"]} for case in cases] if len(cases) > 1 else [],
    }


def _levels(record: dict[str, Any], traps: set[Trap]) -> list[str]:
    levels = [_line(name) for name in record.get("levels") or []]
    if set(levels) - LEVELS:
        traps.add(Trap.LEVEL)
    # Customs and tax are flagged "Cấp Xã" too; a commune serves only what its People's Committee performs.
    if "Ngành dọc" in levels and "Cấp Xã" in levels and not PEOPLES_COMMITTEE.search(str(record.get("agency") or "")):
        traps.add(Trap.LEVEL)
        levels.remove("Cấp Xã")
    return levels


def _cases(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cases of the sheet, each code once (the source repeats them)."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = _line(row.get("code"))[:80]
        if code and code not in found:
            value, unit = _measure(row.get("days"), row.get("unit"))
            found[code] = {"code": code, "name": _line(row.get("name")), "value": value, "unit": unit}
    return list(found.values())


def _channels(rows: list[dict[str, Any]], traps: set[Trap]) -> Iterator[dict[str, Any]]:
    """Rows of channels with "=" written out."""
    before = {"note": "", "fee_text": "", "fee_amounts": []}
    for row in rows:
        channel = CHANNELS.get(_line(row.get("method")))
        if channel is None:
            traps.add(Trap.CHANNEL)
            continue
        note, fee = row.get("note") or "", row.get("fee_text") or ""
        amounts = row.get("fee_amounts") or []
        before = {
            "note": before["note"] if note == SAME else _text(note),
            "fee_text": before["fee_text"] if fee == SAME else _text(fee),
            "fee_amounts": before["fee_amounts"] if fee == SAME and not amounts else amounts,
        }
        yield {
            "channel": channel,
            "time": _text(row.get("time")),
            **_channel_limit(row, before["note"], traps),
            **before,
        }


def _channel_limit(row: dict[str, Any], note: str, traps: set[Trap]) -> dict[str, str | None]:
    """The limit of a channel's row: its number, unless its words say "in the day"."""
    value, unit = _measure(row.get("time_value"), row.get("time_unit"))
    told = SAME_DAY.match(note) or SAME_DAY.match(_text(row.get("time")))
    if told and (value, unit) in SAME_DAY_NUMBERS:
        traps.add(Trap.SAME_DAY)
        value, unit = "1", LimitUnit.SAME_DAY
    return {"value": value, "unit": unit}


def _fees(channels: list[dict[str, Any]], traps: set[Trap]) -> list[StatedFee]:
    lines = []
    for row in channels:
        amounts = row["fee_amounts"]
        told = [(match["said"], match["note"] or "") for match in FEE.finditer(row["fee_text"])]
        if len(told) != len(amounts):
            told = [("Đồng", row["fee_text"])] * len(amounts)
        for (name, amount), (said, note) in zip(amounts, told, strict=True):
            dong = amount if "Đồng" in said else None
            lines.append(_fee(row["channel"], _line(name) or "Phí", dong, note.strip(), traps))
    return list(dict.fromkeys(lines))


def _fee(channel: int, name: str, amount: Any, note: str, traps: set[Trap]) -> StatedFee:
    if not isinstance(amount, int) or amount < 0:
        traps.add(Trap.FEE_FOREIGN)  # another currency, or no number
        return StatedFee(channel, name[:300], None, note)
    if amount == 0 and note.strip(" .").casefold() not in FREE:
        traps.add(Trap.FEE_ZERO)  # 0 stands for "the provincial council decides" as often as for free
        return StatedFee(channel, name[:300], None, note)
    return StatedFee(channel, name[:300], amount, note)


def _limits(channels: list[dict[str, Any]], cases: list[dict[str, Any]], traps: set[Trap]) -> list[LimitLine]:
    lines, numbers = [], set()
    for channel in dict.fromkeys(row["channel"] for row in channels):
        rows = [row for row in channels if row["channel"] == channel]
        values = {(row["value"], row["unit"]) for row in rows if row["value"] is not None}
        if len(values) > 1:
            traps.add(Trap.SEVERAL_LIMITS)
        value, unit = values.pop() if len(values) == 1 else (None, "")
        if value is not None:
            numbers.add((value, unit))
        text = "\n".join(dict.fromkeys(_join(row["time"], row["note"]) for row in rows))
        lines.append(LimitLine("", channel, value, unit, text))
    if len(numbers) > 1:
        traps.add(Trap.LIMITS_BY_CHANNEL)
    lines += _case_limits(cases, numbers, traps)
    if any(line.value is not None and as_limit(Decimal(line.value), line.unit) is None for line in lines):
        traps.add(Trap.ODD_LIMIT)
    if all(line.value is None for line in lines):
        traps.add(Trap.NO_LIMIT)
    return lines


def _case_limits(cases: list[dict[str, Any]], of_channels: set[tuple[str, str]], traps: set[Trap]) -> list[LimitLine]:
    """Limits of cases: they count where the channels give no number, or where cases differ from each other."""
    numbers = {(case["value"], case["unit"]) for case in cases if case["value"] is not None}
    if of_channels and numbers - of_channels:
        traps.add(Trap.LIMIT_CONFLICT)
    if not numbers or (of_channels and len(numbers) == 1):
        return []
    if not of_channels:
        traps.add(Trap.LIMIT_FROM_CASE)
    lines = [
        LimitLine(case["code"], None, case["value"], case["unit"], "") for case in cases if case["value"] is not None
    ]
    if len(numbers) == 1 and not of_channels:
        value, unit = next(iter(numbers))
        lines.append(LimitLine("", None, value, unit, ""))
    return lines


def _papers(rows: list[dict[str, Any]], traps: set[Trap]) -> list[Paper]:
    if not rows:
        traps.add(Trap.NO_PAPERS)
    papers: list[Paper] = []
    used: dict[str, int] = {}
    for place, row in enumerate(rows, start=1):
        heading, form = _text(row.get("case")).lstrip("*- ").rstrip(": "), _line(row.get("form"))
        name = re.sub(r"^[-+*•\s]+", "", _text(row.get("name"))) or form
        if not name:
            traps.add(Trap.PAPER_NAMELESS)
            continue
        originals, copies = int(row.get("originals") or 0), int(row.get("copies") or 0)
        kind = _paper_kind(heading, originals + copies, has_form=bool(form))
        if kind == PaperKind.NOTE:
            traps.add(Trap.PAPER_NOTE)
        code = _cut(_line(row.get("code")) or f"TP{place:02d}", "paper_code", traps)[:140]
        used[code] = used.get(code, 0) + 1
        if used[code] > 1:
            traps.add(Trap.PAPER_REPEATED)
            code = f"{code}~{used[code]}"
        papers.append(Paper(code, name, kind, heading, _cut(form, "form_name", traps), originals, copies))
    return papers


def _paper_kind(heading: str, count: int, *, has_form: bool) -> str:
    """A row without originals and copies is a sentence of guidance, whatever its heading says."""
    told = heading.casefold()
    if told.startswith("lưu ý") or (count == 0 and not has_form):
        return PaperKind.NOTE
    return PaperKind.PRESENT if "xuất trình" in told else PaperKind.SUBMIT


def _measure(value: Any, unit: Any) -> tuple[str | None, str]:
    """A number and its unit as a LimitRule stores them; (None, "") for "1 Khác" and the like."""
    known = UNITS.get(str(unit))
    if known is None or isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None, ""
    number = Decimal(str(value)) * known[1]
    if number >= 10_000:
        return None, ""
    return f"{number.normalize():f}", known[0]


def _time_text(text: str) -> str:
    """The sheet's own words, without the empty "1 Khác"."""
    kept = [part.strip() for part in text.split(" | ") if not re.fullmatch(r"\d+([.,]\d+)? Khác", part.strip())]
    return "; ".join(kept).removesuffix(" Khác")


def _join(time: str, note: str) -> str:
    time = _time_text(time)
    return f"{time}. {note}" if time and note else time or note


def _updated_on(milliseconds: Any) -> date | None:
    if not isinstance(milliseconds, int) or not 0 < milliseconds < 10**14:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, tz=VIETNAM).date()


def _cut(text: str, what: str, traps: set[Trap]) -> str:
    if len(text) > LONGEST[what]:
        traps.add(Trap.CUT)
    return text[: LONGEST[what]]


def _line(value: Any) -> str:
    """One line of clean text."""
    return " ".join(_text(value).split())


def _text(value: Any) -> str:
    """Clean text that keeps its lines: NFC, no control or invisible characters."""
    if value is None:
        return ""
    if not isinstance(value, str):
        message = f"text expected, not {type(value).__name__}"
        raise TypeError(message)
    text = value if unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)
    return INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")).strip()
