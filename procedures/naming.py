"""Procedures as pages name them, at most a minute old in a process. Only for showing, never for what is in force."""

from collections.abc import Iterable

from portal.kept import Kept
from procedures.models import Procedure

_procedures: Kept[int, Procedure] = Kept()


def procedures(ids: Iterable[int]) -> dict[int, Procedure]:
    """Procedures by id; callers read and never change them."""
    return _procedures.many(ids, Procedure.objects.in_bulk)
