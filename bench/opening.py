"""What opening a file costs before it is kept: processor time of the portal and of its child. `python -m bench.opening`.

Needs no database. Files are made here: scans as a PDF of 10 MB, and a photograph of 12 million points upright, on its side, as WebP.
"""

import io
import os
import resource
import statistics
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402  settings first
from PIL import Image  # noqa: E402

from vault.opener.process import OPENER  # noqa: E402
from vault.opening import open_upload  # noqa: E402

ROUNDS = 15
MAKER = 0x010F
ORIENTATION = 0x0112
ON_ITS_SIDE = 6


def photograph(kind: str, orientation: int = 1) -> bytes:
    """A picture of 4,000 by 3,000 points with a little of the noise that cameras make."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "bench", orientation
    Image.effect_noise((4000, 3000), 24).convert("RGB").save(out, kind, quality=85, exif=exif)
    return out.getvalue()


def scans() -> bytes:
    """Pages of noise until they weigh nearly 10 MB."""
    pages = [Image.effect_noise((1240, 1754), 60).convert("RGB") for _page in range(9)]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], quality=75)
    return out.getvalue()


def used_by_children() -> float:
    """Seconds of processor time of the children that ended and of the one that waits."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = ended.ru_utime + ended.ru_stime
    for child in OPENER._idle:  # noqa: SLF001
        stat = Path(f"/proc/{child._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()  # noqa: SLF001
        used += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return used


def main() -> None:
    """Measure and print."""
    files = {
        "giay.pdf": scans(),
        "dung.jpg": photograph("JPEG"),
        "nam.jpg": photograph("JPEG", ON_ITS_SIDE),
        "anh.webp": photograph("WEBP"),
    }
    open_upload(SimpleUploadedFile("a.pdf", files["giay.pdf"]))
    for name, data in files.items():
        ours: list[float] = []
        before = used_by_children()
        for _round in range(ROUNDS):
            begun = time.process_time()
            open_upload(SimpleUploadedFile(name, data))
            ours.append(time.process_time() - begun)
        child = (used_by_children() - before) / ROUNDS
        print(
            f"{name}: {len(data) / 1_000_000:.1f} MB, portal {1000 * statistics.median(ours):.0f} ms, child {1000 * child:.0f} ms"
        )


if __name__ == "__main__":
    main()
