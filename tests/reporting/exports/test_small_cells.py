"""Small cells: few dossiers are not told, and cannot be had from sums or differences of what is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.exports.small_cells import is_few, masked, numbers_of
from reporting.few import TOLD
from reporting.gap import Figure

WHOLE = ("total", None)
GROUPS = [("group", 1), ("group", 2)]
UNITS = {GROUPS[0]: [("unit", 10), ("unit", 11), ("unit", 12)], GROUPS[1]: [("unit", 20), ("unit", 21)]}
TREE = {WHOLE: GROUPS, **UNITS}
ROWS = {"share": "received", "self": "received", "on_time": "handled"}
A, B, C = UNITS[GROUPS[0]]


def cells_of(units, code="share"):
    """Figures of units with those of their groups and the whole."""
    found = {}
    for group, parts in UNITS.items():
        told = {part: Figure(*units[part]) for part in parts if part in units}
        if told:
            found |= told
            found[group] = Figure(
                sum(one.numerator for one in told.values()), sum(one.denominator for one in told.values())
            )
    groups = [found[group] for group in GROUPS if group in found]
    found[WHOLE] = Figure(sum(one.numerator for one in groups), sum(one.denominator for one in groups))
    return {(code, scope): figure for scope, figure in found.items()}


def hidden(units):
    return {scope for _code, scope in masked(cells_of(units), ROWS, TREE)}


def test_few_hits_few_misses_and_few_dossiers_are_masked_nought_is_not():
    assert A in hidden({A: (3, 40), B: (20, 40), C: (20, 40)})
    assert A in hidden({A: (37, 40), B: (20, 40), C: (20, 40)})
    assert hidden({A: (0, 40), B: (40, 40), C: (20, 40)}) == set()


def test_a_single_masked_part_takes_the_smallest_other_with_it():
    assert hidden({A: (3, 40), B: (20, 60), C: (20, 50)}) == {A, C}


def test_masked_parts_that_are_few_together_take_another():
    assert hidden({A: (1, 40), B: (1, 60), C: (20, 90)}) == {A, B, C}


def test_without_another_part_the_whole_is_masked_and_its_neighbour_too():
    found = hidden({A: (3, 40), ("unit", 20): (30, 60), ("unit", 21): (30, 60)})
    assert {A, *GROUPS} <= found  # one group alone would be the whole less the other
    assert found & {("unit", 20), ("unit", 21)}
    assert WHOLE not in found


def test_a_share_split_in_two_does_not_give_its_small_part_away():
    cells = {("share", A): Figure(120, 300), ("self", A): Figure(117, 300), ("on_time", A): Figure(118, 299)}
    assert masked(cells, ROWS, {}) == {("self", A)}  # 118 is counted over other rows


PAIRS = st.integers(0, 60).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([unit for parts in UNITS.values() for unit in parts]), PAIRS, min_size=1))
def test_no_told_sum_leaves_few_unexplained(units):
    cells = cells_of(units)
    dark = masked(cells, ROWS, TREE)
    for key in cells.keys() - dark:
        assert not any(map(is_few, numbers_of(cells[key])))
    for whole, parts in TREE.items():
        found = [("share", part) for part in parts if ("share", part) in cells]
        unknown = [key for key in found if key in dark]
        if not found or ("share", whole) not in cells:
            continue
        if ("share", whole) in dark:
            assert unknown  # else the parts would add up to it
        elif unknown:
            assert len(unknown) > 1
            for place in range(3):
                together = sum(numbers_of(cells[key])[place] for key in unknown)
                assert together == 0 or together >= TOLD.fewest
