"""A paper of the demo city is made at its first opening, and the ledger says so. The house's own affair."""

from django.utils.translation import gettext_lazy as _

from dossiers.enums import EventCode
from dossiers.events import EVENTS, Event

EVENTS.add(Event(code=EventCode.PAPER_MADE, icon="print", label=_("Lập tệp văn bản khi mở lần đầu")))
