"""What a head types to move several items, and which items of a list were picked. No rule lives here."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.forms.desk import leave_tick, words
from dossiers.services.stuck import Staff

MOST = 50  # a page of a list
_TICK = re.compile(r"(?P<item>[0-9]{1,18})-(?P<version>[0-9]{1,9})")


def picked(values: Iterable[str]) -> dict[int, int]:
    """Item and seen version of its dossier from the ticks of a list ("<item>-<version>"); what no list wrote is left out."""
    read = [match for value in values if (match := _TICK.fullmatch(value))]
    return {int(match["item"]): int(match["version"]) for match in read[:MOST]}


class MoveForm(forms.Form):
    """To whom the items picked go, why, and whether leave does not matter."""

    # Any number: whether the person may have an item is asked item by item.
    officer = forms.IntegerField(
        label=_("Giao cho"), min_value=1, max_value=2**63 - 1, required=False, widget=forms.Select
    )
    despite_leave = leave_tick()
    reason = words(label=_("Lý do"), max_length=2000, rows=2)

    def offer(self, people: Iterable[Staff]) -> None:
        """Offer these people; what was sent stays chosen."""
        named = [(one.user_id, _label(one)) for one in people]
        self.fields["officer"].widget.choices = [("", _("Trả về hàng chờ của đơn vị (chưa giao ai)")), *named]

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the service."""
        return {
            "officer_id": self.cleaned_data["officer"],
            "despite_leave": self.cleaned_data["despite_leave"],
            "reason": self.cleaned_data["reason"],
        }


def _label(one: Staff) -> str:
    return str(_("%(name)s (đang nghỉ)")) % {"name": one.name} if one.away_until is not None else one.name
