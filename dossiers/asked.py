"""What one request for more asks for, item by item: a paper, an answer of the form, or something else. Pure.

An item is stored as {"paper_code", "name", "note"}; one about an answer has its key in "field" and no paper.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Item = Mapping[str, Any]
FIELD = "field"


def key_of(item: Item) -> str:
    """The answer of the form an item is about; '' for papers and other things."""
    return str(item.get(FIELD) or "")


def keys(items: Iterable[Item]) -> list[str]:
    """The answers that are asked anew, in the order of the request."""
    return [key for key in map(key_of, items) if key]


def code_of(items: Sequence[Item], place: int, *, round_number: int) -> str:
    """The code under which papers for one item are kept; an item outside the list of papers has one of its own."""
    return str(items[place]["paper_code"] or f"bo-sung-{round_number}-{place + 1}")


def is_changed(key: str, was: Mapping[str, Any], said: Mapping[str, Any] | None) -> bool:
    """Tell whether an answer that was asked for anew has been given otherwise than it stood."""
    return said is not None and said.get(key) != was.get(key)
