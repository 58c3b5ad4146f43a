"""Opens a picture, turns it upright, and takes out what nobody asked for: where it was taken, when, with which device.

A JPEG or PNG that stands upright keeps its very points: only the parts around them are left out. HEIC and WebP become JPEG.
Runs in the child.
"""

import io
import re
import struct
from typing import Any

import pi_heif
from PIL import Image, ImageOps, JpegImagePlugin

from vault.opener.findings import JPEG, PNG, FileFindings, NotTakenError, Remark, WhyNot

MAX_PIXELS = 60_000_000  # a phone's largest photograph; a bomb unpacks to more
LARGE = 25_000_000  # above it a picture that must be unpacked as a whole is opened at half its width and height
QUALITIES = (90, 80, 65)
ORIENTATION = 0x0112
UPRIGHT = 1
OURS = frozenset({"JPEG", "MPO", "PNG"})  # MPO: a JPEG that carries a second picture, as many phones write it
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

PNG_MARK = b"\x89PNG\r\n\x1a\n"
# What a PNG needs to look as it looks; words, times, places and moving pictures are left out.
PNG_PARTS = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"cICP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
        b"IDAT",
        b"IEND",
    }
)
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def prepare() -> None:
    """Load what opens pictures, once: afterwards the child can open no file."""
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # our own limit says how large the picture is


def look(data: bytes, *, max_size: int) -> FileFindings:
    """Open a picture; give the bytes to keep when they differ from those sent. Raises NotTakenError."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            refuse_giant(image)
            return _upright(data, image, max_size)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise NotTakenError(_why_not(data)) from error


def _why_not(data: bytes) -> WhyNot:
    if data[4:8] == b"ftyp":
        return WhyNot.BROKEN_PHONE
    end = {b"\xff\xd8": b"\xff\xd9", b"\x89P": b"IEND"}.get(data[:2], b"")
    return WhyNot.BROKEN if end in data[-4096:] else WhyNot.CUT


def refuse_giant(image: Image.Image) -> None:
    """Raise NotTakenError for a picture that cannot be unpacked safely."""
    if image.width * image.height > MAX_PIXELS:
        raise NotTakenError(WhyNot.GIANT, width=image.width, height=image.height)


def _upright(data: bytes, image: Image.Image, max_size: int) -> FileFindings:
    stands = image.getexif().get(ORIENTATION, UPRIGHT) in {0, UPRIGHT}
    if stands and image.format in OURS:
        return _as_it_is(data, image)
    remarks = set() if image.format in OURS else {Remark.CONVERTED}
    if not stands or image.info.get("original_orientation", UPRIGHT) not in {None, UPRIGHT}:
        remarks.add(Remark.TURNED)
    if _says_more(image):
        remarks.add(Remark.CLEANED)
    if image.format in {"JPEG", "MPO"} and image.width * image.height > LARGE:
        image.draft(None, (image.width // 2, image.height // 2))
        remarks.add(Remark.REDUCED)
    if image.format == "PNG":
        return FileFindings(PNG, remarks, _written(ImageOps.exif_transpose(image), "PNG"))
    return FileFindings(JPEG, remarks, _jpeg(image, max_size))


# ── written anew ─────────────────────────────────────────────────────────────────────────────────


def _jpeg(image: Image.Image, max_size: int) -> bytes:
    """Write a picture upright as JPEG: as finely as it was, where it was one, else as finely as the limit allows."""
    options: dict[str, Any] = {}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.load()
        options = {"qtables": image.quantization, "subsampling": max(0, JpegImagePlugin.get_sampling(image))}
    turned = on_white(ImageOps.exif_transpose(image))
    if options:
        content = _written(turned, "JPEG", **options)
        if len(content) <= max_size:
            return content
    for quality in QUALITIES:
        content = _written(turned, "JPEG", quality=quality)
        if len(content) <= max_size:
            break
    return content


def on_white(image: Image.Image) -> Image.Image:
    """The picture as it looks on paper: what can be seen through becomes white."""
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    solid = image.convert("RGBA")
    ground = Image.new("RGB", solid.size, "white")
    ground.paste(solid, mask=solid.getchannel("A"))
    return ground


def _written(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, icc_profile=image.info.get("icc_profile"), exif=b"", xmp=b"", comment=b"", **options)
    return out.getvalue()


# ── kept as it is, without what is around it ─────────────────────────────────────────────────────


def _as_it_is(data: bytes, image: Image.Image) -> FileFindings:
    if image.format == "PNG":
        image.load()
        return _kept(PNG, data, _bare_png(data))
    image.draft("L", (64, 64))  # all of it is read, at the cost of a thumbnail
    image.load()
    return _kept(JPEG, data, _bare_jpeg(data))


def _kept(mime: str, data: bytes, bare: bytes) -> FileFindings:
    return FileFindings(mime) if bare == data else FileFindings(mime, {Remark.CLEANED}, bare)


def _says_more(image: Image.Image) -> bool:
    return bool(set(image.getexif()) - {ORIENTATION}) or any(image.info.get(name) for name in ("xmp", "comment"))


def _bare_png(data: bytes) -> bytes:
    kept, at = [PNG_MARK], len(PNG_MARK)
    while at < len(data):
        (length,) = struct.unpack_from("!L", data, at)
        end = at + 12 + length
        if data[at + 4 : at + 8] in PNG_PARTS:
            kept.append(data[at:end])
        if data[at + 4 : at + 8] == b"IEND":
            break
        at = end
    return b"".join(kept)


def _bare_jpeg(data: bytes) -> bytes:
    """Leave out every application segment and comment but those that say how colours are meant; stop at the end mark."""
    kept, at = [data[:2]], 2
    while at < len(data) - 1:
        found = _NEXT_MARKER.search(data, at)
        if found is None:
            break
        kept.append(data[at : found.start()])  # points, when a scan came before
        mark, at = found.group()[-1], found.end()
        if mark == 0xD9:
            kept.append(b"\xff\xd9")
            break
        (length,) = struct.unpack_from("!H", data, at)
        segment = data[at : at + length]
        at += length
        if _is_needed(mark, segment[2:]):
            kept.append(b"\xff" + bytes([mark]) + segment)
    return b"".join(kept)


def _is_needed(mark: int, said: bytes) -> bool:
    if mark == 0xE0:
        return said.startswith(b"JFIF\0")
    if mark == 0xE2:
        return said.startswith(b"ICC_PROFILE\0")
    if mark == 0xEE:
        return said.startswith(b"Adobe")
    return mark != 0xFE and not 0xE0 <= mark <= 0xEF
