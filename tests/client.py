"""A test client that looks at every answer: no template leak, no inline script, style or handler."""

import re

from django.test import Client

LEAK = re.compile(r"\{\{|\{%|\{#")
# Blocks of JSON data are not run by browsers and not touched by the policy.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>\s*\S|<[^>]+\son[a-z]+\s*=|<style\b|<[^>]+\sstyle\s*=",
    re.IGNORECASE,
)


class StrictClient(Client):
    """Raises AssertionError on an HTML answer that our security policy or a template mistake would break."""

    def request(self, **request):
        response = super().request(**request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and not response.streaming:
            text = response.content.decode()
            assert not LEAK.search(text), f"template syntax in the page: {LEAK.search(text)}"
            assert not INLINE.search(text), f"inline code in the page: {INLINE.search(text).group(0)[:120]}"
        return response
