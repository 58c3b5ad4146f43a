"""Guards against small numbers: each once, with its reason, and shown."""

import re
from pathlib import Path

import pytest

from reporting import few
from reporting.index.items import versions
from reporting.indicators import INDICATORS
from tests.reporting.test_views import sign_in, text_of  # noqa: F401  the fixture signs in

ROOM = Path(few.__file__).parent


@pytest.mark.unit
def test_every_guard_has_its_reason_and_lets_nought_pass(settings):
    settings.FEW_DOSSIERS = 7
    for guard in few.FEW_GUARDS:
        assert guard.fewest > 1
        assert str(guard.reason).endswith(".")
        assert [guard.stops(count) for count in (0, 1, guard.fewest - 1, guard.fewest)] == [False, True, True, False]
    assert few.JUDGED.fewest == 7


@pytest.mark.unit
def test_no_other_module_has_a_number_of_its_own():
    own = re.compile(r"^(?:ENOUGH|FEWEST|FEW)(?:_PEOPLE)?(?:: Final)? = \d+|settings\.FEW_DOSSIERS", re.MULTILINE)
    found = {path.name for path in ROOM.rglob("*.py") if own.search(path.read_text(encoding="utf-8"))}
    assert found == {"few.py"}


@pytest.mark.unit
def test_an_item_of_the_index_without_cases_is_worth_what_its_indicator_says():
    items = [item for version in versions() for item in version.items if item.indicator]
    assert items
    assert all(item.zero == INDICATORS[item.indicator].zero for item in items)
    assert {item.code for item in items if item.zero == "full"} == {"5.2", "5.3"}


@pytest.mark.web
@pytest.mark.django_db
def test_the_page_of_indicators_shows_them(city, sign_in):  # noqa: F811
    told = text_of(sign_in().get("/so-lieu/chi-so/"))
    for guard in few.FEW_GUARDS:
        assert str(guard.reason) in told
