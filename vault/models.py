"""Stored files and what their owners keep. The bytes live in private storage under a random key."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Party, User
from portal import columns
from portal.models import Stamped
from vault.enums import ItemKind, ScanState


class StoredFile(Stamped):
    """One immutable file: name as the person gave it (display only), type by content, digest, scan state."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = columns.Line(max_length=120, unique=True)
    name = columns.Line(_("tên tệp"), max_length=200)
    mime = columns.Line(_("loại tệp"), max_length=100)
    size = models.PositiveIntegerField(_("dung lượng"))
    sha256 = columns.Line(max_length=64)
    # Digest of the bytes as they were sent, when what is kept differs: a picture turned upright, without place and device.
    sent_sha256 = columns.Line(max_length=64, blank=True, default="", db_default="")
    remarks = ArrayField(columns.Line(max_length=16), default=list, db_default=[], blank=True)  # FileRemark
    # Empty: the bytes lie as they came. Else they are encrypted with a key of their own, which lies here wrapped by the
    # key `key_id` names; digest and size are always of the plain bytes.
    wrapped_key = models.BinaryField(null=True, blank=True)
    key_id = columns.Line(max_length=40, blank=True)
    scan_state = columns.Line(_("quét vi-rút"), max_length=12, choices=ScanState.choices)
    scanned_at = models.DateTimeField(_("quét lúc"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: made by the system

    class Meta:
        indexes: ClassVar = [models.Index(fields=["scan_state", "created_at"], name="file_scan_queue")]

    def __str__(self) -> str:
        return self.name


class FilePages(models.Model):
    """What a file looks like, page by page: asked for when somebody looks at it, drawn by a worker (vault.pages)."""

    source = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="pages")
    asked_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)  # pages of the file; of a long one fewer are drawn
    refused = columns.Line(max_length=16, blank=True, default="", db_default="")  # why none could be drawn (WhyNot)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="pages_to_draw", condition=Q(drawn_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.source_id)


class PagePicture(models.Model):
    """One page as a picture, large and small, each stored as any file is; none for a page that cannot be drawn."""

    pages = models.ForeignKey(FilePages, models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()  # from 1 on
    picture = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    small = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["pages_id", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["pages", "number"], name="page_picture_once")]

    def __str__(self) -> str:
        return f"{self.pages_id}/{self.number}"


class VaultItem(Stamped):
    """A paper in its owner's vault (Kho dữ liệu điện tử): results and accepted papers, with validity and source."""

    owner = models.ForeignKey(Party, models.PROTECT, related_name="vault_items")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="vault_items")
    kind = columns.Line(_("nguồn gốc"), max_length=16, choices=ItemKind.choices)
    paper_kind = columns.Line(_("mã loại giấy tờ"), max_length=80)
    title = columns.Line(_("tên giấy tờ"), max_length=500)
    number = columns.Line(_("số, ký hiệu"), max_length=80, blank=True)
    issuer = columns.Line(_("cơ quan cấp"), max_length=200, blank=True)
    issued_on = models.DateField(_("ngày cấp"))
    expires_on = models.DateField(_("có giá trị đến"), null=True, blank=True)
    source_code = columns.Line(_("mã hồ sơ nguồn"), max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["-issued_on", "-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "paper_kind"], name="vault_by_kind")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "file"], name="vault_file_once")]

    def __str__(self) -> str:
        return self.title


class ByteRound(models.Model):
    """How far the comparison of stored bytes with their digests has come; one row, written by vault.integrity."""

    after = models.UUIDField(null=True)  # the last file compared in the round under way
    ended_at = models.DateTimeField(null=True)  # when a round last reached the end

    def __str__(self) -> str:
        return str(self.after or "")
