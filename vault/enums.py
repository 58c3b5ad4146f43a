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
