"""The sections of the citizen's dossier page: what each shows and when. Assembled by dossiers.citizen.page. Reads only."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import answers, clocks, money, paper_checks
from dossiers.citizen.rows import file_rows, holders, late_answer, mark, stages
from dossiers.enums import (
    APOLOGIES,
    FINAL_STATES,
    OWING_STATES,
    PUBLIC_STAGE,
    Action,
    Delivery,
    PrintedName,
    PublicStage,
    State,
)
from dossiers.events import EVENTS, told_to_citizens
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.papers import for_citizens
from dossiers.reading import Page, Reading
from dossiers.sections import Context, Section, add, filer
from dossiers.services import terms
from portal import clock, sealing
from portal.templatetags.ui import moment
from portal.templatetags.ui import money as in_words

# ── where it stands ──────────────────────────────────────────────────────────────────────────────


def standing(reading: Reading) -> Context:
    """The number, and the status in one of the public words."""
    return {"mark": mark(reading.dossier)}


def todo(reading: Reading) -> Context | None:
    """What the citizen must do now: the card above everything else."""
    card = _supplement_card(reading) or _check_card(reading) or _payment_card(reading.dossier)
    card = card or _collect_card(reading.dossier)
    return {"todo": card} if card else None


def news(reading: Reading) -> Context | None:
    """What the citizen should know and need not act on; while there is something to do, that alone stands out."""
    card = _withdrawal_card(reading.dossier) or _late_card(reading.dossier) or _apology_card(reading)
    return {"todo": card} if card and not todo(reading) else None


def waiting(dossier: Dossier, supplements: Iterable[Supplement]) -> Supplement | None:
    """The request that waits for the citizen, if any."""
    if PUBLIC_STAGE.get(State(dossier.state)) != PublicStage.NEEDS_YOU:
        return None
    return next((one for one in supplements if one.answered_at is None), None)


def _supplement_card(reading: Reading) -> dict[str, str] | None:
    supplement = waiting(reading.dossier, reading.supplements)
    if supplement is None:
        return None
    can_answer = reading.is_filer and Action.ANSWER_SUPPLEMENT in reading.actions
    last = clocks.last_day(supplement.answer_by, reading.dossier.receiving_unit_id)
    words = {"count": len(supplement.items), "day": f"{last:%d/%m/%Y}"}
    return {
        "tone": "warning",
        "title": _("Bổ sung %(count)s mục trước hết ngày %(day)s") % words,
        "text": supplement.reason,
        "url": reverse("my:supplement", args=[reading.dossier.reference]) if can_answer else "",
        "action": _("Xem và bổ sung"),
    }


def _check_card(reading: Reading) -> dict[str, str] | None:
    """The draft of the result lies with the applicant."""
    asked = paper_checks.open_of(reading.dossier) if reading.dossier.state == State.CHECKING else None
    if asked is None:
        return None
    where = _("Bạn trả lời trên cổng hoặc tại %(desk)s.") if reading.is_filer else _("Trả lời tại %(desk)s.")
    unless = paper_checks.unless(silence_agrees=asked.silence_agrees)
    return {
        "tone": "warning",
        "title": _("Kiểm tra bản dự thảo, trả lời trước hết ngày %(day)s") % {"day": f"{asked.answer_by:%d/%m/%Y}"},
        "text": f"{unless} {where % {'desk': reading.dossier.receiving_unit.name}}",
        "url": reverse("my:paper_check", args=[reading.dossier.reference]),
        "action": _("Xem bản dự thảo"),
    }


def _payment_card(dossier: Dossier) -> dict[str, str] | None:
    """A payment that was asked for: the house waits for it."""
    owed = money.owed(dossier)
    if dossier.state != State.PAYMENT or not owed:
        return None
    asked = dossier.fee_facts.get(terms.ASKED) or [{"name": "", "answer_by": ""}]
    day = ".".join(reversed(asked[-1]["answer_by"].split("-"))).replace(".", "/")
    return {
        "tone": "warning",
        "title": _("Nộp %(amount)s trước hết ngày %(day)s") % {"amount": in_words(owed), "day": day},
        "text": _("%(name)s. Trong lúc chờ, thời hạn giải quyết tạm dừng.") % {"name": asked[-1]["name"]},
        "url": reverse("my:pay", args=[dossier.reference]),
        "action": _("Xem cách nộp"),
    }


def _collect_card(dossier: Dossier) -> dict[str, str] | None:
    if dossier.state != State.DONE or dossier.delivery == Delivery.ONLINE:
        return None
    words = {"desk": dossier.receiving_unit.name}
    text = _("Mang giấy tờ tùy thân đến %(desk)s trong giờ làm việc. Bản điện tử có thể tải ngay bên dưới.") % words
    return {"tone": "success", "title": _("Kết quả đã có, mời bạn đến nhận"), "text": text, "url": "", "action": ""}


def _withdrawal_card(dossier: Dossier) -> dict[str, str] | None:
    if not dossier.wants_withdrawal or dossier.state in FINAL_STATES:
        return None
    text = _("Cơ quan giải quyết sẽ trả lời bạn. Trong lúc chờ, hồ sơ vẫn được giữ nguyên.")
    return {"tone": "info", "title": _("Bạn đã đề nghị rút hồ sơ"), "text": text, "url": "", "action": ""}


def _late_card(dossier: Dossier) -> dict[str, str] | None:
    """The house is late with its first answer, and says so."""
    late = late_answer(dossier)
    return {"tone": "warning", **late, "url": "", "action": ""} if late else None


def _apology_card(reading: Reading) -> dict[str, str] | None:
    """The house is late, has said so, and names another time."""
    dossier = reading.dossier
    before, now_due = dossier.reappointed_from, dossier.due_at
    if before is None or now_due is None or dossier.state in FINAL_STATES or dossier.state == State.DONE:
        return None
    why = next((event.words for event in reversed(reading.events) if event.code in APOLOGIES), "") or ""
    words = {"due": moment(now_due), "before": moment(before)}
    return {
        "tone": "warning",
        "title": _("Cơ quan xin lỗi, hẹn lại %(due)s (hẹn trước: %(before)s)") % words,
        "text": _("Lý do: %(why)s Văn bản xin lỗi ở mục Giấy tờ nhận được.") % {"why": why},
        "url": "",
        "action": "",
    }


def way(reading: Reading) -> Context:
    """The stations of the way, and the one it stands at."""
    return {"stages": stages(reading.dossier)}


def facts(reading: Reading) -> Context:
    """Due time and why, who holds it (by unit; persons are not named), delivery, fee, the secret for its filer."""
    dossier = reading.dossier
    has_secret = bool(dossier.secret_sealed) and reading.is_filer
    return {
        "due": due(dossier),
        "why_due": reading.why_due,
        "holders": holders(dossier, reading.work),
        "secret": sealing.unseal(dossier.secret_sealed) if has_secret else "",
        "fee": terms.due(dossier),
        "may_pay": dossier.state in OWING_STATES and (money.owed(dossier) or 0) > 0,
    }


def due(dossier: Dossier) -> dict[str, Any] | None:
    """Until when the authority must answer; None once it has, or while nothing runs."""
    if dossier.state in FINAL_STATES or dossier.state == State.DONE:
        return None
    if dossier.state == State.SUBMITTED:
        at, unit, words = dossier.accept_by, dossier.receiving_unit, _("Trả lời tiếp nhận")
    else:
        at, unit, words = dossier.due_at, dossier.competent_unit, _("Hẹn trả kết quả")
    stands = dossier.clock_stopped_at is not None or dossier.state == State.INTAKE_FIX
    left = None if at is None or stands else clocks.minutes_left(clock.now(), at, clocks.calendar_of(unit))
    return {"words": words, "at": at, "left": left, "stands": stands}


# ── what came of it, what was sent ───────────────────────────────────────────────────────────────


def result(reading: Reading) -> Context | None:
    """What came of it, before everything else that may be read: the result, to download as soon as it is made.

    It bears no tick: it may be a refusal, or the extract of a death.
    """
    found = reading.result
    if found is None:
        return None
    paper = next((form for form in reading.printed if form.name == PrintedName.RESULT), None)
    return {"result": found, "paper": paper}


def received(reading: Reading) -> Context | None:
    """The other papers: those that are made to download, the others with since when they wait."""
    meant = set(for_citizens()) - {PrintedName.RESULT}
    printed = [form for form in reading.printed if form.name in meant]
    return {"printed": printed} if printed else None


def history(reading: Reading) -> Context:
    """What happened, newest first, in the words of the ledger; reasons only where they are meant for the citizen."""
    told = set(told_to_citizens())
    return {"events": [_happening(event) for event in reversed(reading.events) if event.code in told]}


def _happening(event: Any) -> dict[str, Any]:
    kind = EVENTS[event.code]
    return {
        "title": str(kind.citizen),
        "at": event.happened_at,
        "text": event.words or "",
        "tone": kind.tone,
        "icon": kind.icon,
    }


def files(reading: Reading) -> Context:
    """What was sent."""
    return {"files": file_rows(reading.dossier, reading.attachments)}


def form_answers(reading: Reading) -> Context | None:
    """What was filled in, in words."""
    groups = answers.summary(reading.dossier, parties=reading.parties)
    return {"groups": groups} if groups else None


def withdrawal(reading: Reading) -> Context | None:
    """The way out, while there is one."""
    possible = set(reading.actions) & {Action.WITHDRAW, Action.REQUEST_WITHDRAWAL}
    return {} if possible and not reading.dossier.wants_withdrawal else None


def _section(name: str, order: int, title: Any, context: Any, **more: Any) -> Section:
    return Section(Page.CITIZEN, name, title, order, f"dossiers/citizen/sections/{name}.html", context, **more)


SECTIONS = (
    _section("standing", 10, gettext_lazy("Tình trạng"), standing, is_quiet=True),
    _section("todo", 20, gettext_lazy("Việc bạn cần làm"), todo, is_quiet=True),
    Section(
        Page.CITIZEN,
        "news",
        gettext_lazy("Cần biết"),
        25,
        "dossiers/citizen/sections/todo.html",
        news,
        is_quiet=True,
    ),
    _section("result", 27, gettext_lazy("Kết quả"), result, is_quiet=True),
    _section("way", 30, gettext_lazy("Hồ sơ đã đến đâu"), way, is_quiet=True),
    _section("facts", 40, gettext_lazy("Thông tin chung"), facts, is_quiet=True),
    _section("received", 50, gettext_lazy("Giấy tờ nhận được"), received),
    _section("history", 60, gettext_lazy("Diễn biến"), history),
    _section("files", 70, gettext_lazy("Tệp đã gửi"), files),
    _section("answers", 80, gettext_lazy("Nội dung đã kê khai"), form_answers, is_quiet=True),
    _section("withdrawal", 90, gettext_lazy("Rút hồ sơ"), withdrawal, sees=filer, is_quiet=True),
)
add(*SECTIONS)
