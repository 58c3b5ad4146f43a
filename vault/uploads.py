"""The door for uploads while they arrive: what is over the limit, or finds no room, is left out, and told by its name.

`left_out` is asked by the views of other rooms; the handlers stand in the settings.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that did not come in: of which field, under which name, and whether it was too large or there was no room."""

    field: str
    name: str
    is_too_large: bool


def left_out(request: HttpRequest) -> list[LeftOut]:
    """The files of this request that were left out on the way."""
    found: list[LeftOut] = getattr(request, "uploads_left_out", [])
    return found


def _leave_out(handler: FileUploadHandler, *, is_too_large: bool) -> NoReturn:
    request: Any = handler.request
    one = LeftOut(handler.field_name or "", handler.file_name or "", is_too_large)
    request.uploads_left_out = [*left_out(request), one]
    raise SkipFile


class BoundedUploadHandler(FileUploadHandler):
    """First of the upload handlers: counts each file and drops it at the limit, whatever Content-Length said."""

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start counting."""
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on until the limit."""
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_FILE:
            _leave_out(self, is_too_large=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind this one."""
        return


class SpooledUploadHandler(TemporaryFileUploadHandler):
    """Last of the upload handlers: files too large for memory wait on disk; where that is full, they are left out."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Make the temporary file."""
        self.file: Any = BytesIO()  # what is closed when none can be made; the file before belongs to the request
        with self._room():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write bytes away."""
        with self._room():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """Hand the file over, or nothing when the last of it finds no room."""
        with suppress(SkipFile), self._room():
            return super().file_complete(file_size)
        return None

    def upload_interrupted(self) -> None:
        """Remove what came of a file that was broken off."""
        if hasattr(self, "file"):
            self.file.close()  # a temporary file goes with its closing

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            log.exception("upload.no_room")
            with suppress(OSError):
                self.file.close()
            _leave_out(self, is_too_large=False)
