"""Sharing whole numbers out by weights so that the parts add up exactly. Pure."""

from collections.abc import Sequence


def apportion(total: int, weights: Sequence[float], caps: Sequence[int] | None = None) -> list[int]:
    """Share `total` by `weights` with largest remainders, no part above its cap.

    Raises ValueError when the caps are too tight.
    """
    limits = list(caps) if caps is not None else [total] * len(weights)
    if sum(limits) < total:
        raise ValueError(f"{total} does not fit under caps of {sum(limits)}")
    parts = [0] * len(weights)
    left = total
    while left:
        open_places = [place for place, limit in enumerate(limits) if parts[place] < limit and weights[place] > 0]
        if not open_places:
            raise ValueError(f"{left} of {total} find no place with a weight")
        whole = sum(weights[place] for place in open_places)
        exact = {place: left * weights[place] / whole for place in open_places}
        given = {place: min(int(exact[place]), limits[place] - parts[place]) for place in open_places}
        if not any(given.values()):  # only remainders are left
            ranked = sorted(open_places, key=lambda place: (-exact[place], place))
            given = dict.fromkeys(ranked[:left], 1)
        for place, amount in given.items():
            parts[place] += amount
        left = total - sum(parts)
    return parts
