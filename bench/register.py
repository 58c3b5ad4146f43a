"""A register of many rows as a worker lays it out: processor time, peak memory, pages. `python -m bench.register 2000 20000`.

Rows are made up here, so that no database is needed: what is measured is the layout and the putting together of pages.
"""

import dataclasses
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
django.setup()

from dossiers import ledger_sheets  # noqa: E402
from dossiers.papers import SHEETS, Piece  # noqa: E402
from dossiers.services import sheet_orders  # noqa: E402

DAY = datetime(2026, 11, 18, 2, tzinfo=UTC)
LINE = {
    "code": "H29.951-261118-0001",
    "name": "Cấp bản sao có chứng thực từ bản chính giấy tờ, văn bản do cơ quan có thẩm quyền cấp",
    "owner": "Nguyễn Thị Thanh Mai",
    "address": "12 Lê Lợi, phường Vũng Tàu",
    "phone": "0901234567",
    "received_at": DAY,
    "first_due_at": DAY,
    "sent_at": DAY,
    "back_at": DAY,
    "returned_at": None,
    "delivery": "nhận tại Bộ phận Một cửa",
    "handed_to": "",
    "note": "",
}
DESK = SimpleNamespace(name="Trung tâm Phục vụ hành chính công phường Mẫu")


def pieces(rows: int) -> Iterator[Piece]:
    """So many rows, a piece at a time."""
    place = {"authority": None, "desk": DESK, "place_name": "Phường Mẫu", "barcode_text": "01/01/2026 – 31/12/2026"}
    days = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    for start in range(0, rows, ledger_sheets.CHUNK):
        last = min(start + ledger_sheets.CHUNK, rows)
        lines = [{**LINE, "number": number} for number in range(start + 1, last + 1)]
        yield Piece(len(lines), {**place, **days, "lines": lines, "is_first": start == 0})


def main() -> None:
    """One register after the other in this process, which shows that memory does not grow with their length."""
    for rows in map(int, sys.argv[1:] or ["2000", "20000"]):
        real = SHEETS["register"]
        SHEETS.remove("register")
        SHEETS.add(dataclasses.replace(real, pieces=lambda _order, rows=rows: pieces(rows)))
        began, wall = time.process_time(), time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            order = SimpleNamespace(kind="register", asked_at=DAY, pieces_done=0, rows=None, pages=None, part=None)
            written = sheet_orders.write(order, Path(folder))  # type: ignore[arg-type]
            pages, size = written.pages, written.path.stat().st_size
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(
            f"{rows} rows, {pages} pages, {size // 1024} KB: {time.process_time() - began:.1f} s of the processor, "
            f"{time.perf_counter() - wall:.1f} s, peak {peak} MB, of the child that joins {child} MB"
        )


if __name__ == "__main__":
    main()
