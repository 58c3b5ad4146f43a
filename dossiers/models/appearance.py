"""Who came to the desk about a dossier, and what they were known by."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.enums import Appeared, SeenPaper
from dossiers.models.dossier import Dossier
from portal import columns


class Appearance(models.Model):
    """One visit behind an act that the desk recorded for somebody: beside its event, which holds no personal text.

    No number of a paper is kept: that it was seen is the fact.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="appearances")
    event_seq = models.PositiveIntegerField()
    appeared = columns.Line(_("người đến"), max_length=10, choices=Appeared.choices)
    name = columns.Line(_("họ tên"), max_length=200)
    seen = columns.Line(_("giấy tờ đã xem"), max_length=16, choices=SeenPaper.choices)
    authority = columns.Line(_("giấy ủy quyền"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["dossier_id", "event_seq"]
        verbose_name = _("lần đến quầy")
        verbose_name_plural = _("lần đến quầy")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "event_seq"], name="appearance_once_an_event")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.event_seq}"
