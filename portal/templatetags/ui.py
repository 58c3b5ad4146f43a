"""Tags and filters of the common look, built into every template: badge, due, icon, money, percent, day, moment.

They only put given values into words and marks; they ask neither the database nor a setting that changes at run time.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.clock import LATE, local, now, today
from portal.drawing import draw
from portal.icons import icon_svg
from portal.inwords import official_day as official_words

register = template.Library()

WORKDAY_MINUTES = 480
TONES = ("neutral", "info", "success", "warning", "danger")
TONE_ICONS = {"neutral": "dot", "info": "info", "success": "check", "warning": "clock", "danger": "alert"}
WEEKDAYS = (
    gettext_lazy("thứ Hai"),
    gettext_lazy("thứ Ba"),
    gettext_lazy("thứ Tư"),
    gettext_lazy("thứ Năm"),
    gettext_lazy("thứ Sáu"),
    gettext_lazy("thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)
DAYS_SHORT = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
DASH = "–"
DOWNLOAD = "tai"  # asks a page's address for a file of its tables (portal.downloads)
_WHOLE_TABLE = re.compile(r"<table(?![^>]*\bdata-part\b)")


# ── marks ────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon; always beside a word, never alone."""
    return icon_svg(name)


@register.simple_tag
def badge(tone: str, label: object, icon: str = "") -> SafeString:
    """Show a status as icon + word + colour; the tone's own icon unless one is named."""
    if tone not in TONES:
        raise ValueError(f"Unknown tone {tone!r}; choose one of {', '.join(TONES)}.")
    return _badge(tone, str(label), icon or TONE_ICONS[tone])


@lru_cache(maxsize=1024)
def _badge(tone: str, label: str, icon_name: str) -> SafeString:
    # Lists show the same few statuses hundreds of times; one rendering is enough.
    html = render_to_string("ui/badge.html", {"tone": tone, "label": label, "icon": icon_name})
    return mark_safe(html.strip())  # noqa: S308  escaped by the template; strip() alone forgets that


@register.simple_tag
def question(field: BoundField) -> SafeString:
    """One question of a form, as portal.drawing draws it."""
    return draw(field)


@register.simple_tag
def due(due_at: datetime | None, minutes_left: int | None) -> SafeString:
    """Show a due time both ways: working time left and the moment itself. `None` minutes: the clock stands still."""
    if due_at is None:
        return badge("neutral", _("chưa có hạn"), "clock")
    limit = _("hạn %(moment)s") % {"moment": moment(due_at)}
    if minutes_left is None:
        return badge("neutral", _("tạm dừng tính giờ (%(limit)s)") % {"limit": limit}, "pause")
    text = f"{time_left(minutes_left)} ({limit})"
    if minutes_left < 0:
        return badge("danger", text, "alert")
    return badge("warning", text, "hourglass") if minutes_left < WORKDAY_MINUTES else badge("info", text, "clock")


@register.simple_tag
def due_short(minutes_left: int | None) -> SafeString:
    """The same without the moment, for dense lists that show the date in its own column; a badge only when it is late or soon."""
    if minutes_left is None:
        return _plain("pause", _("tạm dừng"))
    words = time_left(minutes_left, short=True)
    if minutes_left < 0:
        return badge("danger", words, "alert")
    return badge("warning", words, "hourglass") if minutes_left < WORKDAY_MINUTES else _plain("clock", words)


@lru_cache(maxsize=256)
def _plain(icon_name: str, words: str) -> SafeString:
    """Icon and word of what is as it should be."""
    return format_html('<span class="nowrap">{} {}</span>', icon_svg(icon_name), words)


@register.filter
def time_left(minutes: int, *, short: bool = False) -> str:
    """Working minutes in words: `còn 2 ngày làm việc`, `còn 3 giờ`, `quá hạn 2 giờ`; a day is 480 minutes."""
    if minutes == 0:
        return _("đến hạn")
    if minutes == -1:  # past the due time by a moment, or by a night in which nobody works
        return _("vừa quá hạn")
    amount = _amount(abs(minutes), short=short)
    return _("quá hạn %(amount)s") % {"amount": amount} if minutes < 0 else _("còn %(amount)s") % {"amount": amount}


def _amount(minutes: int, *, short: bool) -> str:
    if minutes >= WORKDAY_MINUTES:
        words = _("%(number)s ngày") if short else _("%(number)s ngày làm việc")
        return words % {"number": number(minutes // WORKDAY_MINUTES)}
    if minutes >= 60:
        return _("%(number)s giờ") % {"number": minutes // 60}
    return _("%(number)s phút") % {"number": minutes}


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def _grouped(value: Decimal, places: int) -> str:
    """Group with dots and cut decimals with a comma, halves away from zero, as Vietnamese papers do."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)  # no "-0,0"
    text = f"{rounded:,.{places}f}"
    if get_language() == "en":
        return text
    return text.translate(str.maketrans(",.", ".,"))


@register.filter
def number(value: float | Decimal | None) -> str:
    """Group thousands: 12345 → `12.345`; a value with decimals keeps at most two."""
    if value is None:
        return DASH
    if type(value) is int:  # boards show thousands of them
        text = f"{value:,}"
        return text if get_language() == "en" else text.replace(",", ".")
    exact = Decimal(str(value))
    places = min(2, max(0, -int(exact.normalize().as_tuple().exponent)))
    return _grouped(exact, places)


@register.filter
def money(value: int | None) -> str:
    """Whole đồng: 50000 → `50.000 đ`; None means that no fee is on record."""
    if value is None:
        return _("chưa có mức thu")
    return f"{_grouped(Decimal(value), 0)}\u00a0đ"


@register.filter
def official_day(value: date | datetime | None) -> str:
    """A day as the head of an official paper has it: `ngày 05 tháng 3 năm 2026`."""
    return official_words(local(value).date() if isinstance(value, datetime) else value)


@register.filter
def percent(value: float | Decimal | None, places: int = 1) -> str:
    """A ratio as percent: 0.26 → `26,0 %`."""
    if value is None:
        return DASH
    return f"{_grouped(Decimal(str(value)) * 100, places)}\u00a0%"


@register.filter
def points(value: float | Decimal | None, places: int = 1) -> str:
    """A difference of two ratios in percentage points: 0.04 → `4,0 điểm`."""
    if value is None:
        return DASH
    return f"{_grouped(Decimal(str(value)) * 100, places)}\u00a0" + _("điểm")


@register.filter
def filesize_vi(size: int | None) -> str:
    """Bytes as people read them: `1,2 MB`."""
    if size is None:
        return DASH
    if size < 1024:
        return f"{size}\u00a0B"
    if size < 1024 * 1024:
        return f"{_grouped(Decimal(size) / 1024, 0)}\u00a0KB"
    return f"{_grouped(Decimal(size) / (1024 * 1024), 1)}\u00a0MB"


# ── days and times ───────────────────────────────────────────────────────────────────────────────


def _as_day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """`09/09/2022`, the day in Vietnam."""
    return _as_day(value).strftime("%d/%m/%Y") if value else DASH


@register.filter
def weekday(value: date | datetime | None) -> str:
    """`thứ Sáu`."""
    return str(WEEKDAYS[_as_day(value).weekday()]) if value else DASH


@register.filter
def clock(value: datetime | None) -> str:
    """`16:00`, the hour in Vietnam."""
    return local(value).strftime("%H:%M") if value else DASH


@register.filter
def moment(value: datetime | None) -> str:
    """`16:00 thứ Sáu 09/09/2022`."""
    return f"{clock(value)} {weekday(value)} {day(value)}" if value else DASH


@register.filter
def moment_short(value: datetime | None) -> str:
    """`T6 09/09 16:00`, for dense lists; a year that is not the present one is told."""
    if not value:
        return DASH
    on = local(value)
    year = "" if on.year == today().year else f"/{on.year}"
    return f"{DAYS_SHORT[on.weekday()]} {on:%d/%m}{year} {on:%H:%M}"


@register.filter
def nearday(value: date | datetime | None) -> str:
    """A day as people say it when it is near: `hôm nay`, `ngày mai`, `thứ Sáu 09/09/2022`; a time is kept in front."""
    if not value:
        return DASH
    on = _as_day(value)
    distance = (on - today()).days
    words = {-1: _("hôm qua"), 0: _("hôm nay"), 1: _("ngày mai")}
    text = words.get(distance) or (f"{weekday(on)} {day(on)}" if abs(distance) <= 7 else day(on))
    return f"{clock(value)} {text}" if isinstance(value, datetime) else text


@register.simple_tag
def waiting(what: object, since: datetime) -> SafeString:
    """What has not happened yet and since when it waits; what takes longer than is no wonder says so."""
    words = _("%(what)s từ %(at)s") % {"what": what, "at": moment(since)}
    if now() - since < LATE:
        return _badge("info", words, "hourglass")
    return _badge("warning", _("%(words)s, lâu hơn bình thường") % {"words": words}, "hourglass")


@register.simple_tag
def thismoment() -> str:
    """The present moment in words, for stamps such as `số liệu đến …`."""
    return moment(now())


# ── the house ────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def house() -> dict[str, object]:
    """Names and hotlines from the settings, for papers, letters and error pages that have no request."""
    return {
        "authority_name": settings.AUTHORITY_NAME,
        "system_name": settings.SYSTEM_NAME,
        "hotlines": settings.HOTLINES,
        "public_url": settings.PUBLIC_URL,
    }


@register.filter
def tel(value: str) -> str:
    """A telephone number as a link target: spaces and dots gone."""
    return "".join(sign for sign in value if sign.isdigit() or sign == "+")


@register.filter
def as_lead(label: str) -> str:
    """A label as the lead of a sentence: its own full stop or question mark gives way to a colon."""
    return f"{str(label).rstrip(' .:?')}:"


@register.filter
def tone_of_message(level_tag: str) -> str:
    """The tone of one of Django's messages."""
    return {"error": "danger", "warning": "warning", "success": "success"}.get(level_tag, "info")


@register.filter
def beside(row: Sequence[object], columns: Sequence[object]) -> Iterator[tuple[object, object]]:
    """Pair the cells of a row with their columns, for ui/table.html."""
    return zip(row, columns, strict=True)


@register.filter
def tone_icon(tone: str) -> str:
    """The icon that goes with a tone."""
    return TONE_ICONS[tone]


@register.filter
def isotime(value: date | datetime) -> str:
    """A moment or day for the `datetime` attribute."""
    return local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


@register.simple_tag(takes_context=True)
def section(context: Context, shown: Any) -> SafeString:
    """One section of an assembled page (dossiers.sections.Shown): its heading, then its own template with its own words."""
    declared = shown.section
    page: Any = context.template  # Django sets it for the time of rendering
    with context.push(**shown.context):
        body = page.engine.get_template(declared.template).render(context)
    anchor = format_html(' id="{}"', declared.anchor) if declared.anchor else ""
    quiet = mark_safe(' class="visually-hidden"') if declared.is_quiet else ""
    return format_html("<h2{}{}>{}</h2>\n{}", anchor, quiet, declared.title, body)


# ── tables that go out ───────────────────────────────────────────────────────────────────────────


@register.tag
def downloadable(parser: Parser, _token: Token) -> "Downloadable":
    """Mark the part of a page whose tables can be downloaded; the links follow it when there is a table."""
    inside = parser.parse(("enddownloadable",))
    parser.delete_first_token()
    return Downloadable(inside)


class Downloadable(Node):
    """What stands between the tags, and under it the links; a table of `data-part` is one page of a list and has its own way."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Draw the part; whether it holds a table is seen when it is drawn."""
        drawn = self.nodelist.render(context)
        if not _WHOLE_TABLE.search(drawn):
            return drawn
        query = context["request"].GET.copy()
        query.pop(DOWNLOAD, None)
        address = f"?{query.urlencode()}{'&' if query else ''}{DOWNLOAD}="
        return mark_safe(drawn + render_to_string("ui/download.html", {"address": address}))  # noqa: S308  both are drawn
