"""The door for files that people send: each is opened before anything is kept, and every outcome has its sentence.

What comes out is ready to be kept: named, upright, without what nobody asked for. Called by dossiers.services before their
transaction begins, so that nobody waits for a row while a parser works. Kept by vault.services.store_upload.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.errors import LimitError, UserError
from vault import content
from vault.enums import FileRemark
from vault.opener.findings import FileFindings, Job, NotTakenError, Remark, WhyNot
from vault.opener.pipe import SMALL_SIZE
from vault.opener.process import OPENER, NoOpenerError

log = structlog.get_logger(__name__)

_PRINT_AGAIN = gettext_lazy("Hãy mở tệp trên máy, chọn In → Lưu thành PDF rồi tải lên tệp mới.")
_SEND_WHOLE = gettext_lazy("Hãy mở thử tệp trên máy của bạn; nếu mở được, tải lên lại; nếu không, quét hoặc chụp lại.")
_SENTENCES = {
    WhyNot.LOCKED: gettext_lazy(
        "Tệp có mật khẩu nên không ai mở xem được. Hãy mở bằng mật khẩu, chọn In → Lưu thành PDF rồi tải lên tệp mới."
    ),
    WhyNot.NO_PAGE: gettext_lazy("Tệp PDF không có trang nào để xem. %(whole)s"),
    WhyNot.CUT: gettext_lazy("Tệp bị cắt giữa chừng, chưa tải hoặc chép về hết. %(whole)s"),
    WhyNot.BROKEN: gettext_lazy("Tệp bị hỏng, không mở được. %(whole)s"),
    WhyNot.BROKEN_PHONE: gettext_lazy(
        "Ảnh HEIC này không mở được. Trên iPhone: mở ảnh, chọn Chia sẻ → Tùy chọn → Tương thích nhất rồi gửi lại; "
        "hoặc chụp màn hình ảnh đó và tải lên."
    ),
    WhyNot.GIANT: gettext_lazy(
        "Ảnh rộng %(width)s × %(height)s điểm ảnh, quá 60 triệu điểm nên không mở an toàn được. "
        "Hãy chụp hoặc quét lại ở độ phân giải thấp hơn (300 dpi là đủ)."
    ),
    WhyNot.SCRIPT: gettext_lazy("Tệp PDF có mã lệnh tự chạy (JavaScript) nên không được nhận. %(again)s"),
    WhyNot.LAUNCH: gettext_lazy("Tệp PDF có lệnh mở chương trình khác nên không được nhận. %(again)s"),
    WhyNot.MACRO: gettext_lazy(
        "Tệp có chứa macro hoặc mã lệnh nên không được nhận. Hãy lưu lại tệp dạng DOCX, XLSX thường hoặc PDF rồi tải lên."
    ),
    WhyNot.PACKED: gettext_lazy(
        "Tệp nén bất thường, bung ra quá lớn nên không mở an toàn được. Hãy lưu lại tệp dạng PDF rồi tải lên."
    ),
    WhyNot.TOO_HEAVY: gettext_lazy("Tệp quá phức tạp hoặc bị hỏng nên không mở được trong giới hạn an toàn. %(again)s"),
}
_NOT_DRAWN = {
    WhyNot.LOCKED: gettext_lazy(
        "“%(name)s” có mật khẩu nên không xem được. Hãy yêu cầu người nộp gửi lại tệp không có mật khẩu."
    ),
    WhyNot.NO_PAGE: gettext_lazy("“%(name)s” không có trang nào để xem."),
    WhyNot.TOO_HEAVY: gettext_lazy(
        "“%(name)s” quá phức tạp nên không dựng được trang trong giới hạn an toàn. Hãy mở tệp để xem."
    ),
    WhyNot.GIANT: gettext_lazy(
        "“%(name)s” là ảnh quá lớn nên không dựng được trang trong giới hạn an toàn. Hãy mở tệp để xem."
    ),
    WhyNot.BROKEN: gettext_lazy(
        "“%(name)s” bị hỏng hoặc bị cắt nên không dựng được trang. Hãy mở thử tệp hoặc yêu cầu gửi lại."
    ),
}
_AWAY = gettext_lazy(
    "Hệ thống tạm thời chưa mở kiểm tra được tệp. Nội dung đã điền vẫn được giữ; vui lòng tải lên lại sau ít phút."
)


class TooLargeError(LimitError):
    """A file, or all files together, are over the limit; views answer 413."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that opens and may be kept. `sent_sha256` is of the bytes as they came, `sha256` of those to keep."""

    name: str
    mime: str
    content: bytes = field(repr=False)
    sha256: str
    sent_sha256: str
    remarks: tuple[FileRemark, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to keep."""
        return len(self.content)


def open_upload(upload: "UploadedFile[bytes]") -> OpenedFile:
    """Open a file a person sent.

    Raises TooLargeError above UPLOAD_MAX_FILE, UserError for what is not taken, with what to do.
    """
    refuse_too_large(upload.size or 0)
    upload.seek(0)
    data = upload.read()
    name = upload.name or ""
    mime = content.claimed(data[: content.HEAD], name)
    if mime != content.OFFICE:
        content.refuse_other_name(name, mime)
    found = _found(data, mime, name)
    if mime == content.OFFICE:
        content.refuse_other_name(name, found.mime)
    sent = hashlib.sha256(data).hexdigest()
    kept = data if found.content is None else found.content
    refuse_too_large(len(kept))
    return OpenedFile(
        name=content.kept_name(name, found.mime),
        mime=found.mime,
        content=kept,
        sha256=sent if found.content is None else hashlib.sha256(kept).hexdigest(),
        sent_sha256=sent,
        remarks=tuple(FileRemark(remark) for remark in Remark if remark in found.remarks),
    )


def read_sheet(upload: "UploadedFile[bytes]") -> list[list[str]]:
    """The rows of an Excel file's first sheet as text; nothing of the file is kept.

    Raises TooLargeError, UserError for what is not taken or no sheet, with what to do.
    """
    refuse_too_large(upload.size or 0)
    upload.seek(0)
    rows: list[list[str]] = json.loads(_opened(Job.SHEET, upload.read(), upload.name or "").content or b"[]")
    return rows


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page of a file as pictures (JPEG), and how many pages the file has."""

    picture: bytes = field(repr=False)
    small: bytes = field(repr=False)
    pages: int = 1


def draw_page(data: bytes, number: int) -> DrawnPage:
    """Draw a page (from 0 on) of a stored PDF or picture.

    Raises NotTakenError when it cannot be drawn, whoever tries; LimitError when nobody could look at it now.
    """
    try:
        found = OPENER.open(Job.PAGE, data, max_size=settings.UPLOAD_MAX_FILE, page=number)
    except NoOpenerError as error:
        log.exception("file.no_opener")
        raise LimitError(_AWAY) from error
    content = found.content or b""
    (length,) = SMALL_SIZE.unpack_from(content)
    begins = SMALL_SIZE.size
    return DrawnPage(content[begins + length :], content[begins : begins + length], found.pages)


def why_not_drawn(reason: str, name: str) -> str:
    """Why a stored file has no pages to show, in a sentence for who looks at it."""
    return str(_NOT_DRAWN.get(WhyNot(reason), _NOT_DRAWN[WhyNot.BROKEN])) % {"name": name}


def make_ready() -> None:
    """Have somebody ready to open files: called by the pages that ask for them."""
    OPENER.make_ready()


def refuse_too_large(size: int) -> None:
    """Raise TooLargeError when one file is over the limit."""
    if size > settings.UPLOAD_MAX_FILE:
        raise TooLargeError(too_large())


def too_large() -> str:
    """What is told about a file over the limit."""
    return _("Tệp nặng hơn %(limit)s MB. Hãy quét lại ở độ phân giải thấp hơn hoặc tách thành nhiều tệp.") % {
        "limit": settings.UPLOAD_MAX_FILE // (1024 * 1024)
    }


def _found(data: bytes, mime: str, name: str) -> FileFindings:
    return _opened(content.JOBS[mime], data, name)


def _opened(job: Job, data: bytes, name: str) -> FileFindings:
    try:
        return OPENER.open(job, data, max_size=settings.UPLOAD_MAX_FILE)
    except NotTakenError as error:
        log.info("file.refused", reason=error.reason, size=len(data))
        raise UserError(_sentence(error, name)) from error
    except NoOpenerError as error:
        log.exception("file.no_opener")
        raise LimitError(_AWAY) from error


def _sentence(error: NotTakenError, name: str) -> str:
    if error.reason is WhyNot.UNKNOWN:
        return content.not_taken(name)
    facts = {"whole": _SEND_WHOLE, "again": _PRINT_AGAIN, **error.facts}
    return str(_SENTENCES[error.reason]) % facts


def join_pdfs(parts: Sequence[Path], out: Path) -> None:
    """Put the pages of papers of ours into one file, in a child, since nothing here reads PDF."""
    command = [sys.executable, "-m", "vault.opener.joining", str(out), *map(str, parts)]
    subprocess.run(command, check=True, capture_output=True, cwd=settings.BASE_DIR)  # noqa: S603  our own module and paths
