"""Files of all kinds, honest and hostile, made in memory."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from vault.opening import open_upload

CONTENT = b"BT /F1 24 Tf 20 100 Td (thu) Tj ET"


def pdf(*, catalog=b"", page=b"", pages=1, drawn=CONTENT, more=()):
    """A PDF written by hand; `catalog` and `page` go into those dictionaries, `more` are objects numbered from 4 on."""
    kids = [4 + len(more) + number for number in range(pages)]
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R " + catalog + b">>",
        2: b"<</Type/Pages/Count %d/Kids[" % pages + b" ".join(b"%d 0 R" % kid for kid in kids) + b"]>>",
        3: b"<</Length %d>>stream\n" % len(drawn) + drawn + b"\nendstream",
        **dict(enumerate(more, start=4)),
        **dict.fromkeys(kids, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 3 0 R " + page + b">>"),
    }
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number in sorted(objects):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + objects[number] + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


PDF = pdf()
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def upload(name, content):
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def opened(name, content):
    """A file as it comes through the door."""
    return open_upload(upload(name, content))


def picture(kind, size=(40, 30), **options):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def archive(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def docx(**extra):
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>", **extra})


def xlsx():
    return archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"})


def giant_png():
    """A picture of 20,000 × 20,000 points in a few bytes: the header alone."""

    def chunk(kind, data):
        return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack("!LLBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
