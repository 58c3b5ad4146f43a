"""The shape of a route: what follows a step, what comes before it, when a join may open. Pure; asks nothing.

Steps wait for the positions in their `after`, which are smaller than their own. Called by dossiers (what opens next);
whether a route may be published at all is asked in procedures.route_check.
"""

from collections.abc import Iterable, Mapping, Sequence

from procedures.limits import Step


def first(steps: Sequence[Step]) -> Step:
    """The step a route begins with."""
    return min(steps, key=lambda step: step.position)


def at(steps: Iterable[Step], position: int) -> Step:
    """The step at a position; LookupError when the route has none there."""
    found = next((step for step in steps if step.position == position), None)
    if found is None:
        raise LookupError(f"the route has no step {position}")
    return found


def following(steps: Iterable[Step], position: int) -> list[Step]:
    """Steps that wait for the one at `position`, in order."""
    return sorted((step for step in steps if position in step.after), key=lambda step: step.position)


def before(steps: Iterable[Step], position: int) -> frozenset[int]:
    """Positions that must be done before `position`, directly or not."""
    by_position = {step.position: step for step in steps}
    found: set[int] = set()
    open_ends = [position]
    while open_ends:
        step = by_position.get(open_ends.pop())
        new = set(step.after if step else ()) - found
        found |= new
        open_ends.extend(new)
    return frozenset(found)


def beyond(steps: Sequence[Step], position: int) -> frozenset[int]:
    """Positions that wait for `position`, directly or not."""
    return frozenset(step.position for step in steps if position in before(steps, step.position))


def is_done(steps: Sequence[Step], position: int, passes: Mapping[int, tuple[int, bool]]) -> bool:
    """Tell whether the step at `position` is done and nothing before it has been opened again since.

    `passes`: of each position that was ever opened, its newest pass: a number that grows with time, and whether it is done.
    """
    if position not in passes or not passes[position][1]:
        return False
    number = passes[position][0]
    return all(passes[place][0] < number for place in before(steps, position) if place in passes)
