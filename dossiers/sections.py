"""The sections a dossier's page is assembled from: declared here by dossiers and by the rooms above, drawn in order.

Desk and citizen declare theirs in `dossiers/desk/sections.py` and `dossiers/citizen/sections.py`; a room above brings
`<room>/dossier_sections.py`, which is found at start. A section sees one `Reading` and makes its own context.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from dossiers.reading import Page, Reading
from portal.registry import Registry

Context = Mapping[str, Any]


class Side(StrEnum):
    """Where on the page a section stands; the citizen's page has one column."""

    MAIN = "main"
    VIEW = "view"  # beside the main column where the desk has room: what is looked at while reading
    ASIDE = "aside"  # the desk's column of things to do


def anybody(_reading: Reading) -> bool:
    """Everybody who may see the dossier sees the section."""
    return True


def holders_of(*roles: str) -> Callable[[Reading], bool]:
    """Whoever holds one of `roles` today sees the section."""
    return lambda reading: bool(reading.roles & frozenset(roles))


def filer(reading: Reading) -> bool:
    """The account that filed the dossier sees the section."""
    return reading.is_filer


@dataclass(frozen=True, slots=True)
class Section:
    """One section: name (once a page), title, order (small first), template, what it shows and who sees it.

    `context` gives the template's words, None: nothing to show now. `is_quiet`: the title is for screen readers, since
    the section's look says it. `anchor`: the name other pages link to.
    """

    page: Page
    name: str
    title: Promise
    order: int
    template: str
    context: Callable[[Reading], Context | None]
    side: Side = Side.MAIN
    sees: Callable[[Reading], bool] = anybody
    is_quiet: bool = False
    anchor: str = ""

    @property
    def code(self) -> str:
        """Its name in the registry."""
        return f"{self.page}.{self.name}"

    @property
    def label(self) -> Promise:
        """Its title."""
        return self.title


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with what it shows on this page; the `section` tag draws it."""

    section: Section
    context: Context = field(default_factory=dict)


SECTIONS: Registry[Section] = Registry("section")


def add(*sections: Section) -> None:
    """Declare sections; the same name twice on a page is a mistake of the programmer."""
    for section in sections:
        SECTIONS.add(section)


def sections(page: Page) -> list[Section]:
    """All sections of a page in their order."""
    found = [section for section in SECTIONS if section.page == page]
    return sorted(found, key=lambda section: (section.order, section.name))


def assemble(reading: Reading) -> dict[str, list[Shown]]:
    """What the page shows its reader, by side: `main`, `view` and `aside`."""
    page: dict[str, list[Shown]] = {side.value: [] for side in Side}
    for section in sections(reading.page):
        context = section.context(reading) if section.sees(reading) else None
        if context is not None:
            page[section.side].append(Shown(section, context))
    return page
