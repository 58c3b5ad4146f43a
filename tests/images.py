"""Rows that many tests begin with, made once a process and written again for each test that wants them.

Making them by factories takes forty milliseconds and some forty statements; writing them again one statement a table.
"""

import pickle
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_save

_kept: dict[str, bytes] = {}


def again(key: str, make: Callable[[], Any]) -> Any:
    """What `make` makes: the first time by calling it, later from memory, with the same primary keys and values.

    The caller sees to it that none of these rows stands, nor any that they would be made upon. Tests take back only
    rows: sequences never give a number twice, so that the keys are free in the next test.
    """
    stored = _kept.get(key)
    if stored is None:
        made, _kept[key] = _seen(make)
        return made
    made, rows = pickle.loads(stored)
    _write(rows)
    return made


def _seen(make: Callable[[], Any]) -> tuple[Any, bytes]:
    """What was made, and the same with every row that was saved meanwhile, as it is in the end."""
    saved: list[models.Model] = []

    def see(sender, instance, created, **_more):
        if created:
            saved.append(instance)

    post_save.connect(see)
    try:
        made = make()
    finally:
        post_save.disconnect(see)
    return made, pickle.dumps((made, saved))


@transaction.atomic
def _write(rows: list[models.Model]) -> None:
    """One statement a model; what came last goes first, for parts are frozen once their whole is published."""
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for row in reversed(rows):
        by_model.setdefault(type(row), []).insert(0, row)
    for model, same in by_model.items():
        model._base_manager.bulk_create(same)
