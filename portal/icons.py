"""The icons of the house, drawn on a 16 × 16 grid as strokes. Read by portal.templatetags.ui and portal.charts only."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SHAPES = {
    "alert": '<path d="M8 1.8 14.8 14H1.2zM8 6v4M8 12v.2"/>',
    "arrow-left": '<path d="M14 8H2.5M7 3 2 8l5 5"/>',
    "arrow-right": '<path d="M2 8h11.5M9 3l5 5-5 5"/>',
    "baby": '<circle cx="8" cy="8" r="6.3"/><path d="M5.5 7v.2M10.5 7v.2M5.5 10.2c1.3 1.4 3.7 1.4 5 0M8 1.7c-1.2 1-.6 2.3.6 2.3"/>',
    "bell": '<path d="M3 12h10l-1.3-2V7a3.7 3.7 0 0 0-7.4 0v3zM6.7 14.3h2.6M8 3.3V1.7"/>',
    "calendar": '<path d="M2 3.5h12V14H2zM2 7h12M5 1.7v3M11 1.7v3"/>',
    "card": '<path d="M1.7 3h12.6v10H1.7z"/><circle cx="5.2" cy="7" r="1.4"/><path d="M3.3 10.8c.3-1.5 3.5-1.5 3.8 0M9.3 6.5h3M9.3 9.5h3"/>',
    "chart": '<path d="M2 1.7V14h12.3M5 11.5V8M8.5 11.5v-6M12 11.5V3.5"/>',
    "check": '<path d="M2.2 8.6 6.2 12.6 13.8 3.8"/>',
    "clock": '<circle cx="8" cy="8" r="6.3"/><path d="M8 4.2V8l2.8 1.8"/>',
    "cross": '<path d="M3.2 3.2l9.6 9.6M12.8 3.2l-9.6 9.6"/>',
    "dot": '<circle cx="8" cy="8" r="3" fill="currentColor"/>',
    "down": '<path d="M3 6l5 5 5-5"/>',
    "download": '<path d="M8 1.8v8.6M4 7l4 4 4-4M2 14.2h12"/>',
    "edit": '<path d="M2.2 13.8l.7-3.4 8.4-8.4 2.7 2.7-8.4 8.4z"/>',
    "eye": '<path d="M1.2 8C4.4 1.9 11.6 1.9 14.8 8C11.6 14.1 4.4 14.1 1.2 8z"/><circle cx="8" cy="8" r="2.1"/>',
    "file": '<path d="M3.3 1.7h6l3.4 3.4v9.2H3.3zM9.3 1.7v3.4h3.4M5.5 8.5h5M5.5 11.3h5"/>',
    "folder": '<path d="M1.7 3.2h4.6l1.6 2h6.4v8.1H1.7z"/>',
    "home": '<path d="M1.7 8.2 8 2.2l6.3 6M3.5 6.8V14h9V6.8M6.5 14v-4h3v4"/>',
    "hourglass": '<path d="M3.5 1.7h9M3.5 14.3h9M4.7 1.7c0 3.6 6.6 9 6.6 12.6M11.3 1.7c0 3.6-6.6 9-6.6 12.6"/>',
    "info": '<circle cx="8" cy="8" r="6.3"/><path d="M8 7.2v4M8 4.7v.2"/>',
    "lock": '<path d="M3 7.2h10v7H3zM5.2 7.2V5a2.8 2.8 0 0 1 5.6 0v2.2"/>',
    "lotus": '<path d="M8 2.5c2.3 2.8 2.3 6.7 0 10-2.3-3.3-2.3-7.2 0-10zM8 12.5C4.5 13 2 11 1.5 7c1.7 0 3.2.4 4.5 1.4"/>'
    '<path d="M8 12.5c3.5.5 6-1.5 6.5-5.5-1.7 0-3.2.4-4.5 1.4M4 14.5h8"/>',
    "menu": '<path d="M2 3.7h12M2 8h12M2 12.3h12"/>',
    "minus": '<path d="M2.5 8h11"/>',
    "money": '<path d="M1.5 4h13v8h-13z"/><circle cx="8" cy="8" r="2"/>',
    "pause": '<path d="M5.3 3v10M10.7 3v10"/>',
    "phone": '<path d="M3 1.8h3l1.2 3.6-1.8 1.3a9 9 0 0 0 3.9 3.9l1.3-1.8 3.6 1.2v3C8 14.3 1.7 8 3 1.8z"/>',
    "plus": '<path d="M8 2.5v11M2.5 8h11"/>',
    "print": '<path d="M4 6V1.8h8V6M4 12H1.7V6h12.6v6H12M4 9.7h8v4.6H4z"/>',
    "return": '<path d="M5.5 2.5 2 6l3.5 3.5M2 6h7.5a4 4 0 0 1 0 8H5"/>',
    "rings": '<circle cx="5.5" cy="9.5" r="4"/><circle cx="10.5" cy="9.5" r="4"/><path d="M4.3 2.2h2.4L5.5 4z"/>',
    "search": '<circle cx="6.8" cy="6.8" r="4.9"/><path d="M10.4 10.4l4.1 4.1"/>',
    "send": '<path d="M1.7 8 14.3 2 10 14.2 7.4 9z"/>',
    "shield": '<path d="M8 1.6 13.7 4v4c0 3.2-2.4 5.4-5.7 6.6C4.7 13.4 2.3 11.2 2.3 8V4zM5.2 8l2 2 3.6-4"/>',
    "shop": '<path d="M2 6.5 3.2 2h9.6L14 6.5M2 6.5a2 2 0 0 0 4 0 2 2 0 0 0 4 0 2 2 0 0 0 4 0M3 9v5h10V9M6.5 14v-3h3v3"/>',
    "stamp": '<path d="M6 8.5c1-2-1-3.5-.5-5a2.6 2.6 0 0 1 5 0c.5 1.5-1.5 3-.5 5h3v3H3v-3zM3 14.3h10"/>',
    "trash": '<path d="M2 4.2h12M6 4.2V2h4v2.2M3.5 4.2l.8 10h7.4l.8-10M6.5 7v4.5M9.5 7v4.5"/>',
    "upload": '<path d="M8 11V2.2M4 5.8l4-4 4 4M2 14.2h12"/>',
    "user": '<circle cx="8" cy="5" r="3.1"/><path d="M2 14.4c.4-3.3 2.8-5 6-5s5.6 1.7 6 5"/>',
    "users": '<circle cx="6" cy="5.4" r="2.7"/><path d="M1 13.8c.6-5.7 9.4-5.7 10 0M10.7 3a2.6 2.6 0 0 1 0 5"/>'
    '<path d="M12.3 10c1.6.5 2.5 1.8 2.7 3.8"/>',
}
_CACHE: dict[str, SafeString] = {}


def names() -> tuple[str, ...]:
    """All icon names, for the guide and its test."""
    return tuple(_SHAPES)


def icon_svg(name: str) -> SafeString:
    """Return one icon as inline SVG, hidden from screen readers (the word beside it speaks)."""
    if name not in _CACHE:
        _CACHE[name] = format_html(
            '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" '
            'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
            mark_safe(_SHAPES[name]),  # noqa: S308  our own constants
        )
    return _CACHE[name]
