"""Addresses with their query, and links to the neighbours of a page of a list."""

from urllib.parse import urlencode

from django.urls import reverse

from dossiers.desk.inbox import RowPage


def address(name: str, *args: object, **query: object) -> str:
    """The address of a page of the desk, with its query."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


def pager(found: RowPage, name: str, **query: object) -> dict[str, str]:
    """What ui/pager wants."""
    return {
        "prev_url": address(name, **query, truoc=found.previous) if found.previous else "",
        "next_url": address(name, **query, sau=found.next) if found.next else "",
    }
