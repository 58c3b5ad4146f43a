"""Units and places as pages name them, at most a minute old in a process. Only for showing, never for scope or promises."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import PlaceKind, UnitKind
from accounts.models import OrgUnit, Place
from accounts.queries import open_on
from portal.kept import Kept

_units: Kept[int, OrgUnit] = Kept()
_places: Kept[str, str] = Kept()
_ward_choices: Kept[date, list[tuple[str, str]]] = Kept()
_counters: Kept[tuple[int, date], OrgUnit | None] = Kept()


def units(ids: Iterable[int]) -> dict[int, OrgUnit]:
    """Units by id; callers read and never change them."""
    return _units.many(ids, OrgUnit.objects.in_bulk)


def counters(unit_ids: Iterable[int], day: date) -> dict[int, OrgUnit]:
    """The one-stop desks that belong to these units on `day`, the first of each, by the unit's id."""
    found = _counters.many(((unit_id, day) for unit_id in unit_ids), _read_counters)
    return {unit_id: desk for (unit_id, _day), desk in found.items() if desk is not None}


def _read_counters(keys: list[tuple[int, date]]) -> dict[tuple[int, date], OrgUnit | None]:
    found: dict[tuple[int, date], OrgUnit | None] = dict.fromkeys(keys)
    for day in {day for _unit_id, day in keys}:
        units = [unit_id for unit_id, asked in keys if asked == day]
        desks = OrgUnit.objects.filter(open_on(day), kind=UnitKind.DESK, parent__in=units)
        for desk in desks.order_by("-sort_order", "-pk"):  # the first comes last and stays
            found[desk.parent_id, day] = desk  # type: ignore[index]  a desk under a unit has a parent
    return found


def ward_choices(day: date) -> list[tuple[str, str]]:
    """Wards and communes that exist on `day` as choices: code and name, with the names of what became part of them.

    People know the old name longer than any law: whoever looks for it finds the ward of today.
    """
    return _ward_choices.one(day, lambda: _read_ward_choices(day))


def _read_ward_choices(day: date) -> list[tuple[str, str]]:
    old = ArrayAgg(
        "came_from__old__name",
        filter=Q(came_from__old__kind=PlaceKind.WARD),
        order_by="came_from__old__code",
        default=[],
    )
    wards = Place.objects.filter(open_on(day), kind=PlaceKind.WARD).annotate(old_names=old).order_by("code", "pk")
    return [(code, _with_old(name, names)) for code, name, names in wards.values_list("code", "name", "old_names")]


def _with_old(name: str, old_names: Iterable[str]) -> str:
    former = [old for old in dict.fromkeys(old_names) if old != name]
    return _("%(name)s (trước đây: %(old)s)") % {"name": name, "old": ", ".join(former)} if former else name


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """The newest name of each place code."""
    return _places.many(codes, _read_places)


def _read_places(codes: list[str]) -> dict[str, str]:
    return dict(Place.objects.filter(code__in=codes).order_by("valid_from").values_list("code", "name"))
