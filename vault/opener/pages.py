"""Draws one page of a file as a picture, with a small one beside it. Runs in the child.

The file was opened when it came; it is opened again here as if nobody had, since what lies stored may be old or spoiled.
"""

import io
import struct
from contextlib import closing

import pypdfium2
from PIL import Image

from vault.opener.findings import JPEG, FileFindings, NotTakenError, WhyNot
from vault.opener.pdfs import why_not
from vault.opener.pictures import FORMATS, on_white, refuse_giant
from vault.opener.pipe import SMALL_SIZE

LONGEST = 1754  # points: A4 at 150 to the inch, which small print can be read at
SMALL = 160
MOST_ENLARGED = 8  # a page the size of a stamp becomes no poster
QUALITY, SMALL_QUALITY = 80, 65


def look(data: bytes, *, number: int) -> FileFindings:
    """Draw a page (from 0 on), and say how many there are. Raises NotTakenError."""
    drawn, count = _of_pdf(data, number) if b"%PDF-" in data[:1024] else _of_picture(data, number)
    small = drawn.copy()
    small.thumbnail((SMALL, SMALL))
    thumb = _written(small, SMALL_QUALITY)
    return FileFindings(JPEG, content=SMALL_SIZE.pack(len(thumb)) + thumb + _written(drawn, QUALITY), pages=count)


def _of_pdf(data: bytes, number: int) -> tuple[Image.Image, int]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotTakenError(why_not(data, error)) from error
    with closing(document):
        count = len(document)
        if not 0 <= number < count:
            raise NotTakenError(WhyNot.NO_PAGE)
        try:
            with closing(document[number]) as page:
                longest = max(page.get_size())
                scale = min(LONGEST / max(longest, 1), MOST_ENLARGED)
                drawn = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise NotTakenError(WhyNot.CUT) from error
    return drawn, count


def _of_picture(data: bytes, number: int) -> tuple[Image.Image, int]:
    if number:
        raise NotTakenError(WhyNot.NO_PAGE)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            refuse_giant(image)
            image.draft(None, (LONGEST, LONGEST))
            image.thumbnail((LONGEST, LONGEST))
            return on_white(image).convert("RGB"), 1
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise NotTakenError(WhyNot.BROKEN) from error


def _written(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, exif=b"", xmp=b"", comment=b"")
    return out.getvalue()
