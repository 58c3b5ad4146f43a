"""Short stable values of the vault."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ScanState(TextChoices):
    """What is known about viruses in a file; also explicit when no scanner is configured."""

    WAITING = "waiting", _("đang chờ quét vi-rút")
    CLEAN = "clean", _("đã quét, an toàn")
    INFECTED = "infected", _("có mã độc, đã cách ly")
    NOT_SCANNED = "not_scanned", _("chưa quét (không có máy quét)")


class ItemKind(TextChoices):
    """How a paper came into the vault."""

    RESULT = "result", _("kết quả giải quyết")
    ACCEPTED_PAPER = "accepted_paper", _("giấy tờ đã được chấp nhận")


class FileRemark(TextChoices):
    """What was done to a file before it was kept, and what the officer who opens it should know."""

    CONVERTED = "converted", _("đã đổi sang ảnh JPEG")
    TURNED = "turned", _("đã xoay đúng chiều")
    CLEANED = "cleaned", _("đã bỏ vị trí chụp, thiết bị và thông tin kèm ảnh")
    REDUCED = "reduced", _("đã thu nhỏ ảnh quá lớn")
    BLANK = "blank", _("chỉ có trang trắng")
    PRINT_LOCKED = "print_locked", _("có mật khẩu hạn chế in hoặc sửa")
    FORM = "form", _("có ô điền (biểu mẫu)")
    LINKS = "links", _("có liên kết ra ngoài")
    ATTACHED = "attached", _("có tệp khác đính kèm bên trong")
    MEDIA = "media", _("có âm thanh, phim hoặc hình 3D")
    OUTSIDE = "outside", _("khi mở sẽ tải nội dung từ nơi khác")
    OBJECTS = "objects", _("có đối tượng nhúng (OLE)")
    UNSEEN = "unseen", _("chưa xem được hết bên trong tệp")


# What the house did itself; all other remarks are for the officer to mind before opening.
DONE_BY_US = frozenset({FileRemark.CONVERTED, FileRemark.TURNED, FileRemark.CLEANED, FileRemark.REDUCED})
