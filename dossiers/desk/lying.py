"""How a step that lies with somebody is told on the dossier's page: since when, who may take it, what must happen first.

Called by dossiers.desk.sections and dossiers.desk.moving; asks no database.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from dossiers.models.work import WorkItem
from dossiers.services import stuck
from procedures.enums import StepKind

NAMED = 5  # names in a line before the rest is a number


def lying(item: WorkItem, way: stuck.Way) -> dict[str, Any]:
    """One step with the words of its way on. The item's unit is loaded."""
    return {
        "item": item,
        "is_to_fetch": item.kind == StepKind.RETURN,
        "since": item.held_since or item.opened_at,
        "is_unfit": way.hold == stuck.Hold.UNFIT,
        "away_until": way.away_until,
        "cover": way.cover.name if way.cover is not None else "",
        "takers": named(way.takers) if way.hold == stuck.Hold.NOBODY else "",
        "heads": named(way.heads) if way.needs_head else "",
        "stuck": way_out(item, way) if way.is_stuck else "",
    }


def way_out(item: WorkItem, way: stuck.Way) -> str:
    """What must happen before anybody can move an item on that is stuck. The item's unit is loaded."""
    words = {"unit": item.unit.name, "role": item.get_role_display(), "heads": named(way.heads)}
    if way.heads:
        return (
            _(
                "Hiện không ai ở %(unit)s làm được bước này. Cần quản trị cấp vai trò %(role)s cho một người, hoặc ghi "
                "người trực thay có vai trò đó; sau đó giao lại được: %(heads)s."
            )
            % words
        )
    return (
        _(
            "Hiện không ai ở %(unit)s làm được bước này và không lãnh đạo nào giao lại được. Cần quản trị cấp vai trò "
            "%(role)s hoặc vai trò lãnh đạo cho một người."
        )
        % words
    )


def named(people: Sequence[stuck.Staff]) -> str:
    """The first few names, and how many more there are."""
    names = ", ".join(one.name for one in people[:NAMED])
    more = len(people) - NAMED
    return _("%(names)s và %(more)s người khác") % {"names": names, "more": more} if more > 0 else names
