"""What a unit would have at the whole's mix of procedures: direct standardisation, exact. Pure.

A unit that gets many easy procedures looks better than one with hard ones. So each procedure's figure of the unit is weighed
by how many cases the whole has of it; procedures the unit has none of are left out, and it is said over how many it speaks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reporting.gap import Figure

Figures = Mapping[int, Figure]  # by procedure


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A figure at the whole's mix; `share`: which part of the whole's cases the procedures of the unit are."""

    value: Fraction
    procedures: int
    of: int
    share: Fraction

    @property
    def is_whole(self) -> bool:
        """Whether the unit has every procedure the whole has."""
        return self.procedures == self.of


def adjusted(own: Figures, whole: Figures) -> Adjusted | None:
    """A unit's figure at the whole's mix; None when it has no case of anything."""
    known = {pk: figure for pk, figure in whole.items() if figure.denominator > 0}
    shared = [pk for pk in known if pk in own and own[pk].denominator > 0]
    weight = sum(known[pk].denominator for pk in shared)
    if not weight:
        return None
    parts = (known[pk].denominator * Fraction(own[pk].numerator, own[pk].denominator) for pk in shared)
    weighed = sum(parts, Fraction(0))
    return Adjusted(
        value=weighed / weight,
        procedures=len(shared),
        of=len(known),
        share=Fraction(weight, sum(figure.denominator for figure in known.values())),
    )


def together(parts: Iterable[Figures]) -> dict[int, Figure]:
    """Figures of several units in one, by procedure."""
    found: dict[int, Figure] = {}
    for figures in parts:
        for pk, figure in figures.items():
            before = found.get(pk, Figure())
            found[pk] = Figure(before.numerator + figure.numerator, before.denominator + figure.denominator)
    return found


def plain(figures: Figures) -> Figure:
    """The figure as it is, over all procedures."""
    return Figure(sum(one.numerator for one in figures.values()), sum(one.denominator for one in figures.values()))
