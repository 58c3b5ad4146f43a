"""Charts as inline SVG, drawn on the server: no script, no style attribute, the same on screen and on paper.

Called by views and exports that show figures; every chart is shown with its table (`ui/chart.html`).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import floor, log10
from typing import NotRequired, TypedDict

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.templatetags.ui import number

Value = float | int | Decimal | None
Place = Callable[[float], float]  # from a value (or the number of a label) to a coordinate
INK, SOFT, GRID, PAPER = "#1b2430", "#4a5563", "#d5dbe3", "#ffffff"
TARGET = INK
PLAIN, STRONG, FAINT, AIM = (INK, "400"), (INK, "600"), (SOFT, "400"), (TARGET, "600")
# Lines differ by mark and dash as well as by colour, so that a grey print still tells them apart.
COLOURS = ("#0b4f8a", "#0f7c86", "#6b4e9b", "#5c6773", TARGET)
DASHES = ("none", "7 4", "2 3", "10 3 2 3", "6 4")
AIMED = 4  # the style of a line of targets: ink, dashed, no marks
WIDTH, NARROW = 600, 340
FONT = "Be Vietnam Pro, Tinos, Arial, sans-serif"


class Series(TypedDict):
    """One line: its name and its points, a label and a value each; None leaves a gap. A line of targets is drawn as such."""

    name: str
    points: Sequence[tuple[str, Value]]
    is_target: NotRequired[bool]


def line_chart(
    series: Sequence[Series], *, unit: str = "%", target: Value = None, title: str = "", narrow: bool = False
) -> SafeString:
    """Draw up to four lines over the same labels, with a dashed line at the target.

    `narrow`: as wide as a telephone, so that it is whole there and its words are as large as on a screen.
    """
    width, beside = (NARROW, 1) if narrow else (WIDTH, 2)
    height, left, right, top, bottom = 300, 56, 36, 16 + 22 * -(-len(series) // beside), 34
    labels = [label for label, _value in series[0]["points"]] if series else []
    known = [float(value) for one in series for _label, value in one["points"] if value is not None]
    if not known:
        return _nothing()
    low, high, step = _scale([*known, 0.0] if target is None else [*known, 0.0, float(target)])
    plot = (left, top, width - right, height - bottom)

    def x_of(place: float) -> float:
        return plot[0] + (plot[2] - plot[0]) * (place / (len(labels) - 1) if len(labels) > 1 else 0.5)

    def y_of(value: float) -> float:
        return plot[3] - (plot[3] - plot[1]) * (value - low) / (high - low)

    parts = [_grid(plot, (low, high, step), y_of, unit), _labels(labels, x_of, height)]
    if target is not None:
        parts.append(_target_line(plot, y_of(float(target)), _reading(target, unit)))
    for place, one in enumerate(series):
        values = [value for _label, value in one["points"]]
        style = AIMED if one.get("is_target") else place % AIMED
        parts += [_line(style, values, x_of, y_of), _legend(place, style, one["name"], beside)]
    return _svg(height, title or _("Biểu đồ đường"), _line_words(series, unit, target), parts, width)


def bar_chart(rows: Sequence[tuple[str, Value, Value]], *, unit: str = "%", title: str = "") -> SafeString:
    """Draw one bar a row, its value at the end and a mark at its target; None is shown as `chưa có số liệu`."""
    known = [float(value) for _label, *values in rows for value in values if value is not None]
    if not known:
        return _nothing()
    low, high, _step = _scale([*known, 0.0])
    left, right, row = 210, 84, 30
    width = WIDTH - left - right

    def x_of(value: float) -> float:
        return left + width * (value - low) / (high - low)

    parts = [_bar(place * row + 6, one, x_of, unit) for place, one in enumerate(rows)]
    words = "; ".join(_bar_words(one, unit) for one in rows)
    parts.append(_bar_key(len(rows) * row + 24, left) if any(one[2] is not None for one in rows) else SafeString(""))
    return _svg(len(rows) * row + 36, title or _("Biểu đồ cột"), words, parts)


# ── scale and words ──────────────────────────────────────────────────────────────────────────────


def _scale(values: Sequence[float]) -> tuple[float, float, float]:
    """Lowest and highest mark and the step between marks: four to six round numbers that hold all values."""
    smallest, largest = min(values), max(values)
    spread = (largest - smallest) or 1.0
    rough = spread / 4
    power = 10 ** floor(log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * 0.999)
    low = floor(smallest / step + 1e-9) * step
    high = -floor(-largest / step + 1e-9) * step
    return low, max(high, low + step), step


def _reading(value: Value, unit: str) -> str:
    if value is None:
        return _("chưa có số liệu")
    text = number(round(Decimal(str(value)), 1))
    return f"{text}\u00a0{unit}" if unit else text


def _line_words(series: Sequence[Series], unit: str, target: Value) -> str:
    words = [
        f"{one['name']}: " + ", ".join(f"{label} {_reading(value, unit)}" for label, value in one["points"])
        for one in series
    ]
    if target is not None:
        words.append(_("Chỉ tiêu: %(value)s") % {"value": _reading(target, unit)})
    return ". ".join(words)


def _bar_words(row: tuple[str, Value, Value], unit: str) -> str:
    label, value, target = row
    if target is None:
        return f"{label}: {_reading(value, unit)}"
    return f"{label}: {_reading(value, unit)}, " + _("chỉ tiêu %(value)s") % {"value": _reading(target, unit)}


# ── strokes ──────────────────────────────────────────────────────────────────────────────────────


def _svg(height: float, title: str, words: str, parts: Sequence[SafeString], width: float = WIDTH) -> SafeString:
    return format_html(
        '<svg class="chart{}" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg" '
        'font-family="{}" font-size="13"><title>{}</title>{}</svg>',
        " chart-narrow" if width == NARROW else "",
        width,
        _n(height),
        f"{title}. {words}.",
        FONT,
        title,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _nothing() -> SafeString:
    return format_html('<p class="empty">{}</p>', _("Chưa có số liệu để vẽ biểu đồ."))


def _n(value: float) -> str:
    """A coordinate short enough for a page: one decimal, none when whole."""
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, words: str, anchor: str = "start", look: tuple[str, str] = PLAIN) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" fill="{}" font-weight="{}">{}</text>', _n(x), _n(y), anchor, *look, words
    )


def _grid(plot: tuple[float, ...], scale: tuple[float, float, float], y_of: Place, unit: str) -> SafeString:
    low, high, step = scale
    marks = [low + step * place for place in range(round((high - low) / step) + 1)]
    return format_html_join(
        "",
        '<path d="M{} {}H{}" stroke="{}" stroke-width="1"/>{}',
        (
            (
                _n(plot[0]),
                _n(y_of(m)),
                _n(plot[2]),
                SOFT if abs(m) < step / 1e6 else GRID,
                _text(plot[0] - 8, y_of(m) + 4, _reading(m, unit), "end", FAINT),
            )
            for m in marks
        ),
    )


def _labels(labels: Sequence[str], x_of: Place, height: float) -> SafeString:
    if len(labels) < 2:
        return format_html_join("", "{}", ((_text(x_of(0), height - 12, label, "middle", FAINT),) for label in labels))
    room = x_of(1) - x_of(0)
    every = max(1, -(-(max(len(label) for label in labels) * 7 + 8) // int(room)))
    places = range((len(labels) - 1) % every, len(labels), every)  # the newest is always named
    texts = [_text(x_of(place), height - 12, labels[place], "middle", FAINT) for place in places]
    return format_html_join("", "{}", ((text,) for text in texts))


def _target_line(plot: tuple[float, ...], y: float, reading: str) -> SafeString:
    words = _("chỉ tiêu %(value)s") % {"value": reading}
    return format_html(
        '<path d="M{} {}H{}" stroke="{}" stroke-width="2" stroke-dasharray="6 4"/>{}',
        _n(plot[0]),
        _n(y),
        _n(plot[2]),
        TARGET,
        _text(plot[2], y - 6, words, "end", AIM),
    )


def _mark(style: int, x: float, y: float) -> SafeString:
    """The sign of a series: disc, square, diamond, triangle; targets have none."""
    if style == AIMED:
        return SafeString("")
    path = (
        f"M{_n(x - 4)} {_n(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
        f"M{_n(x - 4)} {_n(y - 4)}h8v8h-8z",
        f"M{_n(x)} {_n(y - 5)}l5 5l-5 5l-5 -5z",
        f"M{_n(x)} {_n(y - 5)}l5 9h-10z",
    )[style]
    return format_html('<path d="{}" fill="{}" stroke="{}" stroke-width="1"/>', path, COLOURS[style], PAPER)


def _line(style: int, values: Sequence[Value], x_of: Place, y_of: Place) -> SafeString:
    """One line with its marks; a missing value breaks it."""
    path, pen_down, marks = "", False, []
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        x, y = x_of(index), y_of(float(value))
        path += f"{'L' if pen_down else 'M'}{_n(x)} {_n(y)}"
        pen_down = True
        marks.append(_mark(style, x, y))
    line = format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}" stroke-linejoin="round"/>',
        path,
        COLOURS[style],
        DASHES[style],
    )
    return format_html("{}{}", line, format_html_join("", "{}", ((mark,) for mark in marks)))


def _legend(place: int, style: int, name: str, beside: int) -> SafeString:
    x, y = 56 + (place % beside) * 270, 14 + 22 * (place // beside)
    line = format_html(
        '<path d="M{} {}h32" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/>',
        x,
        y,
        COLOURS[style],
        DASHES[style],
    )
    return format_html("{}{}{}", line, _mark(style, x + 16, y), _text(x + 40, y + 4, name))


def _bar(y: float, row: tuple[str, Value, Value], x_of: Place, unit: str) -> SafeString:
    label, value, target = row
    name = label if len(label) <= 28 else label[:27].rstrip() + "…"
    parts = [_text(x_of(0) - 8 if value is None or value >= 0 else 202, y + 14, name, "end")]
    if value is None:
        parts.append(_text(x_of(0) + 4, y + 14, _reading(None, unit), "start", FAINT))
    else:
        start, end = sorted((x_of(0), x_of(float(value))))
        bar = '<path d="M{} {}H{}v18H{}z" fill="{}"/>'
        parts.append(format_html(bar, _n(start), _n(y), _n(end), _n(start), COLOURS[0]))
        past = max(end, x_of(float(target)) if target is not None else end)
        parts.append(_text(past + 8, y + 14, _reading(value, unit), "start", STRONG))
    if target is not None:
        parts.append(_target_mark(x_of(float(target)), y))
    return format_html_join("", "{}", ((part,) for part in parts))


def _target_mark(x: float, y: float) -> SafeString:
    return format_html(
        '<path d="M{} {}v24" stroke="{}" stroke-width="5"/><path d="M{} {}v24" stroke="{}" stroke-width="2.5"/>',
        _n(x),
        _n(y - 3),
        PAPER,
        _n(x),
        _n(y - 3),
        TARGET,
    )


def _bar_key(y: float, x: float) -> SafeString:
    return format_html("{}{}", _target_mark(x, y - 12), _text(x + 10, y + 4, _("vạch đứng: chỉ tiêu"), "start", FAINT))
