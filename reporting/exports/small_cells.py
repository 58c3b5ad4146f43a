"""Which figures of a month are not told to everybody, since people might be known among so few dossiers (docs/adr/0031). Pure.

A figure is hits, rest and all. Nought is told: it speaks of nobody. Few dossiers are not, neither by themselves (rule 1), nor as
the difference of two told numbers of a scope that are counted over the same rows (2), nor as what sums leave open (3).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from reporting.few import TOLD
from reporting.gap import Figure
from reporting.queries import Scope

Key = tuple[str, Scope]  # indicator and scope
Cells = Mapping[Key, Figure]
Tree = Mapping[Scope, Sequence[Scope]]  # a whole → its parts


def is_few(number: int) -> bool:
    """Whether so few are not told."""
    return TOLD.stops(number)


def numbers_of(figure: Figure) -> tuple[int, int, int]:
    """Hits, rest and all."""
    return figure.numerator, figure.rest, figure.denominator


def speaks_of_few(figure: Figure) -> bool:
    """Whether one of its numbers is too small to be told."""
    return any(map(is_few, numbers_of(figure)))


def masked(cells: Cells, rows_of: Mapping[str, Hashable], tree: Tree) -> set[Key]:
    """Figures that are not told. `rows_of`: over which rows each indicator counts, in the order they are told."""
    hidden = {key for key, figure in cells.items() if speaks_of_few(figure)}
    hidden |= _by_differences(cells, rows_of, hidden)
    while more := {key for code in rows_of for key in _by_sums(cells, code, tree, hidden)}:
        hidden |= more
    return hidden


def _by_differences(cells: Cells, rows_of: Mapping[str, Hashable], hidden: set[Key]) -> set[Key]:
    """Rule 2, indicators in their order, so that the main ones are told first: a share split in two would give its part away."""
    more: set[Key] = set()
    told: dict[tuple[Hashable, Scope], set[int]] = {}
    for scope in {scope for _code, scope in cells}:
        for code, rows in rows_of.items():
            key = (code, scope)
            if key not in cells or key in hidden:
                continue
            known, new = told.setdefault((rows, scope), set()), set(numbers_of(cells[key]))
            if any(is_few(one - other) for one in new for other in known):
                more.add(key)
            else:
                known |= new
    return more


def _by_sums(cells: Cells, code: str, tree: Tree, hidden: set[Key]) -> set[Key]:
    """Rule 3, one step. Of parts of a told whole none or several are masked, together not few; the smallest others go with them."""
    more: set[Key] = set()
    for whole, parts in tree.items():
        found = [part for part in parts if (code, part) in cells]
        dark = [part for part in found if (code, part) in hidden]
        if (
            not found
            or (code, whole) not in cells
            or _is_safe(cells, code, dark, is_whole_told=(code, whole) not in hidden)
        ):
            continue
        others = [part for part in found if part not in dark and cells[code, part].denominator]
        more.add((code, min(others, key=lambda part: (cells[code, part].denominator, str(part))) if others else whole))
    return more - hidden


def _is_safe(cells: Cells, code: str, dark: Sequence[Scope], *, is_whole_told: bool) -> bool:
    """Whether the masked parts of a whole, or the masked whole, cannot be had from what is told."""
    if not is_whole_told:
        return bool(dark)
    return not dark or (len(dark) > 1 and not any(map(is_few, _together(cells[code, part] for part in dark))))


def _together(figures: Iterable[Figure]) -> list[int]:
    return [sum(numbers) for numbers in zip(*map(numbers_of, figures), strict=True)]
