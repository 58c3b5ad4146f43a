"""A test client that looks at every answer: no template leak, no inline script, style or handler, no form a browser cannot send.

Nor one in which Enter does harm: from a field a browser presses the first button of the form.
"""

import re

from django.test import Client

LEAK = re.compile(r"\{\{|\{%|\{#")
# Blocks of JSON data are not run by browsers and not touched by the policy.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>\s*\S|<[^>]+\son[a-z]+\s*=|<style\b|<[^>]+\sstyle\s*=",
    re.IGNORECASE,
)
POSTED = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>.*?</form>", re.IGNORECASE | re.DOTALL)
BUTTON = re.compile(r"<(?:button|input)\b[^>]*\btype=\"submit\"[^>]*>", re.IGNORECASE)
# Fields from which Enter sends a form; in a textarea, a list or on a button it does what it says there.
ENTERED = re.compile(r"<input\b(?![^>]*\btype=\"(?:hidden|submit|button|file)\")", re.IGNORECASE)
ALL_FORMS = re.compile(r"<form\b[^>]*>.*?</form>", re.IGNORECASE | re.DOTALL)
TOKEN = re.compile(r"name=\"csrfmiddlewaretoken\" value=\"\w+\"")


class StrictClient(Client):
    """Raises AssertionError on an HTML answer that our security policy or a template mistake would break."""

    def request(self, **request):
        response = super().request(**request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and not response.streaming:
            text = response.content.decode()
            assert not LEAK.search(text), f"template syntax in the page: {LEAK.search(text)}"
            assert not INLINE.search(text), f"inline code in the page: {INLINE.search(text).group(0)[:120]}"
            assert_every_form_can_be_sent(text)
            assert_enter_is_harmless(text)
        return response


def assert_every_form_can_be_sent(text: str) -> None:
    """Each form that posts bears its token: the test client sends without one, a browser is answered 403."""
    for form in POSTED.findall(text):
        assert TOKEN.search(form), f"a form without its token: {form[:200]}"


def assert_enter_is_harmless(text: str) -> None:
    """Of several buttons the first is the expected one (the page's blue one), or one nobody sees that only looks again."""
    for form in ALL_FORMS.findall(text):
        buttons = BUTTON.findall(form)
        if len(buttons) > 1 and ENTERED.search(form):
            first = buttons[0]
            assert re.search(r"visually-hidden|btn-primary|data-portal-enter", first), f"Enter presses {first}"
            assert not re.search(r"danger|link-button", first), f"Enter presses {first}"
