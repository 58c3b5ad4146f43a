"""Pages of what follows a figure, for heads and home affairs: what waits, targets to take note of, explanations, measures."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import managers_only
from accounts.models import User
from portal import clock
from portal.errors import StaleError, UserError
from portal.text import clean
from reporting import boards
from reporting import queries as figures
from reporting.enums import Basis, Part, RemedyState, ShortfallState
from reporting.follow_up import queries
from reporting.follow_up.forms import LONGEST, ExplanationForm
from reporting.follow_up.posts import Posts
from reporting.follow_up.queries import Sight
from reporting.follow_up.rules import causes
from reporting.follow_up.services import doing, explaining, receiving
from reporting.gap import Figure, conversions
from reporting.indicators import INDICATORS
from reporting.models import ClosedVerdict, Remedy, Shortfall
from reporting.queries import Unit


@managers_only
def overview(request: HttpRequest) -> HttpResponse:
    """What waits: explanations, targets nobody took note of, measures that are open."""
    units = figures.board_units()
    seen = _sight(request, units)
    today, found = clock.today(), queries.shortfalls(seen)
    remedies = list(queries.remedies(seen))
    targets = figures.Targets.of_year(today.year, units)
    exist = [
        unit for unit in units.values() if seen.covers(unit.pk) and (unit.valid_to is None or unit.valid_to >= today)
    ]
    held = {unit.pk: rows for unit in exist if (rows := queries.held_to(targets, unit))}
    posts = Posts([*held, *(one.unit_id for one in found)])
    known = queries.receipts(today.year, seen)
    notes = [queries.note_row(units[pk], rows, known.get(pk, {}), _head_of(posts, pk)) for pk, rows in held.items()]
    open_ones = [one for one in found if one.state != ShortfallState.ACCEPTED]
    context = {
        "rows": [(one, _head_of(posts, one.unit_id)) for one in found],
        "notes": sorted(notes, key=lambda row: -row.lacks),
        "remedies": remedies,
        "sentence": _sentence(open_ones, notes, remedies),
        "headless": [row.unit.label for row in notes if not row.head] if seen.everything else [],
        "year": str(today.year),
    }
    return render(request, "reporting/follow_up.html", context)


@managers_only
def targets_of_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The targets a unit is held to this year, and who took note of each; its head takes note here."""
    units = figures.board_units()
    if unit_id not in units or not _sees(request, units, unit_id):
        raise Http404
    year = clock.today().year
    if request.method == "POST":
        return _take_note(request, unit_id, year)
    held = queries.held_to(figures.Targets.of_year(year, units), units[unit_id])
    known = queries.receipts(year, Sight(everything=False, unit_ids=frozenset({unit_id}))).get(unit_id, {})
    posts = Posts([unit_id])
    waiting = [row for row in held if row.pk not in known]
    context = {
        "unit": units[unit_id],
        "year": str(year),
        "rows": [(row, INDICATORS.label(row.indicator), known.get(row.pk)) for row in held],
        "waiting": waiting,
        "head": posts.head(unit_id),
        "acting": posts.acting(_user(request), unit_id) if waiting else None,
    }
    return render(request, "reporting/unit_targets.html", context)


def _take_note(request: HttpRequest, unit_id: int, year: int) -> HttpResponse:
    ids = [int(text) for text in request.POST.getlist("target") if text.isascii() and text.isdigit() and len(text) < 19]
    try:
        done = receiving.take_note(by=_user(request), unit_id=unit_id, target_ids=ids, year=year)
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã nhận %(count)s chỉ tiêu.") % {"count": done})
    return redirect("reporting:unit_targets", unit_id=unit_id)


# ── an explanation ───────────────────────────────────────────────────────────────────────────────


@managers_only
def shortfall(request: HttpRequest, shortfall_id: int) -> HttpResponse:
    """An explanation: what was missed, what was sent and answered; its head writes and sends it here."""
    found, units = _shortfall(request, shortfall_id)
    page = ShortfallPage(request, found, units)
    if request.method != "POST":
        return page.shown()
    if page.form is None:
        messages.error(request, receiving.NotHeadError.default_message)
        return redirect("reporting:shortfall", shortfall_id=found.pk)
    told, status = _written(request, found, page.form)
    return page.shown(told=told, status=status) if status else redirect("reporting:shortfall", shortfall_id=found.pk)


def _written(request: HttpRequest, found: Shortfall, form: ExplanationForm) -> tuple[str, int]:
    """Save or send what the head wrote: a sentence and a status, which is 0 when it is done."""
    sends = request.POST.get("act") == "send"
    if sends and not form.is_valid():
        return "", 400
    facts: dict[str, Any] = {"by": _user(request), "shortfall_id": found.pk, "revision": _number(request, "revision")}
    try:
        if sends:
            explaining.send(**facts, draft=form.draft(), content=form.content())
        else:
            explaining.save_draft(**facts, draft=form.draft())
    except UserError as error:
        return error.message, 409 if isinstance(error, StaleError) else 400
    messages.success(request, _("Đã gửi giải trình cho Nội vụ.") if sends else _("Đã lưu bản nháp."))
    return "", 0


@managers_only
@require_POST
def decide(request: HttpRequest, shortfall_id: int) -> HttpResponse:
    """Home affairs takes an explanation or gives it back."""
    found, units = _shortfall(request, shortfall_id)
    words = clean(request.POST.get("words", ""))
    facts: dict[str, Any] = {"by": _user(request), "shortfall_id": found.pk, "seq": _number(request, "seq")}
    try:
        short_enough(words)
        if request.POST.get("act") == "accept":
            explaining.accept(**facts, words=words)
        else:
            explaining.give_back(**facts, words=words)
    except UserError as error:
        status = 409 if isinstance(error, StaleError) else 400
        return ShortfallPage(request, found, units).shown(told=error.message, status=status, typed=words)
    messages.success(request, _("Đã ghi quyết định; người đứng đầu đơn vị được báo."))
    return redirect("reporting:shortfall", shortfall_id=found.pk)


class ShortfallPage:
    """The page of one explanation, for whoever looks at it."""

    def __init__(self, request: HttpRequest, found: Shortfall, units: Mapping[int, Unit]) -> None:
        self.request, self.found, self.units = request, found, units
        self.month = queries.month_of(found)
        self.missed = queries.missed_by(found)
        self.posts = Posts([found.unit_id])
        self.procedures: dict[str, tuple[int, str]] = {}
        self.form = self._form()

    def _form(self) -> ExplanationForm | None:
        """What the head writes; None for everybody else, and while nothing is to be written."""
        sent = self.request.method == "POST" and "revision" in self.request.POST
        if self.found.state not in explaining.WRITABLE and not sent:
            return None
        if self.posts.acting(_user(self.request), self.found.unit_id) is None:
            return None
        self.procedures = queries.procedures_of_unit(self.found)
        return ExplanationForm(
            self.request.POST if sent else None,
            self.found.draft,
            day=self.month.last_day,
            indicators={row.indicator: INDICATORS.label(row.indicator) for row in self.missed}.items(),
            procedures=self.procedures,
        )

    def shown(self, *, told: str = "", status: int = 200, typed: str = "") -> HttpResponse:
        """The answer. `told`: why nothing was done; `typed`: the words of a decision that was not."""
        found, acts = self.found, self._acts()
        is_accepted = found.state == ShortfallState.ACCEPTED
        context = {
            "shortfall": found,
            "unit": self.units[found.unit_id],
            "month": self.month,
            "missed": [self._missed_row(row) for row in self.missed],
            "acts": acts[::-1],
            "remedies": list(found.remedies.order_by("due_on", "pk")) if is_accepted else [],
            "form": self.form,
            "procedures": [f"{code} {name}" for code, (_pk, name) in self.procedures.items()],
            "revision": self.request.POST.get("revision", "") or str(found.revision),
            "decides": found.state == ShortfallState.SENT and _is_home_affairs(self.request),
            "seq": str(acts[-1]["act"].seq if acts else 0),
            "head": self.posts.head(found.unit_id),
            "letters": queries.letters_of(found, everything=_is_home_affairs(self.request)),
            "writes_letters": _is_home_affairs(self.request),
            "told": told,
            "typed": typed,
        }
        return render(self.request, "reporting/shortfall.html", context, status=status)

    def _acts(self) -> list[dict[str, Any]]:
        """Every version with its measures, every answer."""
        labels = causes()
        return [
            {
                "act": act,
                "causes": [labels[code].label for code in act.content.get("causes", []) if code in labels],
                "words": act.content.get("words", "") or act.words,
                "measures": queries.said_of(act.content),
            }
            for act in self.found.acts.order_by("seq")
        ]

    def _missed_row(self, row: ClosedVerdict) -> dict[str, Any]:
        """A missed target with the lists behind its numbers, as the closed month has them."""
        declared, figure = INDICATORS[row.indicator], Figure(row.numerator, row.denominator)
        reach = figures.reach(self.request.scope, self.units)  # type: ignore[attr-defined]
        links = boards.Links(reverse("reporting:board"), self.month, reach)
        scope = (row.scope_kind, row.scope_id)
        return {
            "label": declared.label,
            "basis": Basis(row.basis).label,
            "text": boards.reading(declared, figure),
            "target": boards.ratio_text(row.value),
            "cell": {
                "hits": figure.numerator,
                "whole": figure.denominator,
                "hits_url": links.to_list(row.indicator, row.basis, scope, Part.NUMERATOR),
                "whole_url": links.to_list(row.indicator, row.basis, scope, Part.DENOMINATOR),
            },
            "missing": conversions(figure, row.value, is_limit=declared.lower_is_better),
            "noun": declared.noun,
            "decision": row.decision_number,
            "is_inherited": row.is_inherited,
        }


# ── a measure ────────────────────────────────────────────────────────────────────────────────────


@managers_only
def remedy(request: HttpRequest, remedy_id: int) -> HttpResponse:
    """A measure: who does what until when, and what came of it."""
    found = get_object_or_404(Remedy.objects.select_related("unit", "procedure", "ended_by", "shortfall"), pk=remedy_id)
    units = figures.board_units()
    if not _sees(request, units, found.unit_id):
        raise Http404
    words, told = clean(request.POST.get("words", "")), ""
    if request.method == "POST":
        try:
            short_enough(words)
            doing.end(by=_user(request), remedy_id=found.pk, words=words, dropped=request.POST.get("act") == "drop")
        except UserError as error:
            told = error.message
        else:
            messages.success(request, _("Đã ghi kết quả của việc."))
            return redirect("reporting:remedy", remedy_id=found.pk)
    by_home_affairs = _is_home_affairs(request)
    acts = by_home_affairs or Posts([found.unit_id]).acting(_user(request), found.unit_id) is not None
    context = {
        "remedy": found,
        "indicator": INDICATORS.label(found.indicator) if found.indicator else "",
        "may_end": acts and found.state == RemedyState.OPEN,
        "may_drop": by_home_affairs,
        "words": words,
        "told": told,
    }
    return render(request, "reporting/remedy.html", context, status=400 if told else 200)


# ── pieces ───────────────────────────────────────────────────────────────────────────────────────


def _sight(request: HttpRequest, units: Mapping[int, Unit]) -> Sight:
    return queries.sight(request.scope, units)  # type: ignore[attr-defined]


def _sees(request: HttpRequest, units: Mapping[int, Unit], unit_id: int) -> bool:
    return queries.sees(request.scope, units, unit_id)  # type: ignore[attr-defined]


def _is_home_affairs(request: HttpRequest) -> bool:
    return figures.reaches_everything(request.scope)  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def short_enough(words: str) -> None:
    """Raise UserError for words that are too long to be kept."""
    if len(words) > LONGEST:
        raise UserError(_("Lời quá dài. Hãy viết gọn trong 4.000 ký tự."))


def _shortfall(request: HttpRequest, shortfall_id: int) -> tuple[Shortfall, dict[int, Unit]]:
    """An explanation the reader may see, and all units; 404 otherwise."""
    found = get_object_or_404(Shortfall.objects.select_related("unit", "run"), pk=shortfall_id)
    units = figures.board_units()
    if not _sees(request, units, found.unit_id):
        raise Http404
    return found, units


def _head_of(posts: Posts, unit_id: int) -> str:
    head = posts.head(unit_id)
    return head.user.full_name if head else ""


def _sentence(waits: list[Shortfall], notes: list[queries.NoteRow], remedies: list[Remedy]) -> str:
    """The sentence that answers what waits."""
    late = sum(one.is_overdue for one in waits)
    lacking = sum(1 for row in notes if row.lacks)
    overdue = sum(one.is_overdue for one in remedies)
    parts = [
        _("%(count)s giải trình chưa xong") % {"count": len(waits)}
        + (_(" (%(late)s quá hạn gửi)") % {"late": late} if late else ""),
        _("%(count)s đơn vị chưa nhận đủ chỉ tiêu") % {"count": lacking},
        _("%(count)s việc đang làm") % {"count": len(remedies)}
        + (_(" (%(late)s quá hạn)") % {"late": overdue} if overdue else ""),
    ]
    return _("Hiện có %(parts)s.") % {"parts": "; ".join(parts)}
