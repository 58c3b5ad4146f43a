"""The shape of a route: what follows, what came before, when a join opens, how long it takes."""

from decimal import Decimal

import pytest

from procedures import limits, routes
from procedures.limits import Step

pytestmark = pytest.mark.unit


def _route(**after):
    """Steps p1, p2 … of two hours each, with what each waits for."""
    return tuple(
        Step(int(name[1:]), "appraise", name, "officer", "desk", Decimal(2), tuple(places))
        for name, places in after.items()
    )


SIDE_BY_SIDE = _route(p1=(), p2=(1,), p3=(2,), p4=(2,), p5=(4,), p6=(3, 5), p7=(6,))


def test_following_and_before():
    assert [step.position for step in routes.following(SIDE_BY_SIDE, 2)] == [3, 4]
    assert routes.before(SIDE_BY_SIDE, 6) == {1, 2, 3, 4, 5}
    assert routes.beyond(SIDE_BY_SIDE, 4) == {5, 6, 7}
    assert routes.first(SIDE_BY_SIDE).position == 1
    with pytest.raises(LookupError):
        routes.at(SIDE_BY_SIDE, 9)


def test_the_longest_way_counts_not_the_sum():
    assert limits.longest(SIDE_BY_SIDE) == Decimal(12)
    assert limits.longest(limits.default_route()) == Decimal(24)


@pytest.mark.parametrize(
    ("passes", "position", "done"),
    [
        ({1: (1, True), 2: (2, True), 3: (3, True)}, 3, True),
        ({1: (1, True), 2: (2, True), 3: (3, False)}, 3, False),
        ({1: (1, True), 2: (9, True), 3: (3, True)}, 3, False),  # what came before was opened again since
        ({1: (1, True), 2: (2, True)}, 3, False),
    ],
)
def test_a_step_is_done_when_nothing_before_it_was_opened_again(passes, position, done):
    assert routes.is_done(SIDE_BY_SIDE, position, passes) is done


def test_stored_rows_without_a_word_come_one_after_the_other():
    rows = [_Row(1), _Row(2), _Row(3, after=[1])]
    assert [step.after for step in limits.steps_of(rows)] == [(), (1,), (1,)]


class _Row:
    def __init__(self, position, after=None):
        self.position, self.after = position, after
        self.kind, self.name, self.role, self.place = "appraise", "x", "officer", "desk"
        self.hours, self.asks, self.silence_agrees, self.shows = Decimal(1), "", False, []
