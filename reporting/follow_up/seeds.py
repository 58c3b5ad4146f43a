"""What the demo shows of what follows a figure, one of each, done by people of the cast through the services.

Run after the months are closed; a second run only asks for explanations of months closed since.
"""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import OrgUnit, User
from accounts.seeds import accounts_of_cast
from portal import clock
from portal.clock import Month
from portal.templatetags.ui import day
from reporting.enums import ShortfallState, Soundness
from reporting.follow_up.letters import first_words
from reporting.follow_up.queries import missed_by, targets_held
from reporting.follow_up.services import checking, doing, explaining, meeting, opening, receiving, reminding
from reporting.indicators.online_share_all import ONLINE_SHARE_ALL
from reporting.models import IntegrityCase, MeetingMinutes, ReminderLetter, Shortfall

WARD = "p-vung-tau"


def load() -> None:
    """Ask for explanations of closed months; once, let the cast answer some. Does nothing twice."""
    for run_id in list(opening.waiting().order_by("month", "version").values_list("pk", flat=True)):
        opening.open_month(run_id=run_id)
    people = accounts_of_cast()
    ward = OrgUnit.objects.filter(code=WARD).first()
    if ward is None or MeetingMinutes.objects.exists() or not {"signer", "home_affairs_second"} <= people.keys():
        return
    head, first, second = people["signer"], people["home_affairs"], people["home_affairs_second"]
    _take_note(head, ward)
    own = list(Shortfall.objects.filter(unit=ward).select_related("unit", "run").order_by("month"))
    if own:
        _explain(own[-1], head, first)
    if len(own) > 1:
        _explain(own[0], head, first, accept=True)
    _remind(first, second)
    _meet(first, second, ward)
    for case, verdict in zip(IntegrityCase.objects.order_by("pk"), (Soundness.VALID, Soundness.INVALID), strict=False):
        reason = "" if verdict == Soundness.VALID else _("Yêu cầu bổ sung giấy tờ đã có trong hồ sơ.")
        checking.mark(by=second, case_id=case.pk, verdict=verdict, reason=reason)


def _take_note(head: User, ward: OrgUnit) -> None:
    """All targets but the last of the year, so that one waits."""
    year = clock.today().year
    held = [row.pk for row in targets_held(year, [ward.pk])[ward.pk]]
    if held[:-1]:
        receiving.take_note(by=head, unit_id=ward.pk, target_ids=held[:-1], year=year)


def _explain(one: Shortfall, head: User, home_affairs: User, *, accept: bool = False) -> None:
    """Sent, given back and sent again: a version before the last. Accepted, one measure is done."""
    if one.state != ShortfallState.OPEN:
        return
    facts: dict[str, Any] = {"by": head, "shortfall_id": one.pk}
    words = _("Người dân quen nộp tại quầy; hai cán bộ mới nhận việc.")
    explaining.send(**facts, revision=1, draft=_draft(words), content=_content(one, words))
    back = _("Hãy nêu số hồ sơ dự kiến của từng biện pháp.")
    explaining.give_back(by=home_affairs, shortfall_id=one.pk, seq=2, words=back)
    fuller = _("%(words)s Mỗi biện pháp đã ghi số hồ sơ dự kiến.") % {"words": words}
    explaining.send(**facts, revision=2, draft=_draft(fuller), content=_content(one, fuller, expected=25))
    if accept:
        done = explaining.accept(by=home_affairs, shortfall_id=one.pk, seq=4)
        doing.end(by=head, remedy_id=done[0].pk, words=_("Đã hướng dẫn tại ba khu phố, 31 người tham gia."))


def _rows(expected: int | None) -> list[tuple[str, str, int | None, date]]:
    today = clock.today()
    return [
        (_("Hướng dẫn nộp trực tuyến tại nhà văn hóa các khu phố"), _("Tổ công nghệ số cộng đồng"), expected, today),
        (_("Đặt máy tính và người hướng dẫn tại Bộ phận Một cửa"), _("Trưởng Bộ phận Một cửa"), expected, _in(20)),
    ]


def _in(days: int) -> date:
    return clock.today() + timedelta(days=days)


def _draft(words: str) -> dict[str, Any]:
    """As the head's page keeps it."""
    rows = [
        {"text": text, "owner": owner, "due_on": day(until), "indicator": "", "procedure": "", "expected": ""}
        for text, owner, _expected, until in _rows(None)
    ]
    return {"causes": ["citizens", "people"], "words": words, "rows": rows}


def _content(one: Shortfall, words: str, expected: int | None = None) -> dict[str, Any]:
    missed = missed_by(one)
    measures = [
        {
            "text": text,
            "indicator": missed[0].indicator if missed else "",
            "procedure": None,
            "procedure_name": "",
            "expected": number,
            "owner": owner,
            "due_on": until.isoformat(),
        }
        for text, owner, number, until in _rows(expected)
    ]
    return {"causes": ["citizens", "people"], "words": words, "measures": measures}


def _remind(first: User, second: User) -> None:
    """One letter issued, one that waits for the second person."""
    waiting = Shortfall.objects.filter(state=ShortfallState.OPEN).select_related("unit", "run").order_by("-month", "pk")
    for place, one in enumerate(waiting[:2]):
        if ReminderLetter.objects.filter(shortfall=one).exists():
            continue
        subject, words = first_words(one)
        facts: dict[str, Any] = {"shortfall_id": one.pk, "subject": subject, "words": words}
        letter = reminding.save_draft(by=first, letter_id=None, revision=0, **facts)
        if place == 0:
            reminding.issue(by=second, letter_id=letter.pk, revision=1)


def _meet(first: User, second: User, ward: OrgUnit) -> None:
    """Minutes that one wrote and the other confirmed, with a task for the ward."""
    last = Month.of(clock.today()).previous
    row = {
        "unit": ward.pk,
        "text": _("Lập danh sách thủ tục nhiều hồ sơ giấy nhất và mời người dân nộp trực tuyến"),
        "indicator": ONLINE_SHARE_ALL.code,
        "procedure": None,
        "expected": 40,
        "owner": _("Văn phòng HĐND và UBND phường"),
        "due_on": _in(15).isoformat(),
    }
    said = meeting.Concluded(
        held_on=clock.today(),
        place=_("Phòng họp số 2"),
        present=_("Lãnh đạo UBND các phường, xã; đại diện Nội vụ"),
        conclusions=_("Kiểm điểm chỉ tiêu tháng %(month)s; các đơn vị chưa đạt thực hiện việc được giao.")
        % {"month": last.label},
        tasks=[row],
    )
    draft = {
        "held_on": day(said.held_on),
        "place": str(said.place),
        "present": str(said.present),
        "conclusions": str(said.conclusions),
        "rows": [{**_as_typed(row), "unit": ward.name}],
    }
    kept = meeting.save_draft(by=first, minutes_id=None, revision=0, draft=draft)
    meeting.settle(by=second, minutes_id=kept.pk, revision=kept.revision, draft=draft, said=said)


def _as_typed(row: dict[str, Any]) -> dict[str, str]:
    """A task as its form keeps it."""
    found = {name: str(row[name] or "") for name in ("text", "indicator", "procedure", "expected", "owner")}
    return found | {"due_on": day(date.fromisoformat(row["due_on"]))}
