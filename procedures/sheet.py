"""The public sheet of a revision, put into lines for a page: fees with the saving online, times, papers, where to file.

Pure: works on rows already read. Called by the views of this room only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import OrgUnit
from portal import clock
from portal.templatetags.ui import money
from procedures.enums import ONLINE_LEVELS, Channel, FeePer, OfflineReason, PaperKind, ResumePolicy, ServiceLevel
from procedures.fees import FeeRow, in_scope, prices
from procedures.limits import as_limit, limit_for, limit_words
from procedures.models import FeeRule, LimitRule, OnlineOffering, RequiredPaper, Revision
from procedures.start_rules import START_RULES

LONGEST_ANSWER = 200  # a longer time text is no one-line answer; it stands in the details


@dataclass(frozen=True, slots=True)
class FeeLine:
    """What one case costs: one text when every channel costs the same, else both and what filing online saves."""

    case: str
    same: str = ""
    online: str = ""
    desk: str = ""
    saving: str = ""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """How long one case takes."""

    case: str
    text: str


@dataclass(frozen=True, slots=True)
class PaperGroup:
    """Papers under one heading."""

    title: str
    papers: tuple[RequiredPaper, ...]
    is_note: bool

    @property
    def is_conditional(self) -> bool:
        """Whether nobody must bring any of them in every case."""
        return not self.is_note and not any(paper.is_required for paper in self.papers)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One way to file, with its time and fees, as the official sheet lists them."""

    label: str
    time: str
    fees: tuple[FeeRule, ...]
    lowered: tuple[FeeRule, ...] = ()  # for one kind of people


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One limit as the clock counts it: for whom, how long, from when, and how it goes on after a stop."""

    scope: str
    limit: str
    start: str
    resume: str


@dataclass(frozen=True, slots=True)
class FilingPlace:
    """Where a procedure is filed: an authority, its counter, and how far online."""

    unit: OrgUnit
    level: int
    reason: str
    note: str
    address: str
    phone: str

    @property
    def is_online(self) -> bool:
        """May be filed online there."""
        return self.level in ONLINE_LEVELS


def fee_lines(revision: Revision, rules: Sequence[FeeRule]) -> list[FeeLine]:
    """Give one line a case (one in all when cases cost the same); the sheet's own short words when channels cost the same."""
    lines = [_fee_line(name, rules, case) for case, name in _cases(revision)]
    if revision.fee_text and len(revision.fee_text) <= LONGEST_ANSWER and all(line.same for line in lines):
        return [FeeLine("", same=revision.fee_text)]
    plain = {(line.same, line.online, line.desk) for line in lines}
    return [_unnamed_fee(lines[0])] if len(plain) == 1 else lines


def time_lines(revision: Revision, rules: Sequence[LimitRule]) -> list[TimeLine]:
    """Give one line a case; the sheet's own words when they are short, else the numbers of the desk's clock."""
    text = revision.time_limit_text
    if text and len(text) <= LONGEST_ANSWER:
        return [TimeLine("", text)]
    lines = [TimeLine(name, _time(rules, case)) for case, name in _cases(revision)]
    return [TimeLine("", lines[0].text)] if len({line.text for line in lines}) == 1 else lines


def paper_groups(revision: Revision, papers: Iterable[RequiredPaper]) -> list[PaperGroup]:
    """Give papers by case and heading, in the order of the sheet; notes apart at the end."""
    cases = {case["code"]: case["name"] for case in revision.cases}
    groups: dict[str, list[RequiredPaper]] = {}
    notes: list[RequiredPaper] = []
    for paper in papers:
        if paper.kind == PaperKind.NOTE:
            notes.append(paper)
            continue
        kind = _("Giấy tờ phải xuất trình") if paper.kind == PaperKind.PRESENT else _("Giấy tờ phải nộp")
        title = paper.heading or kind
        if paper.case_code in cases:
            title = f"{title} – {cases[paper.case_code]}"
        groups.setdefault(title, []).append(paper)
    found = [PaperGroup(title, tuple(rows), is_note=False) for title, rows in groups.items()]
    return [*found, PaperGroup(_("Lưu ý"), tuple(notes), is_note=True)] if notes else found


def steps(revision: Revision) -> list[str]:
    """Give the steps of the sheet one by one where it lists them with dashes; empty where it tells them in prose."""
    lines = [line.strip() for line in revision.steps_text.splitlines() if line.strip()]
    return [line[2:].strip() for line in lines] if all(line.startswith("- ") for line in lines) else []


def channel_rows(fees: Sequence[FeeRule], limits: Sequence[LimitRule]) -> list[ChannelRow]:
    """Give the ways to file that the sheet names, each with its own time and fees."""
    named = {row.channel for row in [*fees, *limits] if row.channel is not None}
    rows = []
    for channel in (Channel.ONLINE, Channel.DESK, Channel.POST):
        if channel not in named:
            continue
        own = [row for row in limits if row.channel == channel and not row.case_code]
        text = own[0].text if own and own[0].text else _time(limits, "", channel)
        those = [row for row in fees if row.channel == channel]
        rows.append(ChannelRow(_sentence(channel.label), text, *for_whom(those)))
    return rows


def for_whom(fees: Iterable[FeeRule]) -> tuple[tuple[FeeRule, ...], tuple[FeeRule, ...]]:
    """Fees of everybody, and those of one kind of people, each kind of a price named once."""
    rows = list(fees)
    lowered = {(row.subject, row.amount, row.per): row for row in rows if row.subject}
    return tuple(row for row in rows if not row.subject), tuple(lowered.values())


def clock_lines(revision: Revision, rules: Iterable[LimitRule]) -> list[ClockLine]:
    """Give how the clock will treat each limit of a revision: for the people who publish it."""
    cases = {case["code"]: case["name"] for case in revision.cases}
    lines = []
    for row in rules:
        limit, rule = as_limit(row.value, row.unit), START_RULES.get(row.start_rule)
        scope = [cases.get(row.case_code, row.case_code), Channel(row.channel).label if row.channel else ""]
        lines.append(
            ClockLine(
                scope=_sentence(", ".join(part for part in scope if part)) or _("Mọi trường hợp, mọi hình thức nộp"),
                limit=limit_words(limit) if limit else _("chưa có số, hệ thống không tính được hạn"),
                start=str(rule.label) if rule else _("theo quy định chung của pháp luật"),
                resume=str(ResumePolicy(row.resume_policy).label),
            )
        )
    return lines


def places(offerings: Iterable[OnlineOffering], desks: dict[int, OrgUnit]) -> list[FilingPlace]:
    """Give where to file; `desks` are counters by the unit they belong to."""
    return [
        FilingPlace(
            unit=row.unit,
            level=row.level,
            reason=_sentence(OfflineReason(row.reason).label) if row.reason else "",
            note=row.reason_note,
            address=(desks[row.unit_id].address if row.unit_id in desks else "") or row.unit.address,
            phone=(desks[row.unit_id].phone if row.unit_id in desks else "") or row.unit.phone,
        )
        for row in offerings
    ]


def level_text(level: int) -> str:
    """A service level as a person reads it."""
    return _sentence(ServiceLevel(level).label)


def _cases(revision: Revision) -> list[tuple[str, str]]:
    return [(case["code"], case["name"]) for case in revision.cases] or [("", "")]


def _fee_line(case_name: str, rules: Sequence[FeeRule], case: str) -> FeeLine:
    today = clock.today()
    online, desk = (in_scope(rules, case, channel, today) for channel in (Channel.ONLINE, Channel.DESK))
    if not online or not desk:
        return FeeLine(case_name, same=prices(online or desk))
    if prices(online) == prices(desk):
        return FeeLine(case_name, same=prices(online))
    return FeeLine(case_name, online=prices(online), desk=prices(desk), saving=_saving(online, desk))


def _saving(online: Sequence[FeeRow], desk: Sequence[FeeRow]) -> str:
    """What filing online saves, where both ways count alike."""
    if [row.per for row in online] != [row.per for row in desk] or any(row.per != FeePer.FLAT for row in online[1:]):
        return ""
    amounts = [[row.amount for row in rows] for rows in (online, desk)]
    if None in (*amounts[0], *amounts[1]):
        return ""
    less = sum(map(int, amounts[1])) - sum(map(int, amounts[0]))
    return money(less) if less > 0 else ""


def _unnamed_fee(line: FeeLine) -> FeeLine:
    return FeeLine("", line.same, line.online, line.desk, line.saving)


def _time(rules: Sequence[LimitRule], case: str, channel: int = Channel.DESK) -> str:
    limit = limit_for(rules, case, channel)
    if limit is not None:
        return limit_words(limit)
    return _("chưa ghi bằng số; xem phần trình tự thực hiện hoặc hỏi quầy")


def _sentence(label: Any) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]
