"""Addresses with their query, and links to the neighbours of a page of a list."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dossiers.desk.inbox import RowPage


def address(name: str, *args: object, **query: object) -> str:
    """The address of a page of the desk, with its query."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


def pager(found: RowPage[Any], name: str, also: Iterable[tuple[str, str]] = (), **query: object) -> dict[str, str]:
    """What ui/pager wants. `also`: more of the query, as pairs, when a name stands in it several times."""
    kept = [*also, *query.items()]
    path = reverse(name)
    return {
        "prev_url": f"{path}?{urlencode([*kept, ('truoc', found.previous)])}" if found.previous else "",
        "next_url": f"{path}?{urlencode([*kept, ('sau', found.next)])}" if found.next else "",
    }
