"""Erasure: words of an earlier act are taken away, and the ledger says so. The house's own affair."""

from django.utils.translation import gettext_lazy as _

from dossiers.enums import EventCode
from dossiers.events import EVENTS, Event

EVENTS.add(Event(code=EventCode.TEXT_ERASED, icon="lock", label=_("Xoá nội dung đã ghi"), tone="warning"))
