"""What a file is called and what kind it claims to be. Pure; what stands in it is opened by vault.opening."""

import re
import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from portal.errors import UserError
from vault.opener.findings import DOCX, JPEG, PDF, PNG, XLSX, Job

HEIC = "image/heic"
WEBP = "image/webp"
OFFICE = "application/zip"  # Word or Excel: which of them is told by opening it
PICTURES = {
    **dict.fromkeys((".jpg", ".jpeg", ".jfif", ".jpe"), JPEG),
    ".png": PNG,
    ".webp": WEBP,
    **dict.fromkeys((".heic", ".heif"), HEIC),
}
EXTENSIONS = {".pdf": PDF, **PICTURES, ".docx": DOCX, ".xlsx": XLSX}
# For the file input: with the types named, phones offer their camera.
ACCEPT = ",".join([*EXTENSIONS, PDF, JPEG, PNG, WEBP, HEIC])
JOBS = {PDF: Job.PDF, OFFICE: Job.OFFICE, **dict.fromkeys((JPEG, PNG, WEBP, HEIC), Job.PICTURE)}

MAX_NAME = 200
PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024  # readers look this far; scanners and mail programs put lines before it
HEAD = PDF_MARK_WITHIN + len(PDF_MARK)
_PHONE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

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


def claimed(head: bytes, name: str) -> str:
    """The kind a file claims to be by its first bytes. Raises UserError for one that is not taken, with what to do."""
    if not head:
        raise UserError(_("Tệp này rỗng (0 byte). Hãy kiểm tra lại tệp trên máy rồi tải lên lần nữa."))
    mime = _by_signature(head)
    if mime is None:
        raise UserError(not_taken(name))
    return mime


def not_taken(name: str) -> str:
    """What is told about a kind that is not taken: what to do with it, by the ending of its name."""
    return _("Không nhận loại tệp này. %(help)s") % {"help": _what_to_do(suffix_of(name))}


def refuse_other_name(name: str, mime: str) -> None:
    """Raise UserError when a name says another kind than the content is; one picture may be called like another."""
    expected = EXTENSIONS.get(suffix_of(name))
    if expected == mime or (mime in PICTURES.values() and expected in PICTURES.values()):
        return
    raise UserError(
        _("Tên tệp và nội dung không khớp: nội dung là %(kind)s. Hãy đổi lại đúng đuôi tệp hoặc chọn tệp khác.")
        % {"kind": short_name(mime)}
    )


def kept_name(name: str, mime: str) -> str:
    """The name under which a file is kept: a picture that became a JPEG is called one."""
    name = clean_name(name)
    wanted = {JPEG: (".jpg", ".jpeg"), PNG: (".png",)}.get(mime)
    if wanted is None or suffix_of(name) in wanted:
        return name
    stem = name[: len(name) - len(suffix_of(name))]
    return stem[: MAX_NAME - len(wanted[0])] + wanted[0]


def suffix_of(name: str) -> str:
    """The ending of a name with its dot, in small letters."""
    return PurePosixPath(name.lower().strip()).suffix


def short_name(mime: str) -> str:
    """Word for a type that people know."""
    names = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG", HEIC: "HEIC", WEBP: "WebP", DOCX: "DOCX", XLSX: "XLSX"}
    return names.get(mime, mime)


def _by_signature(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _PHONE_BRANDS:
        return HEIC
    if head.startswith(b"PK\x03\x04"):
        return OFFICE
    return PDF if _is_pdf(head) else None


def _is_pdf(head: bytes) -> bool:
    """Tell whether the mark of a PDF stands near the beginning, with nothing before it that makes it another kind too."""
    before, mark, _rest = head.partition(PDF_MARK)
    return bool(mark) and len(before) < PDF_MARK_WITHIN and b"<" not in before and not before.startswith(b"MZ")


def _what_to_do(suffix: str) -> str:
    if suffix in {".doc", ".xls", ".rtf", ".odt", ".ods", ".ppt", ".pptx", ".docm", ".xlsm"}:
        return _("Hãy mở tệp, chọn Lưu thành (Save as) PDF hoặc DOCX, XLSX rồi tải lên tệp mới.")
    if suffix in {".zip", ".rar", ".7z", ".gz"}:
        return _("Hãy giải nén rồi tải lên từng tệp bên trong.")
    if suffix in {".tif", ".tiff", ".bmp", ".gif", ".avif", ".svg"}:
        return _("Hãy lưu lại ảnh dạng JPEG hoặc PNG, hoặc quét ra PDF, rồi tải lên.")
    return _("Hãy dùng tệp PDF, ảnh (JPEG, PNG, HEIC, WebP), tệp Word DOCX hoặc Excel XLSX.")
