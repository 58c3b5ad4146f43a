"""Seals over the ledger: what stood in it at an hour, chained and keyed, so that a later change shows.

Written by dossiers.services.seals alone, read by dossiers.services.proof. Only Unsealed is ever emptied.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dossiers.enums import Sealed
from portal import columns

UNCHANGEABLE = pgtrigger.Update | pgtrigger.Delete


class Unsealed(models.Model):
    """A dossier with something the next seal must cover: a plain row of the act's own transaction, so none is missed."""

    dossier_id = models.BigIntegerField()
    marked_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.dossier_id)


class Seal(models.Model):
    """One link of the chain. `mac` is an HMAC over everything else here, under a key that the database does not hold."""

    number = models.PositiveIntegerField(_("số"), primary_key=True)
    sealed_at = models.DateTimeField(_("niêm phong lúc"))
    key_id = columns.Line(max_length=16)  # tells which of SEAL_KEYS, and nothing about it
    previous_mac = columns.Line(max_length=64, blank=True)
    row_count = models.PositiveIntegerField()
    rows_digest = columns.Line(max_length=64)
    mac = columns.Line(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        triggers: ClassVar = [pgtrigger.Protect(name="seal_stays", operation=UNCHANGEABLE)]

    def __str__(self) -> str:
        return str(self.number)


class SealRow(models.Model):
    """The digest of one thing. A thing is sealed once: sealing it again after a change is what must not be possible.

    `subject` is the dossier, or the row's own id; `position` the seq of the event a ledger ended with. Of the read log
    a row covers many entries: `span` lists their ids (`1-9,11`) and `subject` is the highest of them.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="rows")
    kind = columns.Line(max_length=12, choices=Sealed.choices)
    version = models.PositiveSmallIntegerField()
    subject = models.BigIntegerField()
    position = models.PositiveIntegerField(default=0)
    span = columns.Lines(blank=True)
    digest = columns.Line(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "subject", "position"], name="sealed_once")]
        triggers: ClassVar = [pgtrigger.Protect(name="seal_row_stays", operation=UNCHANGEABLE)]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class SealExport(models.Model):
    """That a seal was written to the seal file; what stands here and not in the file was cut out of it."""

    seal = models.OneToOneField(Seal, models.PROTECT, primary_key=True, related_name="export")

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="export_stays", operation=UNCHANGEABLE)]

    def __str__(self) -> str:
        return str(self.seal_id)


class SealStamp(models.Model):
    """The answer of a time-stamping authority (RFC 3161) over a seal's mac: the seal is not younger than it says."""

    seal = models.OneToOneField(Seal, models.PROTECT, primary_key=True, related_name="stamp")
    answer = models.BinaryField()

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="stamp_stays", operation=UNCHANGEABLE)]

    def __str__(self) -> str:
        return str(self.seal_id)
