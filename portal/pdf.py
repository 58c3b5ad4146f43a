"""Paper: an HTML template in, its HTML and an accessible PDF (PDF/UA-1) out; QR codes. Called by tasks and previews.

Nothing leaves the machine: style sheets and fonts come from `static/`, pictures from `data:` addresses.
"""

import atexit
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from portal import letters
from portal.errors import UserError

_STATIC = Path(settings.BASE_DIR) / "static"
_READABLE = (_STATIC / "css", _STATIC / "fonts")
# Pango keeps global state and a font configuration shared between threads hangs: one paper at a time in a process,
# and each thread owns its fonts and style sheet. Papers are made in worker processes, where nobody waits for the lock.
_LOCK = threading.Lock()
_OWN = threading.local()
atexit.register(_OWN.__dict__.clear)  # before Pango is unloaded, or it complains at exit


_CONTINUED = """
@page wide { @bottom-right { content: string(paper-code) " · trang " counter(page); } }
@page wide:first { counter-reset: page %s; @bottom-right { content: string(paper-code) " · trang " counter(page); } }
"""
SLACK = 0.5  # of a pixel: rounding
OFF_SHEET = gettext_lazy("Chữ “%(words)s” chạy ra ngoài khổ giấy ở trang %(page)s. Hãy viết ngắn lại hoặc ngắt dòng.")


class PaperFaultError(UserError):
    """A paper cannot be read as it would be printed: a letter no font has, words outside the sheet. Trying again is no use."""


class ForbiddenAddressError(ValueError):
    """A paper asked for something outside `static/css`, `static/fonts` and `data:`."""


def render_pdf(template: str, context: Mapping[str, Any]) -> tuple[str, bytes]:
    """Render a paper template; return its HTML (what tests read) and the PDF.

    Raises ForbiddenAddressError when the template points at the network or at another file.
    """
    html = sheet_html(template, context)
    return html, html_to_pdf(html)


def sheet_html(template: str, context: Mapping[str, Any]) -> str:
    """The sheet of a paper before it becomes a PDF."""
    return render_to_string(template, dict(context))


def html_to_pdf(html: str, *, proven: bool = True) -> bytes:
    """Turn ready HTML into PDF/UA-1 with the style sheet of papers. Raises ForbiddenAddressError."""
    return html_to_pages(html, proven=proven)[0]


def html_to_pages(html: str, *, proven: bool = True, pages_before: int | None = None) -> tuple[bytes, int]:
    """The same, and how many pages it has.

    `proven`: what is kept for ever. A letter that no font has and words that leave the sheet raise PaperFaultError; a
    look at a draft shows them as they are. `pages_before`: how many pages of the same paper come before this piece of
    it, whose whole length nobody knows yet; its pages are put together later, so it bears no structure of its own.
    """
    from weasyprint import CSS, DEFAULT_OPTIONS, HTML  # noqa: PLC0415  loads Pango: only where paper is made
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    with _LOCK:
        own = _prepared()
        sheets = [own.sheet]
        if pages_before is not None:
            sheets.append(CSS(string=_CONTINUED % (pages_before + 1), font_config=own.fonts))
        options = {
            **DEFAULT_OPTIONS,
            "stylesheets": sheets,
            "pdf_variant": "pdf/ua-1" if pages_before is None else None,
        }
        document = HTML(string=html, base_url=_STATIC.as_uri() + "/", url_fetcher=own.fetcher)
        try:
            laid = document.render(font_config=own.fonts, **options)
            if proven:
                _prove(laid.pages)
            pdf = laid.write_pdf(**options)
        except FatalURLFetchingError as error:
            raise ForbiddenAddressError(str(error)) from error
    return bytes(pdf), len(laid.pages)


def _prove(pages: Sequence[Any]) -> None:
    """Look at every word where it was laid. Raises PaperFaultError for the first that cannot be read on the sheet."""
    for number, page in enumerate(pages, 1):
        box = page._page_box  # noqa: SLF001  the only place where the layout can be asked
        width, height = box.margin_width(), box.margin_height()
        for piece in box.descendants(placeholders=True):
            text = getattr(piece, "text", "")
            if not text.strip() or piece.style["visibility"] != "visible":
                continue
            if unknown := letters.missing(text):
                raise PaperFaultError(letters.sentence(unknown, letters.around(text, unknown[0])))
            right, bottom = piece.position_x + piece.width, piece.position_y + piece.height
            if min(piece.position_x, piece.position_y) < -SLACK or right > width + SLACK or bottom > height + SLACK:
                raise PaperFaultError(OFF_SHEET % {"words": letters.around(text), "page": number})


def qr_png_data_uri(text: str) -> str:
    """A QR code of `text` as a PNG `data:` address; level M survives a stamp or a fold."""
    return str(segno.make(text, error="m", micro=False).png_data_uri(scale=6, border=2))


def _prepared() -> Any:
    """Return this thread's fetcher, font configuration and parsed style sheet; made once (about 100 ms)."""
    from weasyprint import CSS  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    if not hasattr(_OWN, "sheet"):
        _OWN.fetcher = _local_fetcher()
        _OWN.fonts = FontConfiguration()
        path = _STATIC / "css" / "print.css"
        _OWN.sheet = CSS(filename=str(path), font_config=_OWN.fonts, url_fetcher=_OWN.fetcher)
    return _OWN


def _local_fetcher() -> Any:
    """A fetcher for `data:` addresses and files of `static/css` and `static/fonts`; anything else stops the paper."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415

    class LocalFetcher(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not _is_ours(url):
                # Fatal, because WeasyPrint swallows the rest: a paper with a hole in it must not be issued.
                raise FatalURLFetchingError(f"A paper may not load {url[:200]}")
            return super().fetch(url, headers)

    return LocalFetcher(allowed_protocols=("data", "file"), allow_redirects=False)


def _is_ours(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme != "file":
        return parts.scheme == "data"
    path = Path(unquote(parts.path)).resolve()
    return not parts.netloc and any(path.is_relative_to(folder.resolve()) for folder in _READABLE)
