"""Background work of the vault: scan what was sent, sweep what was missed, remove what nobody kept."""

from contextlib import suppress
from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.errors import AwayError, RetryLaterError, UserError
from portal.sweeps import SWEEPS, RowSweep
from vault import keeping, pages, services
from vault.encryption import DamagedFileError, NoFileKeyError
from vault.enums import ScanState
from vault.models import StoredFile
from vault.queries import orphans, waiting_for_scan
from vault.scanning import is_infected

log = structlog.get_logger(__name__)

ORPHAN_AFTER = timedelta(days=2)
SWEEP_SIZE = 200
ALARMS = 20  # lines a minute, not one for each of a thousand files
BYTES_MISSING = _("Tệp không còn trong kho. Hãy khôi phục kho tệp từ bản sao lưu rồi làm lại.")
BYTES_CHANGED = _("Nội dung tệp trong kho đã bị thay đổi nên không quét được. Hãy kiểm tra kho tệp.")
NO_KEY = _("Thiếu khóa mã hóa để mở tệp. Hãy nạp lại khóa rồi làm lại.")
NOT_KNOWN = _("Máy quét vi-rút không kết luận được tệp này (%(answer)s).")


@shared_task(name="vault.tasks.scan_file")
def scan_file(*, file_id: str) -> None:
    """Scan one waiting file; a scanner that is away leaves it waiting for the sweep."""
    if settings.CLAMD:
        with suppress(AwayError):
            WAITING.try_one(file_id)


@shared_task(name="vault.tasks.scan_waiting")
def scan_waiting() -> int:
    """Scan what nobody scanned: a lost message, a scanner that was away. Says aloud when something waits too long."""
    if not settings.CLAMD:
        return 0
    for file in waiting_for_scan(clock.now() - clock.LATE)[:ALARMS]:
        log.error("scan.late", file=str(file.pk), since=file.created_at.isoformat())
    return WAITING.run()


def _scan(file_id: str) -> bool:
    """Scan one file; what keeps it from being scanned goes to the sweep, and the file on waiting."""
    file = StoredFile.objects.filter(pk=file_id, scan_state=ScanState.WAITING).first()
    if file is None:
        return False
    try:
        with keeping.opened(file) as stream:
            infected = is_infected(stream, address=settings.CLAMD)
    except FileNotFoundError as error:
        log.exception("scan.bytes_missing", file=str(file.pk))
        raise UserError(BYTES_MISSING) from error
    except (DamagedFileError, NoFileKeyError) as error:  # it goes on waiting, and nobody but its sender may ask for it
        no_key = isinstance(error, NoFileKeyError)
        log.error("file.no_key" if no_key else "file.changed", file=str(file.pk))  # noqa: TRY400
        raise UserError(NO_KEY if no_key else BYTES_CHANGED) from error
    except AwayError:
        raise
    except RetryLaterError as error:
        raise UserError(NOT_KNOWN % {"answer": error}) from error
    if services.record_scan(file_id=file.pk, infected=infected) and infected:
        log.warning("scan.infected", file=str(file.pk))
    return True


WAITING = RowSweep(
    code="scans",
    label=_("Quét vi-rút tệp người dân gửi"),
    row=_("tệp"),
    task="vault.tasks.scan_waiting",
    waiting=lambda: StoredFile.objects.filter(scan_state=ScanState.WAITING),
    serve=_scan,
    since="created_at",
    claims=True,
    batch=SWEEP_SIZE,
)
SWEEPS.add(WAITING)


@shared_task(name="vault.tasks.draw_pages")
def draw_pages(*, file_id: str) -> None:
    """Draw the pages of one file that somebody looks at; what fails waits for the sweep."""
    TO_DRAW.try_one(file_id)


@shared_task(name="vault.tasks.draw_waiting")
def draw_waiting() -> int:
    """Draw what nobody drew: a lost message, a worker that was killed, no child to be had."""
    return TO_DRAW.run()


TO_DRAW = RowSweep(
    code="pages",
    label=_("Dựng trang giấy tờ để xem trên cổng"),
    row=_("tệp"),
    task="vault.tasks.draw_waiting",
    waiting=pages.waiting,
    serve=pages.draw,
    since="asked_at",
    claims=True,
    batch=SWEEP_SIZE,
)
SWEEPS.add(TO_DRAW)


@shared_task(name="vault.tasks.remove_orphans")
def remove_orphans() -> int:
    """Erase uploads that nothing refers to after two days, and bytes that no row knows."""
    before = clock.now() - ORPHAN_AFTER
    erased = sum(services.erase(file_id=pk) for pk in orphans(before).values_list("pk", flat=True)[:10_000])
    strays = _remove_stray_bytes()
    log.info("vault.swept", erased=erased, strays=strays)
    return erased + strays


def _remove_stray_bytes() -> int:
    """Bytes of a transaction that was rolled back: only young folders can hold them, so old ones are not walked."""
    young = {f"{clock.today():%Y/%m}", f"{clock.today() - timedelta(days=31):%Y/%m}"}
    return keeping.remove_strays(young, before=clock.now() - ORPHAN_AFTER)
