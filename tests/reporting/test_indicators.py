"""Every indicator says all there is to say; the page on adding one adds one, and its figure counts."""

import pytest
from django.db import connection
from django.urls import reverse

from procedures.enums import Channel
from reporting.enums import Basis, Part, ScopeKind
from reporting.indicators import INDICATORS, ROWS, cases_sql, counted_ones, part_of
from reporting.periods import period
from reporting.snapshot import compute_month
from tests.house.howto import module_of
from tests.house.source import ROOT, name
from tests.reporting import recount
from tests.reporting.events import dossier
from tests.reporting.indicators import brought
from tests.reporting.test_golden_sixty import MONTH
from tests.reporting.test_snapshot import EXPECTED, SEPTEMBER, figure, golden

pytestmark = pytest.mark.django_db
ALL = tuple(INDICATORS)
PAGE = "add-an-indicator"


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_an_indicator_lacks_nothing(one):
    words = ("label", "short_name", "formula", "numerator", "denominator", "noun")
    assert [word for word in words if not str(getattr(one, word)).strip()] == []
    assert one.codes, "a code that people in the field know"
    assert one.bases
    assert one.sources
    assert len(one.code) <= 24
    assert str(one.formula).endswith("."), "a sentence"


@pytest.mark.parametrize("one", counted_ones(), ids=lambda one: one.code)
def test_an_indicator_has_a_golden_row_and_a_recount_by_hand(one):
    by_hand = {code for code, _basis in EXPECTED} | set(MONTH)
    assert one.code in by_hand, "GOLDEN of a module in tests/reporting/indicators, or test_golden_sixty.py"
    assert one.code in brought("RECOUNT"), "RECOUNT of a module in tests/reporting/indicators"


@pytest.mark.parametrize("one", [one for one in ALL if one.cases], ids=lambda one: one.code)
def test_an_indicator_asks_only_for_columns_of_its_pass(one):
    wanted = {part_of(one, basis, part) for basis in one.bases for part in Part}
    parameters = period(SEPTEMBER, SEPTEMBER.bounds[1]).parameters()
    with connection.cursor() as cursor:
        for condition in sorted(wanted):
            cursor.execute(f"SELECT count(*) FROM ({cases_sql(one.cases)}) cases WHERE {condition}", parameters)
            assert cursor.fetchone() == (0,)


def test_every_module_has_its_row():
    there = {path.stem for path in (ROOT / "reporting" / "indicators").glob("*.py")}
    assert there - {"__init__", "base", "passes", "counting", "waiting"} == set(ROWS)


def test_no_other_module_knows_an_indicator_by_name():
    """What differs between indicators stands in their declarations."""
    quoted = {f'"{one.code}"' for one in ALL}
    rest = [
        path
        for path in (ROOT / "reporting").rglob("*.py")
        if "indicators" not in path.parts and "migrations" not in path.parts
    ]
    assert [name(path) for path in rest if any(code in path.read_text(encoding="utf-8") for code in quoted)] == []


@pytest.fixture
def added(tmp_path):
    """The page's indicator, as if its module and row were there."""
    module = module_of(PAGE, tmp_path)
    yield module.POSTAL_SHARE
    INDICATORS.remove(module.POSTAL_SHARE.code)


def test_adding_one_counts_it_lists_it_and_shows_it(city, one_transaction, added, client):
    dossier(city.first, city.birth, "2022-09-05 09:00", channel=Channel.POST)
    dossier(city.first, city.birth, "2022-09-06 09:00")
    dossier(city.second, city.birth, "2022-09-07 09:00", online=True)
    run = compute_month(SEPTEMBER)
    assert figure(run, added.code, Basis.MONTH, city.first) == (1, 2)
    assert figure(run, added.code, Basis.CUMULATIVE, city.wards, ScopeKind.GROUP) == (1, 3)
    assert f"channel = {int(Channel.POST)}" in part_of(added, Basis.MONTH, Part.NUMERATOR)
    page = client.get(reverse("reporting:public"), {"thang": "2022-09"})
    assert str(added.label) in page.content.decode()


def test_the_figures_counted_by_hand_on_the_page_are_right(city, one_transaction, added, tmp_path):
    brought_by_page = module_of(PAGE, tmp_path, 1)
    golden(city)
    run = compute_month(SEPTEMBER)
    for (code, basis), scopes in brought_by_page.GOLDEN.items():
        for scope, expected in scopes.items():
            assert figure(run, code, basis, scope and getattr(city, scope)) == expected, (basis, scope)
    with connection.cursor() as cursor:
        sql = brought_by_page.RECOUNT[added.code]
        cursor.execute(
            recount.with_tables(f"SELECT count(*) FILTER (WHERE hit), count(*) FROM ({sql}) cases"),
            recount.parameters(SEPTEMBER, Basis.MONTH, run.counted_until),
        )
        assert cursor.fetchone() == brought_by_page.GOLDEN[added.code, Basis.MONTH][None]
