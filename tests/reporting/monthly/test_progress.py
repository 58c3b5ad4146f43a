"""Form II.06a: counted by hand, its identity dossier by dossier, number = list on every level, closed months as they were."""

import html
import io
import re

import openpyxl
import pypdf
import pytest

from accounts.enums import Role
from dossiers.enums import EventCode, State
from portal.clock import Month
from procedures.enums import Channel
from procedures.models import Field
from reporting.enums import Basis, ScopeKind
from reporting.models import Snapshot
from reporting.monthly.papers import make_papers
from reporting.monthly.progress import FormSelection
from reporting.monthly.progress_rules import COLUMNS
from reporting.periods import REPORT_PERIODS
from reporting.queries import TOTAL, closed_units
from reporting.snapshot import compute_month, freeze_month
from tests.reporting.events import act, dossier
from tests.reporting.monthly.test_report import content
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import ROWS, sign_in, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
FORM = "/so-lieu/bieu-ii-06a/?thang=2022-09"
LINK = re.compile(r'<a href="(/so-lieu/bieu-ii-06a/2022-09/[^"]+)">([\d.]+)</a>')
COUNT = re.compile(r'<strong class="figure">([\d.]+)</strong>')


def fill(city):
    """September by hand. In brackets: the column it stands in on either side."""
    first, second, office = city.first, city.second, city.office
    dossier(
        first, city.birth, "2022-09-01 09:00", due="2022-09-08 09:00", online=True, finished="2022-09-06 09:00"
    )  # 4, 8
    dossier(
        first, city.birth, "2022-09-01 09:00", due="2022-09-08 09:00", online=True, finished="2022-09-08 16:00"
    )  # 4, 9
    dossier(first, city.birth, "2022-09-01 09:00", due="2022-09-08 09:00", finished="2022-09-09 09:00")  # 5, 10
    dossier(
        first, city.birth, "2022-09-05 09:00", due="2022-09-12 09:00", channel=Channel.POST, refused="2022-09-06 09:00"
    )  # 5, 8
    dossier(first, city.marriage, "2022-09-26 09:00", due="2022-10-03 09:00", online=True)  # 4, 12
    dossier(first, city.marriage, "2022-09-20 09:00", due="2022-09-27 09:00")  # 5, 13
    dossier(second, city.birth, "2022-08-20 09:00", due="2022-08-27 09:00", finished="2022-09-02 09:00")  # 6, 10
    dossier(second, city.birth, "2022-08-30 09:00", due="2022-09-30 09:00")  # 6, 13: its day was the last one
    dossier(second, city.birth, "2022-08-01 09:00", finished="2022-08-04 09:00")  # none: over before
    dossier(second, city.birth, "2022-10-01 00:00", online=True)  # none: not come yet
    dossier(office, city.permit, "2022-09-10 09:00", due="2022-09-30 09:00", withdrawn="2022-09-12 09:00")  # 5, 8
    dossier(office, city.permit, "2022-09-10 09:00", internal=True)  # none
    waiting = dossier(
        office, city.permit, "2022-09-05 09:00", due="2022-09-12 09:00", online=True
    )  # 4, 12: waits for more
    act(
        EventCode.SUPPLEMENT_REQUESTED,
        "2022-09-07 09:00",
        dossier_id=waiting,
        seq=2,
        unit=office,
        proc=city.permit,
        channel=Channel.ONLINE,
        due="2022-09-12 09:00",
        state_to=State.SUPPLEMENT,
    )
    act(
        EventCode.SUBMITTED,
        "2022-09-07 09:00",
        dossier_id=78,
        seq=1,
        unit=first,
        proc=city.birth,
        channel=Channel.ONLINE,
    )
    act(
        EventCode.NOT_ACCEPTED,
        "2022-09-08 09:00",
        dossier_id=78,
        seq=2,
        unit=first,
        proc=city.birth,
        channel=Channel.ONLINE,
        state_to=State.NOT_ACCEPTED,
    )  # none: never received


# 3 = 4 + 5 + 6, 7 = 8 + 9 + 10, 11 = 12 + 13
BY_HAND = {
    "UBND phường 1": [6, 3, 3, 0, 4, 2, 1, 1, 2, 1, 1],
    "UBND phường 2": [2, 0, 0, 2, 1, 0, 0, 1, 1, 0, 1],
    "Phòng A": [2, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0],
    "Tổng số": [10, 4, 4, 2, 6, 3, 1, 2, 4, 2, 2],
}


def values(row):
    return [value for _column, value in row.values]


def report_of(run, code="month", scope=TOTAL):
    return FormSelection(run, REPORT_PERIODS[code], scope).report(closed_units(run.pk))


def moved(city):
    """A dossier of ward 1 that ward 2 holds at the end."""
    pk = dossier(city.first, city.birth, "2022-09-05 09:00", due="2022-10-20 09:00")
    act(
        EventCode.FORWARDED,
        "2022-09-06 09:00",
        dossier_id=pk,
        seq=2,
        unit=city.second,
        proc=city.birth,
        due="2022-10-20 09:00",
        state_to=State.PROCESSING,
    )
    return pk


def test_month_equals_hand_count_and_its_identity_holds(city, one_transaction):
    fill(city)
    report = report_of(freeze_month(SEPTEMBER))
    assert {row.name: values(row) for row in [*report.units, report.total]} == BY_HAND
    assert [values(row) for row in report.fields] == [BY_HAND["Tổng số"]]
    assert report.holds
    assert (
        report.identity
        == "Khớp, (3) = (7) + (11): 10 tiếp nhận (kể cả từ kỳ trước), 6 đã giải quyết, 4 đang giải quyết."
    )


def test_longer_periods_carry_less_over(city, one_transaction):
    fill(city)
    run = freeze_month(SEPTEMBER)
    # August's two ends and the one still open came within the quarter and the nine months
    for code in ("quarter", "nine_months"):
        assert values(report_of(run, code).total) == [11, 4, 7, 0, 7, 4, 1, 2, 4, 2, 2], code
    middle = report_of(run, "mid_month")  # 15 August to 14 September
    assert f"{middle.days[0]} {middle.days[1]}" == "2022-08-15 2022-09-14"
    assert middle.holds
    assert middle.total.value(COLUMNS["tiep-nhan"]) == 8


def test_columns_equal_the_indicators_of_the_boards(city, one_transaction):
    golden(city)
    fill(city)
    run = freeze_month(SEPTEMBER)
    for basis, code in ((Basis.MONTH, "month"), (Basis.QUARTER, "quarter"), (Basis.CUMULATIVE, "nine_months")):
        total = report_of(run, code).total
        shown = {
            one.indicator: (one.numerator, one.denominator)
            for one in Snapshot.objects.filter(run=run, basis=basis, scope_kind=ScopeKind.TOTAL)
        }
        came = total.value(COLUMNS["truc-tuyen"]) + total.value(COLUMNS["truc-tiep"])
        assert (total.value(COLUMNS["truc-tuyen"]), came) == shown["online_share_all"]
        stock = total.value(COLUMNS["dang-giai-quyet"])
        assert (total.value(COLUMNS["dang-qua-han"]), stock) == shown["open_overdue"]


def test_what_moved_between_units_makes_their_sides_differ_and_is_named(city, one_transaction, sign_in):  # noqa: F811
    fill(city)
    pk = moved(city)
    run = freeze_month(SEPTEMBER)
    assert report_of(run).holds
    for unit, difference in ((city.first, -1), (city.second, 1)):
        report = report_of(run, scope=(ScopeKind.UNIT.value, unit.pk))
        assert (report.total.difference, report.differing_count) == (difference, 1)
        assert report.differing[0].dossier_id == pk
        told = text_of(sign_in().get(f"{FORM}&pham-vi=don-vi-{unit.pk}"))
        assert "Lệch 1 hồ sơ" in told
        assert f"#{pk} UBND phường 1 tiếp nhận hoặc giữ lúc đầu kỳ, UBND phường 2 giải quyết" in told


def test_a_dossier_that_ended_before_it_came_is_never_hidden(city, one_transaction, sign_in):  # noqa: F811
    fill(city)
    odd = 77
    act(EventCode.SUBMITTED, "2022-08-01 09:00", dossier_id=odd, seq=1, unit=city.first, proc=city.birth)
    act(EventCode.WITHDRAWN, "2022-08-02 09:00", dossier_id=odd, seq=2, unit=city.first, proc=city.birth)
    act(EventCode.RECEIVED, "2022-09-02 09:00", dossier_id=odd, seq=3, unit=city.first, proc=city.birth)
    report = report_of(freeze_month(SEPTEMBER))
    assert [one.dossier_id for one in report.differing] == [odd]
    assert report.identity.startswith("Lệch 1 hồ sơ: 11 tiếp nhận")
    told = text_of(sign_in().get(FORM))
    assert f"#{odd} kết thúc trước khi được tiếp nhận" in told


def listed(client, url):
    page = client.get(url)
    return int(COUNT.search(page.content.decode())[1].replace(".", "")), len(ROWS.findall(page.content.decode()))


def test_every_number_opens_a_list_of_exactly_that_many(city, one_transaction, sign_in):  # noqa: F811
    fill(city)
    moved(city)
    freeze_month(SEPTEMBER)
    client = sign_in()
    numbers = {}
    for address in (
        f"{FORM}&ky=thang",
        f"{FORM}&ky=9-thang",
        f"{FORM}&pham-vi=don-vi-{city.first.pk}",
        f"{FORM}&ban=1",
    ):
        for url, shown in LINK.findall(client.get(address).content.decode()):
            numbers[html.unescape(url)] = int(shown.replace(".", ""))
    assert len(numbers) > 70
    for url, shown in list(numbers.items())[::3]:
        assert listed(client, url) == (shown, shown), url


def test_a_closed_form_stays_whatever_happens_to_dossiers_and_fields(city, one_transaction):
    fill(city)
    run = freeze_month(SEPTEMBER)
    before = report_of(run)
    dossier(city.first, city.birth, "2022-09-20 09:00", online=True)
    Field.objects.update(name="Lĩnh vực đổi tên", code="KHAC")
    live = compute_month(SEPTEMBER)
    assert report_of(run) == before
    assert before.fields[0].name == "Lĩnh vực thử"
    now = FormSelection(live, REPORT_PERIODS["month"], TOTAL).report({})
    assert now.total.came == before.total.came + 1
    assert now.fields[0].name == "Lĩnh vực đổi tên"


def test_nothing_in_the_period_is_said(city, one_transaction, sign_in):  # noqa: F811
    compute_month(SEPTEMBER)
    told = text_of(sign_in().get(FORM))
    assert "Không phát sinh hồ sơ nào trong kỳ" in told
    assert "Chưa tính số liệu của tháng này" in text_of(sign_in().get("/so-lieu/bieu-ii-06a/?thang=2019-01"))
    assert sign_in().get("/so-lieu/bieu-ii-06a/?thang=x").status_code == 400


def test_who_may_look(city, one_transaction, sign_in):  # noqa: F811
    fill(city)
    freeze_month(SEPTEMBER)
    client = sign_in(Role.UNIT_HEAD, city.first)
    page = client.get(FORM).content.decode()
    assert {"UBND phường 1"} == set(re.findall(r"<option value=\"don-vi-\d+\"[^>]*>([^<]+)<", page))
    assert "Phòng A" not in page
    assert client.get(f"{FORM}&pham-vi=don-vi-{city.second.pk}").status_code == 404
    assert client.get(f"{FORM}&pham-vi=chung").status_code == 404
    root = "/so-lieu/bieu-ii-06a/2022-09/thang"
    assert client.get(f"{root}/don-vi-{city.first.pk}/tiep-nhan/").status_code == 200
    for tail in (f"don-vi-{city.second.pk}/tiep-nhan", "chung/tiep-nhan", f"don-vi-{city.first.pk}/khac"):
        assert client.get(f"{root}/{tail}/").status_code == 404, tail
    assert client.get(f"{root.replace('thang', '6-thang')}/don-vi-{city.first.pk}/tiep-nhan/").status_code == 404


@pytest.mark.parametrize("address", [FORM, "list"])
def test_form_costs_few_queries(city, one_transaction, sign_in, address, django_assert_max_num_queries):  # noqa: F811
    fill(city)
    freeze_month(SEPTEMBER)
    client = sign_in()
    address = "/so-lieu/bieu-ii-06a/2022-09/thang/chung/tiep-nhan/" if address == "list" else address
    with django_assert_max_num_queries(8 + 4 + 1):  # own, the frame, the log of look-ups
        assert client.get(address).status_code == 200


def test_pdf_and_xlsx_of_the_form_say_what_the_screen_says(city, one_transaction, sign_in):  # noqa: F811
    fill(city)
    run = freeze_month(SEPTEMBER)
    make_papers(run_id=run.pk)
    assert {paper.kind for paper in run.papers.all()} == {
        "report",
        "progress_month",
        "progress_mid_month",
        "progress_quarter",
        "progress_nine_months",
    }
    book = openpyxl.load_workbook(io.BytesIO(content(run, "progress_month", "xlsx")))
    cells = [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]
    pages = pypdf.PdfReader(io.BytesIO(content(run, "progress_month", "pdf"))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    client = sign_in()
    screen = text_of(client.get(FORM))
    for name, row in BY_HAND.items():
        line = " ".join([name, *map(str, row)])
        assert line in text, name
        assert line in screen, name
        assert any(found[1:13] == [name, *row] for found in cells), name
    assert "Biểu số II.06a/VPCP/KSTT" in text
    assert run.digest in text.replace(" ", "")
    address = "/so-lieu/cac-thang/2022-09/1/bieu-ii-06a-quy.pdf"
    assert b"".join(client.get(address).streaming_content).startswith(b"%PDF")
    assert sign_in(Role.UNIT_HEAD, city.first).get(address).status_code == 404
