"""Background work of the vault: scan what was sent, sweep what was missed, remove what nobody kept."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings

from portal import clock
from portal.errors import RetryLaterError
from vault import keeping, services
from vault.encryption import DamagedFileError, NoFileKeyError
from vault.enums import ScanState
from vault.models import StoredFile
from vault.queries import orphans, waiting_for_scan
from vault.scanning import is_infected

log = structlog.get_logger(__name__)

ORPHAN_AFTER = timedelta(days=2)
ALARM_AFTER = timedelta(minutes=15)
SWEEP_SIZE = 200


@shared_task(name="vault.tasks.scan_file")
def scan_file(*, file_id: str) -> None:
    """Scan one waiting file; a scanner that is away leaves it waiting for the sweep."""
    file = StoredFile.objects.filter(pk=file_id, scan_state=ScanState.WAITING).first()
    if file is not None and settings.CLAMD:
        _scan(file)


@shared_task(name="vault.tasks.scan_waiting")
def scan_waiting() -> int:
    """Scan what nobody scanned: a lost message, a scanner that was away. Says aloud when something waits too long."""
    if not settings.CLAMD:
        return 0
    done = 0
    for file in waiting_for_scan(clock.now() - timedelta(seconds=30))[:SWEEP_SIZE]:
        if clock.now() - file.created_at > ALARM_AFTER:
            log.error("scan.late", file=str(file.pk), since=file.created_at.isoformat())
        if not _scan(file):
            break  # the scanner is away; the next sweep tries again
        done += 1
    return done


def _scan(file: StoredFile) -> bool:
    try:
        with keeping.opened(file) as stream:
            infected = is_infected(stream, address=settings.CLAMD)
    except RetryLaterError as error:
        log.warning("scan.postponed", file=str(file.pk), reason=str(error))
        return False
    except FileNotFoundError:
        log.exception("scan.bytes_missing", file=str(file.pk))
        return True
    except (DamagedFileError, NoFileKeyError) as error:  # it goes on waiting, and nobody but its sender may ask for it
        log.error("file.no_key" if isinstance(error, NoFileKeyError) else "file.changed", file=str(file.pk))  # noqa: TRY400
        return True
    if services.record_scan(file_id=file.pk, infected=infected) and infected:
        log.warning("scan.infected", file=str(file.pk))
    return True


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
