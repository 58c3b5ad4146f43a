"""Answers a process keeps for a minute: names and calendars that every page shows and that change once a year.

Only for showing: a promise, a scope or a check reads its rows itself.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

KEEP_SECONDS = 60.0
MOST = 5000  # rows of one kind; more than any city has units

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_all: "list[Kept[Any, Any]]" = []


class Kept(Generic[K, V]):
    """Values of one kind by key, each at most a minute old."""

    def __init__(self) -> None:
        self._values: dict[K, tuple[float, V]] = {}
        _all.append(self)

    def many(self, keys: Iterable[K], read: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """The values of `keys`; `read` is called once for those that are not kept. Unknown keys are left out."""
        wanted, now = list(dict.fromkeys(keys)), time.monotonic()
        found = {key: kept[1] for key in wanted if (kept := self._values.get(key)) and now - kept[0] < KEEP_SECONDS}
        missing = [key for key in wanted if key not in found]
        if missing:
            fresh = read(missing)
            if len(self._values) + len(fresh) > MOST:
                self._values.clear()
            self._values.update({key: (now, value) for key, value in fresh.items()})
            found.update(fresh)
        return found

    def one(self, key: K, read: Callable[[], V]) -> V:
        """The value of a key, made by `read` when it is not kept."""
        return self.many([key], lambda _missing: {key: read()})[key]

    def forget(self) -> None:
        """Drop everything."""
        self._values.clear()


def forget_all() -> None:
    """Drop what this process keeps, of every kind (tests)."""
    for kept in _all:
        kept.forget()
