"""The scenario of Vũng Tàu 2022: its figures are the article's, its ledger is whole, loading it twice does nothing."""

from collections import defaultdict
from decimal import Decimal
from io import StringIO
from math import ceil
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

import accounts.seeds
from accounts.models import OrgUnit, Party
from dossiers.models.counter import Counter
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.scenarios import vung_tau_2022
from dossiers.scenarios.apportion import apportion
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from portal.clock import Month
from reporting import facts
from reporting.enums import Basis, ScopeKind
from reporting.indicators import counted_ones
from reporting.models import Snapshot
from reporting.seeds import PLANS
from reporting.snapshot import compute_month, freeze_month
from reporting.targets import read_plan, write
from tests.reporting.test_recount import assert_equal_to_the_recount, assert_lists_are_as_long_as_their_numbers
from tests.reporting.test_views import LIST, rows_of, sign_in, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def loaded(one_transaction):
    """The city of 2022 with its dossiers and September closed; counted inside the test's transaction."""
    accounts.seeds.load()
    write(read_plan(PLANS / "plan_vung_tau_2022.json")[0])
    call_command("load_scenario", "vung-tau-2022", stdout=StringIO())
    return freeze_month(Month(2022, 9)), freeze_month(Month(2022, 10))


def figure(run, indicator, code=None, basis=Basis.CUMULATIVE):
    unit = OrgUnit.objects.get(code=code) if code else None
    kind = ScopeKind.TOTAL if unit is None else ScopeKind.GROUP if unit.kind == "group" else ScopeKind.UNIT
    row = Snapshot.objects.get(run=run, indicator=indicator, basis=basis, scope_kind=kind, scope_id=unit and unit.pk)
    return row.numerator, row.denominator


@pytest.mark.long
def test_scenario_is_the_article(loaded, sign_in):  # noqa: F811
    """One load for all: figures, ledger, board, lists, and the second load that does nothing."""
    september, october = loaded
    share, used = "online_share_all", "services_used"
    assert Dossier.objects.count() >= 20_000
    _figures(september, october, share, used)
    assert [finding for finding in examine() if finding.weight is not Weight.NOTE] == []
    _numbers_follow_the_counters()
    _the_same_seed_tells_what_was_kept()
    _nobody_is_real()
    _board(sign_in(), september)
    out = StringIO()
    call_command("load_scenario", "vung-tau-2022", stdout=out)
    assert "already loaded" in out.getvalue()
    _every_cell_is_the_ledgers(october)


def _every_cell_is_the_ledgers(october):
    """From January to December, and lists as long as their numbers, live and closed."""
    months = [Month(2022, number) for number in range(1, 13)]
    main = {one.code for one in counted_ones() if one.is_main}
    assert assert_equal_to_the_recount(months, only=main) > 2400
    rest = {one.code for one in counted_ones()} - main
    assert assert_equal_to_the_recount([Month(2022, 9)], only=rest) > 2400
    assert facts.differences() == []
    for run in (october, compute_month(Month(2022, 8))):
        assert_lists_are_as_long_as_their_numbers(run, sample=Random(5))


def _figures(september, october, share, used):
    assert figure(september, share, "vung-tau-2022-khoi-phong") == (3120, 12000)  # 26,0 %
    assert figure(september, share, "vt22-quan-ly-do-thi")[1] == 3960  # 33 % of 12.000
    assert figure(september, share, "vt22-tu-phap")[1] == 2400  # 20 %
    assert figure(september, share, "vung-tau-2022-khoi-xa") == (1555, 16200)  # 9,6 %: very low
    assert figure(september, share) == (4675, 28200)
    hits, services = figure(september, used)
    assert Decimal("0.45") < Decimal(hits) / services < Decimal("0.60")
    wards = figure(september, used, "vung-tau-2022-khoi-xa")
    assert wards[0] / wards[1] < 0.6
    on_time = figure(september, "on_time_first")
    assert 0.955 < on_time[0] / on_time[1] < 0.98
    autumn = figure(october, share, "vung-tau-2022-khoi-phong")
    assert autumn[0] / autumn[1] < 0.45  # the article of 06/11: still far below


def _numbers_follow_the_counters():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT authority_code, split_part(code, '-', 2), count(*), count(DISTINCT code), max(split_part(code, '-', 3)::int) "
            "FROM dossiers_dossier WHERE code IS NOT NULL GROUP BY 1, 2"
        )
        days = cursor.fetchall()
    counters = {f"{row.scope} {row.period}": row.last for row in Counter.objects.filter(kind="dossier")}
    assert all(count == distinct == last == counters[f"{scope} {day}"] for scope, day, count, distinct, last in days)


def _the_same_seed_tells_what_was_kept():
    stories, people = vung_tau_2022.Scenario().stories()
    told = {
        story.reference: (story.channel, people[story.owner].full_name, [(act.code, act.at) for act in story.acts])
        for story in stories
    }
    acts = defaultdict(list)
    for key, *act in DossierEvent.objects.order_by("dossier_id", "seq").values_list(
        "dossier_id", "code", "happened_at"
    ):
        acts[key].append(tuple(act))
    kept = Dossier.objects.values_list("pk", "reference", "channel", "owner_name")
    assert told == {reference: (channel, owner, acts[key]) for key, reference, channel, owner in kept}


def _nobody_is_real():
    assert not Party.objects.exclude(identity_sealed="").filter(owned_dossiers__reference__startswith="VT22-").exists()
    assert not DossierEvent.objects.exclude(actor_id=None).exists()


def _what_october_asks(page):
    """The officer's question of the end of September, answered from the departments' own last eight weeks."""
    assert page.context["form"]["until"].value() == "31/10/2022"
    found = page.context["chosen"]
    assert found.look.needed == ceil(Decimal("0.45") * (12_000 + found.look.expected) - 3_120)
    assert not found.look.possible
    told = text_of(page).replace("\u00a0", " ")
    assert "Không thể đạt 45 % đến hết 31/10/2022" in told
    assert sum(part["missing"] for part in page.context["parts"]) == Decimal("0.45") * 12_000 - 3_120
    assert "Phòng Quản lý đô thị" in told


def _board(client, september):
    page = client.get("/so-lieu/?thang=2022-09")
    told = text_of(page).replace("\u00a0", " ")
    assert (
        "chưa đạt Khối phòng chuyên môn: hồ sơ trực tuyến lũy kế từ đầu năm 26,0 % – chỉ tiêu 30 %, thiếu 4,0 điểm = 480 hồ sơ"
        in told
    )
    assert "chưa đạt Khối phường, xã: hồ sơ trực tuyến lũy kế từ đầu năm 9,6 % – chỉ tiêu 30 %," in told
    assert "Chung toàn địa bàn: hồ sơ trực tuyến lũy kế từ đầu năm 16,6 %" in told
    assert "Phòng Quản lý đô thị chiếm 33,0 % số hồ sơ" in told
    assert "Phòng Tư pháp chiếm 20,0 % số hồ sơ" in told
    assert "số liệu đến hết ngày 30/09/2022, đã chốt" in told
    assert "2139/QĐ-UBND" in told
    group = OrgUnit.objects.get(code="vung-tau-2022-khoi-phong")
    _what_october_asks(client.get(f"/so-lieu/du-kien/2022-09/online_share_all/khoi-{group.pk}/"))
    unit = OrgUnit.objects.get(code="vt22-quan-ly-do-thi")
    url = f"/so-lieu/danh-sach/2022-09/online_share_all/month/don-vi-{unit.pk}/tu-so/"
    shown = next(int(number) for found, number, _rest in LIST.findall(page.content.decode()) if found == url)
    assert rows_of(client, url) == (shown, shown)


def test_scenario_without_units_says_what_to_load(db):
    with pytest.raises(CommandError, match="nạp cơ cấu đơn vị"):
        call_command("load_scenario", "vung-tau-2022")


@pytest.mark.parametrize(
    ("total", "weights", "caps", "expected"),
    [
        (10, [1, 1, 1], None, [4, 3, 3]),
        (100, [33, 20, 47], None, [33, 20, 47]),
        (10, [1, 1], [2, 100], [2, 8]),
        (0, [1, 2], None, [0, 0]),
        (3, [0, 1], None, [0, 3]),
    ],
)
def test_apportion_adds_up(total, weights, caps, expected):
    assert apportion(total, weights, caps) == expected


@pytest.mark.parametrize(("weights", "caps"), [([1, 1], [1, 1]), ([0, 0], None)])
def test_apportion_refuses_what_does_not_fit(weights, caps):
    with pytest.raises(ValueError):
        apportion(5, weights, caps)
