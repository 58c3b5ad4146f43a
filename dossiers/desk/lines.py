"""Lines of the inbox: each drawn once a process while nothing it shows changes, and put under heads by the day they are due.

A clerk opens the same list all day long. Drawing fifty lines takes longer than all else on the page (docs/performance.md);
what was drawn is kept under every value that stands in it, so nothing can be shown that is not so any more.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Membership, OrgUnit
from accounts.naming import place_names
from dossiers import clocks, workflow
from dossiers.desk.rows import state_badge
from dossiers.enums import FINAL_STATES, State
from portal import clock
from portal.templatetags.ui import badge, moment_short
from portal.worktime import WorkCalendar
from procedures import naming as procedure_names
from procedures.enums import StepKind

VALUES = (
    "id",
    "legal_at",
    "due_at",
    "closed_at",
    "is_waiting",
    "is_asked",
    "name",
    "kind",
    "parent_id",
    "position",
    "steps_total",
    "unit_id",
    "holder_id",
    "opened_at",
    "held_since",
    "dossier_id",
    "dossier__version",
    "dossier__code",
    "dossier__reference",
    "dossier__state",
    "dossier__wants_withdrawal",
    "dossier__owner_name",
    "dossier__owner_place_code",
    "dossier__procedure_id",
)
# Columns that a reader may leave out or add; due time, code and act always stand.
COLUMNS = {
    "thu-tuc": gettext_lazy("Thủ tục"),
    "chu": gettext_lazy("Chủ hồ sơ"),
    "dia-ban": gettext_lazy("Phường, xã"),
    "buoc": gettext_lazy("Bước"),
    "giu-tu": gettext_lazy("Nhận từ"),
    "han-buoc": gettext_lazy("Hạn bước"),
}
USUAL = ("thu-tuc", "chu", "buoc", "han-buoc")
MARKED = "is_given_back"  # stands behind the values, where a list marks it (dossiers.desk.inbox.given_back)
MOST = 5000  # lines kept by a process: some megabytes
FAR = 10  # working days; what is due later lies under one head
_kept: dict[tuple[Any, ...], dict[str, Any]] = {}


@dataclass(slots=True)
class Lines:
    """Lines under one head. `number` counts them, where the page shows them all."""

    head: str
    tone: str = ""
    number: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def mark(self) -> SafeString | str:
        """The head as icon and word; a badge only when it is late or due today."""
        return badge(self.tone, self.head) if self.tone else self.head


def drawn(
    found: Iterable[Sequence[Any]],
    *,
    memberships: Iterable[Membership],
    now: datetime,
    is_done: bool,
    columns: tuple[str, ...] = USUAL,
    chosen: Collection[int] = (),
) -> list[dict[str, Any]]:
    """Cells of the items of a list, and their drawn line (`html`). `found`: VALUES of each, and whether it is marked.

    `chosen`: items that are ticked.
    """
    rows = [dict(zip((*VALUES, MARKED), row, strict=False)) for row in found]
    places = place_names(row["dossier__owner_place_code"] for row in rows) if "dia-ban" in columns else {}
    names = procedure_names.procedures(row["dossier__procedure_id"] for row in rows)
    roles: dict[int, set[str]] = {}
    for held in memberships:
        roles.setdefault(held.unit_id, set()).add(held.role)
    doers: dict[tuple[str, str], frozenset[str]] = {}
    lines = []
    for row in rows:
        step = (row["kind"], row["dossier__state"])
        if step not in doers:
            doers[step] = workflow.doers(*step)
        here = roles.get(row["unit_id"], set())
        is_open = row["closed_at"] is None
        shown = {
            "procedure": names[row["dossier__procedure_id"]].name,
            "may_take": is_open and row["holder_id"] is None and bool(doers[step] & here),
            "is_question": row["is_asked"] and row["unit_id"] in roles,
            "is_behind": is_open and not row["is_waiting"] and row["kind"] != StepKind.RETURN and row["due_at"] < now,
            "is_done": is_done,
            "place": places.get(row["dossier__owner_place_code"], ""),
            "columns": columns,
            "is_picked": row["id"] in chosen,
        }
        lines.append(_line(row, shown))
    return lines


def grouped(
    lines: Iterable[dict[str, Any]], units: Iterable[OrgUnit], now: datetime, *, is_whole: tuple[bool, bool]
) -> list[Lines]:
    """Lines under heads by the day they are due. `is_whole`: whether the list begins, and ends, on this page."""
    calendars, today = clocks.calendars(units), clock.local(now).date()
    heads: dict[tuple[Any, ...], tuple[str, str]] = {}
    groups: list[Lines] = []
    for line in lines:
        at = line["legal_at"]
        key = (clock.local(at).date(), at < now, line["unit_id"])
        if key not in heads:
            heads[key] = _head(key[0], today, calendars.get(line["unit_id"]), is_late=key[1])
        head, tone = heads[key]
        if not groups or groups[-1].head != head:
            groups.append(Lines(head, tone))
        groups[-1].rows.append(line)
    begins, ends = is_whole
    for place, group in enumerate(groups):
        cut = (place == 0 and not begins) or (place == len(groups) - 1 and not ends)
        group.number = "" if cut else str(len(group.rows))
    return groups


def forget() -> None:
    """Drop what is kept (tests)."""
    _kept.clear()


def _head(due: date, today: date, calendar: WorkCalendar | None, *, is_late: bool) -> tuple[str, str]:
    """What stands over the lines due on a day, and its tone."""
    if is_late:
        days = _workdays(due, today, calendar)
        if not days:  # today, or since then nobody has worked
            return _("Quá hạn hôm nay") if due == today else _("Vừa quá hạn"), "danger"
        return _("Quá hạn %(number)s ngày") % {"number": days}, "danger"
    if due <= today:
        return _("Đến hạn hôm nay"), "warning"
    days = max(1, _workdays(today, due, calendar))
    if days > FAR:
        return _("Còn hơn %(number)s ngày làm việc") % {"number": FAR}, ""
    return _("Còn %(number)s ngày làm việc") % {"number": days}, ""


def _workdays(after: date, until: date, calendar: WorkCalendar | None) -> int:
    """Working days after a day, up to another; days of the week where there is no calendar."""
    if calendar is None:
        return (until - after).days
    days = (date.fromordinal(number) for number in range(after.toordinal() + 1, until.toordinal() + 1))
    return sum(calendar.is_workday(day) for day in days)


def _line(row: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    key = (get_language(), *row.values(), *shown.values())
    line = _kept.get(key)
    if line is None:
        if len(_kept) >= MOST:
            _kept.clear()
        line = _kept[key] = _cells(row, shown)
        html = get_template("dossiers/desk/_line.html").render({"row": line})
        line["html"] = mark_safe(html)  # noqa: S308  a template drew it
    return line


def _cells(row: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    code, state = row["dossier__code"] or row["dossier__reference"], State(row["dossier__state"])
    head, dash, tail = code.rpartition("-")
    question = row["id"] if row["kind"] == StepKind.CONSULT else row["parent_id"]
    asked = shown["is_question"]
    return {
        **shown,
        "id": row["id"],
        "unit_id": row["unit_id"],
        "kind": row["kind"],
        "holder_id": row["holder_id"],
        "dossier_id": row["dossier_id"],
        "dossier_state": row["dossier__state"],
        "legal_at": row["legal_at"],
        "url": reverse("desk:consultation", args=[question])
        if asked
        else reverse("desk:dossier", args=[row["dossier_id"]]),
        "code": code,
        "code_head": head + dash,
        "code_tail": tail,
        # Of a question nothing stands here but the question: neither whose dossier it is nor how it fares.
        "owner": "" if asked else row["dossier__owner_name"],
        "step": _step(row, is_asked=asked),
        "due": moment_short(row["closed_at"] or row["legal_at"])
        if row["closed_at"] or row["kind"] != StepKind.RETURN
        else "",
        "step_due": "" if row["kind"] == StepKind.RETURN or row["closed_at"] else moment_short(row["due_at"]),
        "since": moment_short(row["held_since"] or row["opened_at"]),
        "pick": f"{row['id']}-{row['dossier__version']}",
        "state": state_badge(state) if row["closed_at"] and not asked else "",
        "place": "" if asked else shown["place"],
        "wants_withdrawal": not asked and bool(row["dossier__wants_withdrawal"]) and state not in FINAL_STATES,
        "is_given_back": bool(row.get(MARKED)),
        "is_waiting": row["is_waiting"],
        "is_to_fetch": row["kind"] == StepKind.RETURN,
    }


def _step(row: dict[str, Any], *, is_asked: bool) -> str:
    """The place in the route, `1/7 Tiếp nhận`; what lies beside the route has none."""
    if is_asked or not row["position"]:
        return str(row["name"])
    return f"{row['position']}/{row['steps_total']} {row['name']}"
