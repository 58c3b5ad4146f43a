"""Places in a ranking: exact, ties share one, few dossiers have none. Pure."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Placed(Generic[K]):
    """One in the ranking: its place, and whether others share it."""

    key: K
    place: int
    shared: bool


def placed(values: Iterable[tuple[K, Fraction]], *, lower_is_better: bool) -> list[Placed[K]]:
    """Places from the best on, ties in the order given: 1, 2, 2, 4."""
    ordered = sorted(values, key=lambda pair: pair[1] if lower_is_better else -pair[1])
    all_values = [value for _key, value in ordered]
    return [Placed(key, all_values.index(value) + 1, all_values.count(value) > 1) for key, value in ordered]
