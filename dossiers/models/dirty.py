"""Which dossiers changed and wait for the figures to take notice."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class DirtyDossier(models.Model):
    """One row for each act, written in the act's own transaction: while the act is invisible, so is this row.

    Plain inserts and no key on the dossier: an upsert would make acts wait for whoever serves the rows. Served and
    deleted by reporting.
    """

    dossier_id = models.BigIntegerField()
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dossier_id", "id"], name="dirty_by_dossier")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.marked_at:%d/%m/%Y %H:%M}"
