"""A test client that looks at every answer: no template leak, no inline script, style or handler, no form a browser cannot send."""

import re

from django.test import Client

LEAK = re.compile(r"\{\{|\{%|\{#")
# Blocks of JSON data are not run by browsers and not touched by the policy.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>\s*\S|<[^>]+\son[a-z]+\s*=|<style\b|<[^>]+\sstyle\s*=",
    re.IGNORECASE,
)
POSTED = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>.*?</form>", re.IGNORECASE | re.DOTALL)
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
        return response


def assert_every_form_can_be_sent(text: str) -> None:
    """Each form that posts bears its token: the test client sends without one, a browser is answered 403."""
    for form in POSTED.findall(text):
        assert TOKEN.search(form), f"a form without its token: {form[:200]}"
