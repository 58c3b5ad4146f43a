"""What a file really is, told from its bytes. Pure; called by vault.services before anything is stored."""

import re
import unicodedata
import warnings
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image

from portal.errors import UserError

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".docx": DOCX, ".xlsx": XLSX}
# For the file input: with the types named, phones offer their camera and turn their own formats into JPEG.
ACCEPT = ",".join([*EXTENSIONS, PDF, JPEG, PNG])

MAX_NAME = 200
MAX_PIXELS = 60_000_000  # a phone's largest photograph; a bomb unpacks to more
MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200  # text in a sheet packs 20 to 60 times, a bomb a thousand times
PDF_TAIL = 8 * 1024

_SPACES = re.compile(r"\s+")
_UNSAFE = re.compile(r'[<>:"|?*]')


def clean_name(name: str) -> str:
    """Make a person's file name safe to show: no folder, no control or direction sign, at most 200 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Cc hides line breaks, Cf hides the signs that turn "fdp.exe" around, Cs breaks encoding.
    name = "".join(sign for sign in name if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    name = _SPACES.sub(" ", _UNSAFE.sub("_", name)).strip(" .")
    if not name:
        return _("tệp")
    suffix = PurePosixPath(name).suffix[:10]
    stem = name.removesuffix(suffix) if suffix else name
    return stem[: MAX_NAME - len(suffix)] + suffix


def detect(file: BinaryIO, name: str) -> str:
    """Tell the type of a file by its bytes.

    Raises UserError when it is none of the five types, when its extension says something else, or when it is
    broken or built to overwhelm whoever opens it.
    """
    file.seek(0)
    head = file.read(16)
    if not head:
        raise UserError(_("Tệp này rỗng. Hãy kiểm tra lại tệp rồi tải lên lần nữa."))
    mime = _by_signature(file, head)
    if mime is None:
        raise UserError(
            _("Không nhận loại tệp này. Hãy dùng tệp PDF, ảnh JPEG hoặc PNG, tệp Word DOCX hoặc Excel XLSX.")
        )
    expected = EXTENSIONS.get(PurePosixPath(name.lower()).suffix)
    if expected != mime:
        raise UserError(
            _("Tên tệp và nội dung không khớp: nội dung là %(kind)s. Hãy đổi lại đúng đuôi tệp hoặc chọn tệp khác.")
            % {"kind": short_name(mime)}
        )
    file.seek(0)
    return mime


def short_name(mime: str) -> str:
    """Word for a type that people know."""
    return {PDF: "PDF", JPEG: "JPEG", PNG: "PNG", DOCX: "DOCX", XLSX: "XLSX"}.get(mime, mime)


def _by_signature(file: BinaryIO, head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        _check_pdf(file)
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        _check_image(file, "JPEG")
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_image(file, "PNG")
        return PNG
    if head.startswith(b"PK\x03\x04"):
        return _office_type(file)
    return None


def _broken() -> UserError:
    return UserError(_("Tệp bị hỏng hoặc chưa tải lên hết. Hãy mở thử tệp trên máy của bạn rồi tải lên lại."))


def _check_pdf(file: BinaryIO) -> None:
    """Refuse a PDF cut off on the way: its end mark is missing."""
    size = file.seek(0, 2)
    file.seek(max(0, size - PDF_TAIL))
    if b"%%EOF" not in file.read(PDF_TAIL):
        raise _broken()


def _check_image(file: BinaryIO, kind: str) -> None:
    """Refuse a broken picture and one of too many pixels, at the cost of a thumbnail."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
            with Image.open(file, formats=[kind]) as image:
                _refuse_giant(image)
                if kind == "PNG":
                    image.verify()  # check sums of all chunks, without unpacking
                else:
                    image.draft("L", (64, 64))
                    image.load()
    except UserError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _broken() from error


def _refuse_giant(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise UserError(_("Ảnh quá lớn (trên 60 triệu điểm ảnh). Hãy chụp hoặc quét lại ở độ phân giải thấp hơn."))


def _office_type(file: BinaryIO) -> str | None:
    """Tell Word from Excel by the parts inside; None for any other archive."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise _broken() from error
    _refuse_bomb(entries)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UserError(_("Tệp có chứa macro nên không được nhận. Hãy lưu lại tệp dạng DOCX, XLSX thường hoặc PDF."))
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    encrypted = any(entry.flag_bits & 1 for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO or encrypted:
        raise UserError(
            _("Tệp nén bất thường hoặc có mật khẩu nên không mở an toàn được. Hãy lưu lại tệp dạng PDF rồi tải lên.")
        )
