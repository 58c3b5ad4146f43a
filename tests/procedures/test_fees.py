"""What is due: scopes, days, people, counts, answers; what is unknown is never free."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures import fees
from procedures.enums import FeePer

DAY = date(2026, 11, 27)


@dataclass
class Rule:
    """A fee as the module sees it."""

    amount: int | None = 8000
    name: str = "Phí"
    case_code: str = ""
    channel: int | None = None
    per: str = FeePer.FLAT
    tiers: list = field(default_factory=list)
    most: int | None = None
    answer_key: str = ""
    when_key: str = ""
    when_values: list = field(default_factory=list)
    subject: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    law: str = ""


def due(*rules, case="", channel=1, on=DAY, answers=None, **counted):
    return fees.due(rules, fees.FeeBasis(case, channel, on, answers or {}, fees.Counted(**counted)))


PAGES = Rule(2000, per=FeePer.PAGE, tiers=[{"from": 3, "amount": 1000}], most=200_000)
COPIES = Rule(8000, "Bản sao", per=FeePer.COPY, answer_key="so_ban")
BIRTH = (Rule(0, "Lệ phí"), Rule(None, "Quá hạn", when_key="loai", when_values=["2"]), COPIES)


def test_lines_of_the_most_particular_scope_are_added():
    rows = [Rule(9, channel=1), Rule(1, "Lệ phí", channel=1), Rule(5, channel=2), Rule(100)]
    assert [due(*rows, channel=way).amount for way in (1, 2, 3)] == [10, 5, 100]


def test_unknown_is_not_free():
    assert due(Rule(None), Rule(5, "B")).amount is None
    assert due().amount is None
    assert due(Rule(5), Rule(7)).amount is None  # alternatives that the source does not tell apart
    assert due(Rule(0)).amount == 0


def test_two_copies_cost_twice_as_much_as_one():
    assert due(*BIRTH, answers={"loai": "1", "so_ban": 2}).amount == 16_000
    assert due(*BIRTH, answers={"loai": "1"}).amount == 0
    assert due(*BIRTH, answers={"loai": "2", "so_ban": 2}).amount is None
    assert due(*BIRTH, copies=3).amount == 24_000  # at the desk nobody fills the form


@pytest.mark.parametrize(
    ("pages", "copies", "amount"), [(1, 1, 2000), (2, 1, 4000), (3, 1, 5000), (5, 2, 14_000), (300, 2, 400_000)]
)
def test_certified_copies_by_pages_and_copies(pages, copies, amount):
    found = due(PAGES, pages=pages, copies=copies)
    assert (found.amount, found.wants) == (amount, ())


def test_what_is_not_counted_yet_is_asked_for():
    assert (due(PAGES).amount, due(PAGES).wants) == (None, ("pages", "copies"))
    assert due(PAGES, pages=3).amount is None
    assert fees.wanted([PAGES, COPIES], "", 1, DAY) == ("pages", "copies")


def test_people_are_let_off_with_the_reason_and_what_it_would_have_cost():
    rows = [Rule(15_000, law="TT 75"), Rule(0, subject="poor", law="TT 75, Điều 4")]
    [line] = due(*rows, subject="poor").lines
    assert (line.amount, line.full, line.reason, line.law) == (0, 15_000, "người thuộc hộ nghèo", "TT 75, Điều 4")
    assert due(*rows, subject="child").amount == due(*rows).amount == 15_000


def test_the_rule_of_the_day_holds():
    rows = [Rule(10_000, valid_to=date(2026, 12, 31)), Rule(12_000, valid_from=date(2027, 1, 1))]
    assert [due(*rows, on=on).amount for on in (DAY, date(2027, 1, 1))] == [10_000, 12_000]
    assert due(Rule(5, valid_from=date(2027, 1, 1))).amount is None


def test_answers_that_are_tables_count_their_rows():
    rule = Rule(10_000, per=FeePer.PERSON, answer_key="danh_sach")
    assert due(rule, answers={"danh_sach": [{}, {}, {}]}).amount == 30_000
    assert due(rule, answers={"danh_sach": "ba"}, persons=2).amount == 20_000


def test_prices_in_words():
    assert fees.prices([PAGES]) == "2.000\u00a0đ một trang; từ trang thứ 3: 1.000\u00a0đ; tối đa 200.000\u00a0đ một bản"
    assert fees.prices(BIRTH) == "miễn phí + 8.000\u00a0đ một bản"
    assert fees.prices([]) == fees.prices([Rule(None)]) == "chưa công bố mức thu"


@given(st.integers(1, 500), st.integers(1, 50))
def test_more_pages_never_cost_less_and_copies_multiply(pages, copies):
    one = due(PAGES, pages=pages, copies=1).amount
    assert due(PAGES, pages=pages, copies=copies).amount == one * copies
    assert one <= due(PAGES, pages=pages + 1, copies=1).amount <= 200_000
