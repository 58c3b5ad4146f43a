"""Places of a board's units, as the page of comparison gives them: equal figures share one, few dossiers get none. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reporting.boards import Row
from reporting.comparing.columns import is_few
from reporting.comparing.places import placed
from reporting.indicators import Declaration


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of a board with its place; None where the figure rests on too few dossiers."""

    row: Row
    place: int | None


def ranked(declared: Declaration, rows: Sequence[Row]) -> list[Ranked]:
    """Rows from the best to the last; those without a place stand below, in the order they came in."""
    worth = [
        (number, Fraction(row.judged.numerator, row.judged.denominator))
        for number, row in enumerate(rows)
        if row.judged.denominator and not is_few(declared, row.judged)
    ]
    places = {one.key: one.place for one in placed(worth, lower_is_better=declared.lower_is_better)}
    rest = [number for number in range(len(rows)) if number not in places]
    return [Ranked(rows[number], places.get(number)) for number in [*places, *rest]]
