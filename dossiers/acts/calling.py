"""Calls of the desk to whom no message reached: what the ledger says of them."""

from django.utils.translation import gettext_lazy as _

from dossiers.enums import EventCode
from dossiers.events import EVENTS, Event

EVENTS.add(
    Event(
        code=EventCode.CALL_NOTED,
        label=_("Gọi điện báo người nộp"),
        citizen=_("Bộ phận Một cửa gọi điện cho bạn"),
        icon="phone",
    )
)
