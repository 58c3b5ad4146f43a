"""Import the national catalogue from a .jsonl or .jsonl.gz file. Says what it would do; --write does it."""

import gzip
import time
import zlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.importing import ImportOutcome, Verdict, import_catalogue
from procedures.national import Trap

GZIP = b"\x1f\x8b"
SHOWN = 20  # names and lines listed of each kind; the rest is counted
WORDS = {
    Trap.CODE: gettext_lazy("mã thủ tục không theo dạng chung"),
    Trap.SAME_DAY: gettext_lazy(
        "ghi “trong ngày”: hạn là hết giờ làm việc của ngày nhận, không phải một ngày làm việc"
    ),
    Trap.NO_LIMIT: gettext_lazy("không có thời hạn bằng số: trang thủ tục hiện nguyên văn, cán bộ phải đặt hạn"),
    Trap.LIMIT_FROM_CASE: gettext_lazy("thời hạn ghi “Khác” ở hình thức nộp: lấy theo trường hợp"),
    Trap.LIMIT_CONFLICT: gettext_lazy("thời hạn theo trường hợp khác thời hạn theo hình thức nộp: cần người kiểm tra"),
    Trap.SEVERAL_LIMITS: gettext_lazy("một hình thức nộp ghi nhiều thời hạn: không chọn thay, cán bộ phải đặt hạn"),
    Trap.LIMITS_BY_CHANNEL: gettext_lazy("thời hạn khác nhau giữa các hình thức nộp: giữ riêng từng hình thức"),
    Trap.ODD_LIMIT: gettext_lazy("thời hạn lẻ mà đồng hồ không đếm được"),
    Trap.FEE_ZERO: gettext_lazy("phí ghi 0 nhưng không nói là miễn: coi như chưa có mức thu"),
    Trap.FEE_FOREIGN: gettext_lazy("phí bằng ngoại tệ hoặc không có số: coi như chưa có mức thu"),
    Trap.LEVEL: gettext_lazy("cấp thực hiện không đúng (ngành dọc ghi cả Cấp Xã): bỏ Cấp Xã"),
    Trap.PAPER_NAMELESS: gettext_lazy("có thành phần hồ sơ không tên: bỏ dòng đó"),
    Trap.PAPER_NOTE: gettext_lazy("có câu hướng dẫn nằm trong danh sách giấy tờ: chuyển thành lưu ý"),
    Trap.PAPER_REPEATED: gettext_lazy("mã giấy tờ lặp lại giữa các trường hợp: thêm số thứ tự"),
    Trap.NO_PAPERS: gettext_lazy("không có thành phần hồ sơ"),
    Trap.CHANNEL: gettext_lazy("hình thức nộp lạ: bỏ dòng đó"),
    Trap.CUT: gettext_lazy("có chữ dài quá mức: đã cắt bớt"),
}


class Command(BaseCommand):
    """Read, compare, report; write only when asked to."""

    help = "Import the national catalogue (.jsonl or .gz); dry run unless --write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File, --write, --overwrite."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--write", action="store_true", help="apply (otherwise only say what would happen)")
        parser.add_argument("--overwrite", action="store_true", help="also replace sheets edited here")

    def handle(self, *args: Any, file: Path, write: bool, overwrite: bool, **options: Any) -> None:
        """Run the import and end with the report."""
        begun = time.monotonic()
        try:
            outcome = import_catalogue(
                _lines(file), write=write, overwrite=overwrite, progress=lambda done: self._progress(done, begun)
            )
        except (OSError, EOFError, zlib.error) as error:
            why = getattr(error, "strerror", None) or error
            message = _("Không đọc được tệp %(file)s: %(why)s.") % {"file": file, "why": why}
            raise CommandError(message) from error
        self._report(outcome, write=write)
        self.stdout.write(_("Mất %(seconds).1f giây.") % {"seconds": time.monotonic() - begun})
        if not write:
            self.stdout.write(_("Mới chạy thử, chưa ghi gì. Thêm --write để ghi vào danh mục."))

    def _progress(self, done: int, begun: float) -> None:
        if done % 1000 == 0:
            facts = {"done": done, "seconds": time.monotonic() - begun}
            self.stdout.write(_("… %(done)s thủ tục, %(seconds).1f giây") % facts)

    def _report(self, outcome: ImportOutcome, *, write: bool) -> None:
        counts = outcome.verdicts
        facts = {
            "read": outcome.read,
            "new": counts[Verdict.NEW],
            "changed": counts[Verdict.CHANGED],
            "same": counts[Verdict.SAME],
            "kept": counts[Verdict.KEPT],
            "faults": len(outcome.faults),
        }
        told = _(
            "Đọc được %(read)s thủ tục: %(new)s mới, %(changed)s đổi nội dung (lập phiên bản mới), %(same)s không đổi, "
            "%(kept)s giữ bản địa phương; %(faults)s dòng không đọc được."
        )
        self.stdout.write(told % facts)
        self._faults(outcome)
        self._kept(outcome)
        self._traps(outcome)

    def _faults(self, outcome: ImportOutcome) -> None:
        for fault in outcome.faults[:SHOWN]:
            facts = {"line": fault.line, "code": fault.code or "?", "why": fault.why}
            self.stdout.write(_("! dòng %(line)s (%(code)s): %(why)s") % facts)
        self._and_more(len(outcome.faults))

    def _kept(self, outcome: ImportOutcome) -> None:
        if outcome.kept:
            self.stdout.write(_("Giữ nguyên vì đã biên tập tại đây (thêm --overwrite để thay bằng bản quốc gia):"))
        for code, found in list(outcome.kept.items())[:SHOWN]:
            self.stdout.write(f"~ {code}")
            for difference in found:
                self.stdout.write(f"    {difference.name}: {difference.here!r} -> {difference.there!r}")
        self._and_more(len(outcome.kept))

    def _traps(self, outcome: ImportOutcome) -> None:
        if outcome.traps:
            self.stdout.write(_("Những điều nguồn chưa nói rõ, cần người xem lại:"))
        for trap, codes in sorted(outcome.traps.items(), key=lambda item: -len(item[1])):
            facts = {"count": len(codes), "words": WORDS[trap], "codes": ", ".join(codes[:3])}
            self.stdout.write(_("- %(count)s thủ tục: %(words)s (ví dụ %(codes)s)") % facts)

    def _and_more(self, count: int) -> None:
        if count > SHOWN:
            self.stdout.write(_("  … và %(count)s nữa.") % {"count": count - SHOWN})


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as raw:
        packed = raw.read(2) == GZIP
    with gzip.open(file, "rb") if packed else file.open("rb") as lines:
        yield from lines
