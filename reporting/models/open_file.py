"""Files of open data as they lie at their addresses: written by reporting.exports.open_data, read by anybody."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import columns


class OpenFile(models.Model):
    """One file for everybody. It changes only when its bytes do, so that its digest and day are true."""

    name = columns.Line(_("tên tệp"), max_length=40, unique=True)
    mime = columns.Line(_("loại tệp"), max_length=60)
    content = models.BinaryField(_("nội dung"))
    size = models.PositiveIntegerField(_("dung lượng"))
    digest = columns.Line(max_length=64)  # SHA-256 of the content
    made_of = columns.Line(max_length=64)  # digest of what it was made of: the same gives the same file
    changed_at = models.DateTimeField(_("cập nhật lúc"))

    class Meta:
        ordering: ClassVar = ["-name"]
        verbose_name = _("tệp dữ liệu mở")
        verbose_name_plural = _("các tệp dữ liệu mở")

    def __str__(self) -> str:
        return self.name
