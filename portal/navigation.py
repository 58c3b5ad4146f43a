"""Places a page leads to from its frame: menu, search, foot, and where one lands after signing in.

Each room names its own in `<room>/navigation.py`, found at start; accounts.context_processors draws them. Who sees an
entry is exactly whom its page lets in: a house test asks every page as every role.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from portal.registry import Registry

CountWords = Callable[[int], str]


class MenuPlace(StrEnum):
    """Where in the frame of a page an entry stands."""

    MENU = "menu"
    SEARCH = "search"  # the magnifying glass: the first that fits
    FOOT = "foot"


class Who(StrEnum):
    """Whom an entry without roles is for."""

    EVERYBODY = "everybody"
    STRANGER = "stranger"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at the page: the account, if any, and the roles it holds today."""

    user_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place: address by name, words, order (small first) and for whom: `roles` (one of them) or else `who`.

    `count` gives the words beside the label for an account (unread notices); `landing` ranks where one lands after signing
    in, smallest first, None: nobody lands there; `lands`: only holders of one of these do. `is_own`: one's own affairs,
    which stand under the name of whoever works here, not in the menu.
    """

    url_name: str
    label: Promise
    order: int
    who: Who = Who.EVERYBODY
    roles: frozenset[str] = frozenset()
    place: MenuPlace = MenuPlace.MENU
    count: CountWords | None = None
    landing: int | None = None
    lands: frozenset[str] = frozenset()
    is_own: bool = False

    @property
    def code(self) -> str:
        """Its name in the registry: an address stands once in a place."""
        return f"{self.place}.{self.url_name}"

    def is_for(self, visitor: Visitor) -> bool:
        """Tell whether this visitor sees the entry."""
        if self.roles:
            return bool(self.roles & visitor.roles)
        return self.who == Who.EVERYBODY or (self.who == Who.SIGNED_IN) == (visitor.user_id is not None)


ENTRIES: Registry[Entry] = Registry("navigation entry")


def add(*entries: Entry) -> None:
    """Put entries of a room into the frame; the same place twice is a mistake of the programmer."""
    for entry in entries:
        ENTRIES.add(entry)


def entries(place: MenuPlace | None = None) -> list[Entry]:
    """All entries (of one place) in their order."""
    chosen = [entry for entry in ENTRIES if place is None or entry.place == place]
    return sorted(chosen, key=lambda entry: (entry.order, entry.url_name))


def links(place: MenuPlace, visitor: Visitor, path: str = "") -> list[dict[str, Any]]:
    """What stands in a place for a visitor, as the frame's templates want it; the page at `path` is marked."""
    shown = [entry for entry in entries(place) if entry.is_for(visitor) and not (entry.is_own and visitor.roles)]
    found = [(entry, reverse(entry.url_name)) for entry in shown]
    here = _section_of(path, [url for _entry, url in found])
    return [{"url": url, "label": _words(entry, visitor), "active": url == here} for entry, url in found]


def own_links(visitor: Visitor) -> list[dict[str, Any]]:
    """What stands under the name of whoever works here: their own affairs."""
    own = [entry for entry in entries() if entry.is_own and visitor.roles and entry.is_for(visitor)]
    return [{"url": reverse(entry.url_name), "label": _words(entry, visitor)} for entry in own]


def landing(visitor: Visitor) -> str:
    """Name of the page a visitor lands on after signing in: where the work is, else what everybody has."""
    open_to = [
        entry
        for entry in entries()
        if entry.landing is not None and entry.is_for(visitor) and (not entry.lands or entry.lands & visitor.roles)
    ]
    return min(open_to, key=lambda entry: (entry.landing or 0, entry.url_name)).url_name


def _words(entry: Entry, visitor: Visitor) -> str:
    count = entry.count(visitor.user_id) if entry.count is not None and visitor.user_id is not None else ""
    return f"{entry.label} ({count})" if count else str(entry.label)


def _section_of(path: str, urls: list[str]) -> str:
    """The entry a page belongs to: the longest address that begins its own."""
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")
