"""What a page weighs for a telephone that has been here never before: the page, its style sheets, scripts, pictures and fonts."""

import gzip
import re
from dataclasses import dataclass
from functools import cache

from tests.house.source import ROOT

MOST = 75_000  # bytes, as they are sent
MOST_PLAIN = 110_000  # bytes of the page itself, before it is packed: what a weak telephone has to read
PARTS = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="/static/([^"?]+)"')
# The style sheet asks for both weights of the letters, and for the digits of one width.
FONTS = tuple(f"fonts/be-vietnam-{kind}-{weight}.woff2" for kind in ("pro", "figures") for weight in (400, 600))


@dataclass(frozen=True, slots=True)
class PageWeight:
    """Bytes as sent (page and all it needs, packed), and of the page alone as it is read."""

    sent: int
    plain: int

    @property
    def is_too_much(self) -> bool:
        """Whether it is more than a page may weigh."""
        return self.sent > MOST or self.plain > MOST_PLAIN


@cache
def _sent(name: str) -> int:
    content = (ROOT / "static" / name).read_bytes()
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content))


def weight_of(content: bytes) -> PageWeight:
    """The weight of a page; what does not come from our own files fails."""
    names = {*PARTS.findall(content.decode()), *FONTS}
    return PageWeight(len(gzip.compress(content)) + sum(map(_sent, names)), len(content))
