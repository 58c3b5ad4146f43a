"""Messages to send (rows before they are tasks), notices inside the portal, and the log of exchanges."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.registry import CHANNELS
from portal import columns
from portal.models import Stamped


class MessageState(models.TextChoices):
    """Life of a message."""

    WAITING = "waiting", _("chờ gửi")
    SENT = "sent", _("đã gửi")
    FAILED = "failed", _("không gửi được")
    OVER = "over", _("quá thời gian dùng")  # not sent while it was of use, and never will be


class OutboxMessage(Stamped):
    """One message to one address by one channel; `dedupe_key` makes putting it twice harmless."""

    kind = columns.Line(_("loại"), max_length=60)
    channel = columns.Line(_("kênh"), max_length=20)  # a code of integrations.registry
    address = columns.Line(_("địa chỉ"), max_length=254)
    subject = columns.Line(_("tiêu đề"), max_length=300, blank=True)
    body = columns.Lines(_("nội dung"))
    link = columns.Line(_("liên kết"), max_length=300, blank=True)
    dedupe_key = columns.Line(max_length=120, unique=True)
    state = columns.Line(_("trạng thái"), max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("số lần gửi"), default=0)
    next_at = models.DateTimeField(_("gửi lần tới"), auto_now_add=True)
    claimed_until = models.DateTimeField(
        _("đang gửi đến"), null=True, blank=True
    )  # by then its worker is back, or lost
    sent_at = models.DateTimeField(_("đã gửi lúc"), null=True, blank=True)
    last_error = columns.Line(_("lỗi gần nhất"), max_length=300, blank=True)
    # When the room that wrote it took notice that it failed: somebody is to be told by other means.
    noticed_at = models.DateTimeField(_("đã xử lý lỗi lúc"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("tin gửi đi")
        verbose_name_plural = _("tin gửi đi")
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "next_at", "id"], name="outbox_due_by_channel", condition=Q(state="waiting")
            ),
            models.Index(fields=["channel"], name="outbox_claimed", condition=Q(claimed_until__isnull=False)),
            models.Index(fields=["channel", "updated_at"], name="outbox_failed", condition=Q(state="failed")),
            models.Index(fields=["channel", "updated_at"], name="outbox_over", condition=Q(state="over")),
            models.Index(fields=["id"], name="outbox_unnoticed", condition=Q(state="failed", noticed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.channel}"

    @property
    def channel_label(self) -> str:
        """The channel in words."""
        return CHANNELS.label(self.channel)


class Notice(models.Model):
    """A message shown inside the portal; `address` names the reader, e.g. `user:12`."""

    message = models.OneToOneField(
        OutboxMessage, models.CASCADE, related_name="notice"
    )  # the notice is the message delivered
    address = columns.Line(max_length=60)
    title = columns.Line(_("tiêu đề"), max_length=300)
    body = columns.Lines(_("nội dung"))
    link = columns.Line(_("liên kết"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("lúc"), auto_now_add=True)
    read_at = models.DateTimeField(_("đã đọc lúc"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["address", "-created_at"], name="notice_by_reader")]

    def __str__(self) -> str:
        return self.title


class ExchangeLog(models.Model):
    """What was said to a remote service and what it answered; no personal data, pruned after some months."""

    service = columns.Line(_("dịch vụ"), max_length=40)
    operation = columns.Line(_("thao tác"), max_length=60)
    outcome = columns.Line(_("kết quả"), max_length=40)
    detail = columns.Line(_("chi tiết"), max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(_("thời gian (ms)"), default=0)
    at = models.DateTimeField(_("lúc"), auto_now_add=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.service} {self.operation} {self.outcome}"
