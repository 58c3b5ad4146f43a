"""One small file of each kind, opened by a child while it warms up: what readers load late must be loaded by then."""

import base64
import io
import zipfile
from collections.abc import Iterator
from datetime import date

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter

from vault.opener.findings import Job

# 48 by 64 points with a red corner, turned on its side, with a place and a maker: what telephones write.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB7AABAAAAAAAAAFMAAgAAAAACPwABAAAAAAAAAKoAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAQVtZGF0AAAA"
    "TygBrxOA5Ta3/6eOX8m4B6ZWpruSLKF+Q2H0Xd/ElliDcbrANE/O/HRxqQ/4n/TBYPVf/0HVN68OWhJLz/OlXpu/EBmPKIYbh4i+Cy9BosAAAA"
    "AGRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAHAAAAMgESAAMAAAABAAYAAIglAAQAAAABAAAAOgAAAABNYXlUaHUAAAAEAAEAAgAAAAJOAAAAAAIA"
    "BQAAAAMAAABwAAMAAgAAAAJFAAAAAAQABQAAAAMAAACIAAAAAAAAAAoAAAABAAAAFAAAAAEAAAAeAAAAAQAAAGsAAAABAAAABAAAAAEAAAAFAA"
    "AAAQ=="
)


def every() -> Iterator[tuple[Job, bytes]]:
    """One file of each kind."""
    yield Job.PDF, pdf()
    yield Job.PDF, pdf(owner="o")
    yield Job.OFFICE, docx()
    yield Job.SHEET, xlsx()
    yield Job.PAGE, pdf()
    yield Job.PAGE, picture("PNG")
    yield Job.PICTURE, HEIC
    for kind in ("JPEG", "PNG", "WEBP"):
        yield Job.PICTURE, picture(kind)


def pdf(*, owner: str = "", user: str = "") -> bytes:
    """A PDF of one blank page, locked by what its owner, or whoever opens it, must know."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if owner or user:
        writer.encrypt(user, owner or None, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx() -> bytes:
    """A Word file of one empty page."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


def xlsx() -> bytes:
    """An Excel file with a word, a number, a share, a day, a formula and merged cells."""
    out = io.BytesIO()
    book = Workbook()
    sheet = book.active
    sheet.append(["x", 1.5, 0.45, date(2026, 12, 31), "=B1"])
    sheet["C1"].number_format = "0%"
    sheet.merge_cells("A2:B2")
    book.save(out)
    return out.getvalue()


def picture(kind: str) -> bytes:
    """A small picture that lies on its side, so that all that turning and writing needs is loaded."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (16, 12), "white").save(out, kind, exif=exif)
    return out.getvalue()
