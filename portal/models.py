"""Abstract models of the ground floor; no tables here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stamped(models.Model):
    """Rows that say when they were made and last changed."""

    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    updated_at = models.DateTimeField(_("cập nhật lúc"), auto_now=True)

    class Meta:
        abstract = True
