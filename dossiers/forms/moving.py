"""What a head types to move several items, and which items of a list were picked. No rule lives here."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.forms.desk import leave_tick, offer_staff, staff_field, words
from dossiers.services.stuck import Staff

MOST = 50  # a page of a list
_TICK = re.compile(r"(?P<item>[0-9]{1,18})-(?P<version>[0-9]{1,9})")


def picked(values: Iterable[str]) -> dict[int, int]:
    """Item and seen version of its dossier from the ticks of a list ("<item>-<version>"); what no list wrote is left out."""
    read = [match for value in values if (match := _TICK.fullmatch(value))]
    return {int(match["item"]): int(match["version"]) for match in read[:MOST]}


class MoveForm(forms.Form):
    """To whom the items picked go, why, and whether leave does not matter."""

    officer = staff_field()
    despite_leave = leave_tick()
    reason = words(label=_("Lý do"), max_length=2000, rows=2)

    def offer(self, people: Iterable[Staff]) -> None:
        """Offer these people; what was sent stays chosen."""
        offer_staff(self, people)

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the service."""
        return {
            "officer_id": self.cleaned_data["officer"],
            "despite_leave": self.cleaned_data["despite_leave"],
            "reason": self.cleaned_data["reason"],
        }
