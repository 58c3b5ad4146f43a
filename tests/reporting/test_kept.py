"""What was counted is not counted again: rows of a closed month are kept, the length of a list is read where it was counted."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.enums import EventCode
from portal.clock import Month
from portal.db import read
from reporting import facts
from reporting.enums import Basis, Part, ScopeKind
from reporting.indicators.passes import stock_sql
from reporting.models import FactDossier
from reporting.models.fact import LASTING
from reporting.queries import TOTAL, Number
from reporting.snapshot import compute_month, freeze_month
from tests.reporting.events import act, dossier, moment
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import sign_in  # noqa: F401

pytestmark = pytest.mark.django_db
SEPTEMBER = Month(2022, 9)
PAGES = ("bao-lau", "tre-hen", "toi-dau", "thu-tuc", "can-bo", "bieu-ii-06a", "so-sanh/co-cau")
PERIODS = ("month", "cumulative")


@pytest.fixture
def filled(city, one_transaction):
    golden(city)
    facts.drain()
    cache.clear()
    return city


def numbers(run, *indicators):
    scopes = [
        TOTAL,
        *((ScopeKind.UNIT.value, pk) for pk in FactDossier.objects.values_list("unit_id", flat=True).distinct()),
    ]
    return [
        Number(run, indicator, basis, scope, part)
        for indicator in indicators
        for basis in (Basis.MONTH, Basis.CUMULATIVE)
        for scope in scopes
        for part in Part
    ]


COUNTED = ("online_share_all", "on_time_first", "open_overdue", "volume_share", "services_used", "hours_taken")


@pytest.mark.parametrize("make", [compute_month, freeze_month])
def test_stated_length_is_the_counted_one(filled, make):
    run = make(SEPTEMBER)
    for one in numbers(run, *COUNTED):
        assert one.stated() == one.count(), one


def test_what_came_since_the_count_is_counted(filled):
    run = compute_month(SEPTEMBER)
    one = Number(run, "online_share_all", Basis.MONTH, TOTAL, Part.DENOMINATOR)
    before = one.stated()
    dossier(filled.first, filled.birth, "2022-09-21 09:00", online=True)
    facts.drain()
    assert one.stated() == one.count() == before + 1


def test_a_run_that_was_counted_again_meanwhile_is_counted(filled):
    run = compute_month(SEPTEMBER)
    dossier(filled.first, filled.birth, "2022-09-21 09:00", online=True)
    facts.drain()
    compute_month(SEPTEMBER)
    one = Number(run, "online_share_all", Basis.MONTH, TOTAL, Part.DENOMINATOR)
    assert one.stated() == one.count()


def asked_of_facts(client, page, basis):
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(f"/so-lieu/{page}/?thang=2022-09&ky={basis}&chi-so=online_share_all")
    assert shown.status_code == 200
    text = shown.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return text, sum("reporting_factdossier" in one["sql"] for one in asked)


@pytest.mark.web
@pytest.mark.parametrize("basis", PERIODS)
def test_a_closed_month_is_counted_for_its_first_reader_only(filled, sign_in, basis):  # noqa: F811
    freeze_month(SEPTEMBER)
    client = sign_in()
    for page in PAGES:
        first, once = asked_of_facts(client, page, basis)
        again, never = asked_of_facts(client, page, basis)
        assert (again, once > 0, never) == (first, True, 0), page


@pytest.mark.web
def test_what_is_kept_of_a_closed_month_never_changes(filled, sign_in):  # noqa: F811
    freeze_month(SEPTEMBER)
    client = sign_in()
    before = {page: asked_of_facts(client, page, "cumulative")[0] for page in PAGES}
    dossier(filled.first, filled.birth, "2022-09-21 09:00", online=True, finished="2022-09-29 10:00")
    for pk in FactDossier.objects.values_list("pk", flat=True):
        act(EventCode.RETURNED, "2022-10-03 09:00", dossier_id=pk, seq=8, unit=filled.second, proc=filled.birth)
    facts.drain()
    compute_month(SEPTEMBER)
    cache.clear()
    for page in PAGES:
        now, asked = asked_of_facts(client, page, "cumulative")
        assert (now, asked > 0) == (before[page], True), page


@pytest.mark.web
def test_a_month_that_goes_on_is_counted_each_time(filled, sign_in):  # noqa: F811
    compute_month(SEPTEMBER)
    client = sign_in()
    for page in PAGES:
        assert asked_of_facts(client, page, "month")[1] == asked_of_facts(client, page, "month")[1] > 0, page


@pytest.mark.parametrize("lasted", [0, 1, LASTING - 1, LASTING, LASTING + 1, 3 * LASTING])
def test_what_was_open_at_a_moment_is_found_however_long_it_lasts(filled, lasted):
    end = moment("2023-06-01 00:00")
    days = (1, 2, LASTING - 1, LASTING, LASTING + 1, 2 * LASTING)
    for received in (end - timedelta(days=before, minutes=minutes) for before in days for minutes in (0, 1, 900)):
        finished = received + timedelta(days=lasted)
        dossier(filled.first, filled.birth, f"{received:%Y-%m-%d %H:%M}", finished=f"{finished:%Y-%m-%d %H:%M}")
    facts.drain()
    found = {row[0] for row in read(f"SELECT dossier_id FROM ({stock_sql('end')}) open", {"end": end, "run": None})}
    plainly = read(
        "SELECT dossier_id FROM reporting_factdossier WHERE received_at < %(end)s AND (finished_at IS NULL OR finished_at >= %(end)s)",
        {"end": end},
    )
    assert found == {row[0] for row in plainly}


def test_what_a_page_asks_is_never_compiled_and_runs_on_one_processor():
    settings = "SELECT current_setting('jit'), current_setting('max_parallel_workers_per_gather')"
    assert read(settings) == [("off", "0")]
