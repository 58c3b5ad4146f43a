"""The report of a closed month: made once, kept byte for byte, each number of it on the board of the same version."""

import io
import re

import openpyxl
import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from portal.clock import Month
from reporting.enums import Light
from reporting.models import ClosedVerdict, MonthPaper
from reporting.monthly import papers
from reporting.monthly.papers import make_papers
from reporting.monthly.report import report_of
from reporting.snapshot import freeze_month
from tests.reporting.conftest import build_city, count_within
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import BOARD, sign_in, target, text_of  # noqa: F401
from tests.shared import rows_of_a_module
from vault.integrity import checked

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
DECISION = "12/QĐ-UBND ngày 10/10/2022"
SHARE = re.compile(r"\d+,\d %")
FRACTION = re.compile(r"(?<![\d/.])\d[\d.]*/\d[\d.]*(?![\d/])")


@pytest.fixture(scope="module")
def month(django_db_setup, django_db_blocker):
    """The month closed once for all tests here; what they do to it is theirs alone."""
    with rows_of_a_module(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        count_within(patch)
        city = build_city()
        golden(city)
        target(city.wards, "0.70")
        target(city.wards, "0.90", "2022-10-31")
        target(None, "0.60", indicator="services_used")
        target(city.wards, "0.10", indicator="open_overdue")
        city.run = freeze_month(SEPTEMBER)
        with django_db_blocker.block():
            yield city


@pytest.fixture
def closed(month, db, one_transaction):
    return month


def content(run, kind, form):
    with checked(MonthPaper.objects.get(run=run, kind=kind, form=form).file) as stream:
        return stream.read()


def rows_of_report(report):
    """Every row of the report that a board shows too: indicator, row."""
    for one in report.indicators:
        for row in [*one.tops, *(place.row for group in one.groups for place in group.units)]:
            yield one.declared, row


def test_verdicts_kept_at_closing_are_those_of_the_report(closed):
    kept = {
        (one.indicator, one.scope_kind, one.scope_id): one.verdict
        for one in ClosedVerdict.objects.filter(run=closed.run)
    }
    told = {
        (declared.code, *row.scope): row.light
        for declared, row in rows_of_report(report_of(closed.run))
        if row.target is not None
    }
    assert told
    assert {key: kept[key] for key in told} == told
    assert {Light.MISSED, Light.REACHED} == set(told.values())
    assert kept["open_overdue", "group", closed.wards.pk] == Light.MISSED  # a limit: too many are late


def test_report_answers_first_and_says_who_missed(closed):
    report = report_of(closed.run)
    assert report.answer.startswith("Đến hết ngày 30/09/2022 có ")
    missed = {row.name for one in report.indicators for row in one.missed}
    assert "Khối phường" in missed
    assert [one.declared.code for one in report.indicators] == ["online_share_all", "services_used", "open_overdue"]
    assert {one.code for one, _waits in report.without_source} >= {"satisfied", "paid_online_share"}


def test_few_dossiers_have_no_place_in_the_ranking(closed, settings):
    online = report_of(closed.run).indicators[0]
    assert [place.place for group in online.groups for place in group.units] == [None, None, None]
    settings.FEW_DOSSIERS = 1
    wards = report_of(closed.run).indicators[0].groups[1]
    assert [place.place for place in wards.units] == [1, 2]
    ratios = [place.row.judged.ratio for place in wards.units]
    assert ratios == sorted(ratios, reverse=True)


# ── the files ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def made(closed):
    assert make_papers(run_id=closed.run.pk)
    return closed


def on_the_boards(client, report):
    """Cells of the rows of all boards of the version: indicator and name → the row's text."""
    found = {}
    for one in report.indicators:
        page = client.get(f"{BOARD}&ban={report.run.version}&chi-so={one.declared.code}").content.decode()
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
            words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
            name = re.search(r"<th scope=\"row\">(.*?)</th>", row, re.DOTALL)
            if name and "<td" in row:
                key = one.declared.code, re.sub(r"<[^>]+>|\s+", " ", name[1]).strip()
                found.setdefault(key, words)
    return found


def test_every_number_of_pdf_and_xlsx_stands_on_the_board_of_its_version(made, sign_in):  # noqa: F811
    report = report_of(made.run)
    boards = on_the_boards(sign_in(), report)
    book = openpyxl.load_workbook(io.BytesIO(content(made.run, "report", "xlsx")))
    pdf = "\n".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content(made.run, "report", "pdf"))).pages
    )
    flat = "".join(pdf.split())
    seen = 0
    for declared, row in rows_of_report(report):
        board = boards[declared.code, row.name]
        for figure in (row.month, row.cumulative):
            if figure.figure.denominator:
                assert figure.text.replace("\u00a0", " ") in board.replace("\u00a0", " ")
                fraction = f"{figure.figure.numerator}/{figure.figure.denominator}"
                assert fraction in board.replace(" ", "")
                assert "".join(figure.text.split()) in flat
                assert fraction in flat
                seen += 1
        assert str(row.light.label) in board
    assert seen > 20
    _nothing_else_is_said(pdf, made.run, sign_in())
    _sheets_say_what_rows_say(book, report)
    assert made.run.digest in flat
    assert made.run.signature in flat
    assert "2139/QĐ-UBND" in pdf


def _nothing_else_is_said(pdf, run, client):
    """Every share and every fraction of the paper stands on a board of its version."""
    shown = ""
    for one in report_of(run).indicators:
        shown += text_of(client.get(f"{BOARD}&ban={run.version}&chi-so={one.declared.code}"))
    shown = re.sub(r"\s*/\s*", "/", shown.replace("\u00a0", " "))
    paper = pdf.replace("\u00a0", " ")
    assert (shares := set(SHARE.findall(paper)))
    assert shares <= set(SHARE.findall(shown))
    assert (fractions := set(FRACTION.findall(paper)))
    assert fractions <= set(FRACTION.findall(shown))


def _sheets_say_what_rows_say(book, report):
    told = [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]
    for declared, row in rows_of_report(report):
        found = [cells for cells in told if row.name in cells[:2]]
        for one in (row.month, row.cumulative):
            if one.figure.denominator and one.has_fraction:
                pair = [one.figure.numerator, one.figure.denominator]
                assert any(_holds(cells, pair) for cells in found), (declared.code, row.name)


def _holds(cells, pair):
    return any(cells[place : place + 2] == pair for place in range(len(cells)))


def test_papers_are_kept_byte_for_byte_and_every_version_has_its_own(made, sign_in):  # noqa: F811
    client = sign_in()
    first = {paper.form: content(made.run, paper.kind, paper.form) for paper in made.run.papers.filter(kind="report")}
    dossier(made.first, made.birth, "2022-09-20 09:00", online=True)
    again = freeze_month(SEPTEMBER, decision=DECISION)
    assert make_papers(run_id=again.pk)
    assert not make_papers(run_id=made.run.pk)
    for form, bytes_then in first.items():
        answer = client.get(f"/so-lieu/cac-thang/2022-09/1/bao-cao-thang.{form}")
        assert b"".join(answer.streaming_content) == bytes_then
        assert content(again, "report", form) != bytes_then
    text = "".join(
        "".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content(again, "report", "pdf"))).pages
        ).split()
    )
    assert "".join(DECISION.split()) in text
    assert again.digest in text
    told = text_of(client.get("/so-lieu/cac-thang/"))
    assert "chờ lập báo cáo" not in told
    assert MonthPaper.objects.get(run=again, kind="report", form="pdf").sha256[:12] in told


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_database_refuses_to_change_a_paper(closed, change, monkeypatch):
    monkeypatch.setattr(papers, "html_to_pdf", lambda _html: b"%PDF-")
    make_papers(run_id=closed.run.pk)
    found = MonthPaper.objects.filter(run=closed.run)
    with pytest.raises(DatabaseError), transaction.atomic():
        if change == "update":
            found.update(sha256="0")
        elif change == "delete":
            found.delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE reporting_monthpaper CASCADE")


@pytest.mark.parametrize(
    "tail",
    ["2022-09/3/bao-cao-thang.pdf", "2022-09/1/khac.pdf", "2022-09/1/bao-cao-thang.doc", "x/1/bao-cao-thang.pdf"],
)
def test_a_paper_that_is_none_is_not_found(closed, sign_in, tail):  # noqa: F811
    assert sign_in().get(f"/so-lieu/cac-thang/{tail}").status_code == 404
