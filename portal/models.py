"""Models of the ground floor: what rows of every room share, and what sweeps remember of rows they could not serve."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import columns


class Stamped(models.Model):
    """Rows that say when they were made and last changed."""

    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    updated_at = models.DateTimeField(_("cập nhật lúc"), auto_now=True)

    class Meta:
        abstract = True


class SweepTry(models.Model):
    """A row of some table that a sweep has in hand or could not serve; gone once it is served. Written by portal.sweeps.

    Its key and not a foreign key: one table for the rows of all rooms.
    """

    sweep = columns.Line(_("loại việc"), max_length=40)  # a code of portal.sweeps
    key = columns.Line(_("khóa"), max_length=64)
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    first_at = models.DateTimeField(_("thử lần đầu"))
    last_at = models.DateTimeField(_("thử lần gần nhất"))
    next_at = models.DateTimeField(_("thử lần tới"))  # while a worker has it: when it counts as lost
    reason = columns.Line(_("lý do"), max_length=300, blank=True)
    aside_at = models.DateTimeField(_("để riêng lúc"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sweep", "key"], name="sweep_try_once")]
        indexes: ClassVar = [
            models.Index(fields=["sweep", "first_at"], name="sweep_set_aside", condition=Q(aside_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.sweep} {self.key}"
