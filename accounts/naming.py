"""Units and places as pages name them, at most a minute old in a process. Only for showing, never for scope or promises."""

from collections.abc import Iterable

from accounts.models import OrgUnit, Place
from portal.kept import Kept

_units: Kept[int, OrgUnit] = Kept()
_places: Kept[str, str] = Kept()


def units(ids: Iterable[int]) -> dict[int, OrgUnit]:
    """Units by id; callers read and never change them."""
    return _units.many(ids, OrgUnit.objects.in_bulk)


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """The newest name of each place code."""
    return _places.many(codes, _read_places)


def _read_places(codes: list[str]) -> dict[str, str]:
    return dict(Place.objects.filter(code__in=codes).order_by("valid_from").values_list("code", "name"))
