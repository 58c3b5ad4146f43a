"""The citizen's vault ("Kho của tôi"), and `serve`, the one way a stored file leaves the house, perhaps `to_print`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import citizen_only
from portal.errors import PortalError, UserError
from vault import integrity, queries
from vault.encryption import DamagedFileError, NoFileKeyError
from vault.enums import ScanState
from vault.models import StoredFile

log = structlog.get_logger(__name__)

PDF = "application/pdf"
KEPT_SECONDS = 600  # how long a browser may show a page again without asking
# A hostile file that a browser opens anyway gets no script, no form, no origin.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def serve(stored_file: StoredFile, *, own: bool = False) -> HttpResponseBase:
    """Stream a file as a download. The caller has checked that the person may have it.

    `own`: the person asking is the one who sent it and may have it before the scan is done.
    """
    if not queries.may_open(stored_file, own=own):
        return _blocked(stored_file)
    try:
        stream = integrity.checked(stored_file)
    except FileNotFoundError as error:
        raise Http404 from error
    except (DamagedFileError, NoFileKeyError) as error:
        return _unreadable(stored_file, error)
    response = FileResponse(stream, as_attachment=True, filename=stored_file.name, content_type=stored_file.mime)
    response["Content-Length"] = stored_file.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


def serve_to_print(stored_file: StoredFile) -> HttpResponseBase:
    """The same for a paper that we made ourselves, laid into a frame of one of our own pages for its print dialog.

    Without the sandbox, in which browsers show no PDF; anything but a PDF of ours goes out as any file does.
    """
    response = serve(stored_file)
    if isinstance(response, FileResponse) and stored_file.mime == PDF:
        response["Content-Disposition"] = "inline"
        response["Content-Security-Policy"] = "frame-ancestors 'self'"
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def serve_page(stored_file: StoredFile, picture: StoredFile) -> HttpResponseBase:
    """A page of a file as a picture of ours, for one of our own pages: given to whom the file itself is given.

    A browser may keep it for a short while, for this person alone.
    """
    if not queries.may_open(stored_file, own=False):
        return _blocked(stored_file)
    response = serve(picture)
    if isinstance(response, FileResponse):
        response["Content-Disposition"] = "inline"
        response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


def tells_why(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For pages that get a file ready before they give it: what stops them is said on a page; without it, a fault of ours."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except UserError as error:
            log.warning("file.not_ready", path=request.path, reason=error.message)
            return _not_opened(error.message, 409)

    return told


def _blocked(stored_file: StoredFile) -> HttpResponse:
    if stored_file.scan_state == ScanState.INFECTED:
        return _not_opened(
            _("Tệp này có mã độc nên đã bị cách ly, không ai mở được. Hãy yêu cầu người nộp gửi lại tệp khác."), 403
        )
    return _not_opened(_("Tệp này đang chờ quét vi-rút. Hãy quay lại sau ít phút."), 409)


def _unreadable(stored_file: StoredFile, error: PortalError) -> HttpResponse:
    if isinstance(error, NoFileKeyError):
        log.error("file.no_key", file=str(stored_file.pk), reason=str(error))
        return _not_opened(
            _("Tệp được lưu ở dạng mã hóa và hệ thống đang thiếu khóa nên chưa mở được. Người quản trị đã được báo."),
            503,
        )
    log.error("file.changed", file=str(stored_file.pk), reason=str(error))
    return _not_opened(
        _("Tệp lưu trong hệ thống không còn đúng như khi nhận nên chưa mở được. Người quản trị đã được báo."), 500
    )


def _not_opened(text: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string("vault/blocked.html", {"text": text}), status=status)


@citizen_only
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show the papers of the signed-in person."""
    return render(request, "vault/mine.html", {"items": queries.mine(request.user)})


@citizen_only
@require_safe
def item(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Download one own paper; anybody else's does not exist."""
    found = get_object_or_404(queries.mine(request.user), pk=item_id)
    return serve(found.file, own=True)
