"""Draws the plain controls of forms without templates: lines, boxes, lists. Set as Django's FORM_RENDERER.

Django draws an <option> with two templates; a list of the 54 peoples of Vietnam took longer than the rest of its page.
The markup is Django's own; a control that is not named here is drawn by Django.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]
FOLDER = "django/forms/widgets/"


class Renderer(DjangoTemplates):
    """Django's renderer of forms, with short cuts for the controls that stand on every page."""

    def render(self, template_name: str, context: Any, request: HttpRequest | None = None) -> str:
        """Draw a control or any other piece of a form."""
        draw = _DRAWN.get(template_name)
        return draw(context["widget"]) if draw is not None else super().render(template_name, context, request)


def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """Attributes of a tag: ` id="id_name" required`; what is False is left out."""
    parts = [
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    ]
    return mark_safe("".join(parts))  # noqa: S308  names are the program's own, values are escaped above


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    valued = "" if value is None else format_html(' value="{}"', str(value))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], valued, attributes(widget["attrs"])
    )


def _textarea(widget: Widget) -> SafeString:
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>', widget["name"], attributes(widget["attrs"]), widget["value"] or ""
    )


def _select(widget: Widget) -> SafeString:
    groups = format_html_join("", "{}", ((_group(name, options),) for name, options, _index in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}\n</select>', widget["name"], attributes(widget["attrs"]), groups)


def _group(name: str | None, options: list[Widget]) -> SafeString:
    inside = format_html_join(
        "",
        '\n<option value="{}"{}>{}</option>',
        ((str(option["value"]), attributes(option["attrs"]), option["label"]) for option in options),
    )
    return format_html('\n<optgroup label="{}">{}\n</optgroup>', name, inside) if name else inside


_DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    f"{FOLDER}{name}.html": draw
    for draw, names in {
        _input: ("text", "input", "number", "email", "tel", "url", "password", "hidden", "checkbox"),
        _textarea: ("textarea",),
        _select: ("select",),
    }.items()
    for name in names
}
