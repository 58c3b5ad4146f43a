"""A procedure by two or three keys: initials first, then beginnings of words, then parts of name and code. Pure.

`static/js/counter.js` ranks the same way while somebody types; what is sent is ranked here, so it works without scripts.
"""

from typing import Any

from portal.text import fold

Groups = list[tuple[str, Any]]


def rank(label: str, typed: str) -> int | None:
    """How well what was typed (folded) names a procedure; the lower the better, None when it does not."""
    words = [word for word in fold(label).split() if not word.isdigit()]
    initials, asked = "".join(word[0] for word in words), typed.split()
    compact = "".join(asked)
    rules = (
        initials.endswith(compact),
        initials.startswith(compact),
        compact in initials,
        all(any(word.startswith(part) for word in words) for part in asked),
        all(part in fold(label) for part in asked),
    )
    return next((place for place, holds in enumerate(rules) if holds), None)


def matching(groups: Groups, typed: str) -> Groups:
    """The groups of a list with what matches; all of it when nothing was typed."""
    if not typed:
        return groups
    narrowed = [(name, [row for row in rows if rank(row[1], typed) is not None]) for name, rows in groups]
    return [(name, rows) for name, rows in narrowed if rows]


def best(groups: Groups, typed: str) -> str:
    """The value of the row that matches best, the first of several; '' when none does."""
    ranked = [(place, row[0]) for _name, rows in groups for row in rows if (place := rank(row[1], typed)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else ""
