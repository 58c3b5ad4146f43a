"""Questions about stored files and vaults."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import CASCADE, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from accounts.models import Party, User
from accounts.queries import parties_of
from portal import clock
from vault.enums import ScanState
from vault.models import StoredFile, VaultItem


def may_open(file: StoredFile, *, own: bool) -> bool:
    """Nobody opens an infected file; while a file waits for its scan only the person who sent it does."""
    if file.scan_state == ScanState.INFECTED:
        return False
    return own or file.scan_state != ScanState.WAITING


def mine(user: User) -> QuerySet[VaultItem]:
    """Papers in the vault of the person behind an account, newest first."""
    return VaultItem.objects.filter(owner__in=parties_of(user)).select_related("file").order_by("-issued_on", "-pk")


def reusable_for(owner: Party, paper_kinds: Iterable[str]) -> QuerySet[VaultItem]:
    """Papers of an owner that may be used again today for one of the kinds."""
    today = clock.today()
    return (
        VaultItem.objects.filter(
            Q(owner=owner) | Q(owner__same_as=owner), paper_kind__in=[kind for kind in paper_kinds if kind]
        )
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
        .exclude(file__scan_state=ScanState.INFECTED)
        .select_related("file")
        .order_by("-issued_on", "-pk")
    )


def waiting_for_scan(before: datetime) -> QuerySet[StoredFile]:
    """Files sent before a moment and not yet scanned, oldest first."""
    return StoredFile.objects.filter(scan_state=ScanState.WAITING, created_at__lt=before).order_by("created_at", "pk")


def orphans(before: datetime) -> QuerySet[StoredFile]:
    """Files older than a moment that no row of any room refers to; the rooms are found by reflection, not by name.

    Rows that go with their file (its pages) keep it from nothing.
    """
    found = StoredFile.objects.filter(created_at__lt=before).order_by("created_at", "pk")
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is not CASCADE:
            model: Any = relation.related_model
            rows = model.objects.filter(**{relation.field.name: OuterRef("pk")})
            found = found.exclude(Exists(rows))
    return found


def unencrypted() -> QuerySet[StoredFile]:
    """Files stored before files were encrypted, whose bytes lie as they came."""
    return StoredFile.objects.filter(wrapped_key__isnull=True).order_by("pk")
