"""A report that cannot be made: no close is stopped by it, it is told as waiting, and made later."""

import pytest

from portal.clock import Month
from portal.models import SweepTry
from reporting import tasks
from reporting.models import MonthPaper, Run
from reporting.monthly import papers
from reporting.monthly.papers import PAPERS_OF_MONTHS
from reporting.snapshot import freeze_month
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import sign_in, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)


def test_a_report_that_fails_stops_no_close_is_told_and_made_later(city, one_transaction, sign_in, monkeypatch):  # noqa: F811
    golden(city)

    def broken(_html):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(papers, "html_to_pdf", broken)
        run = freeze_month(SEPTEMBER)
        assert tasks.make_month_papers() == 0
        assert Run.objects.get(pk=run.pk).frozen_at is not None
        told = text_of(sign_in().get("/so-lieu/cac-thang/"))
        assert "chờ lập báo cáo" in told
        assert "Kho tệp hoặc máy khác không trả lời" in told
        SweepTry.objects.update(attempts=99, aside_at=run.frozen_at)
        [stuck] = PAPERS_OF_MONTHS.stuck(10)
        assert (stuck.name, stuck.is_aside) == ("2022-09-01", True)
        PAPERS_OF_MONTHS.put_back(None)
    monkeypatch.setattr(papers, "html_to_pdf", lambda _html: b"%PDF-")
    assert (tasks.make_month_papers(), tasks.make_month_papers()) == (1, 0)
    assert PAPERS_OF_MONTHS.stuck(10) == []
    assert MonthPaper.objects.filter(run=run).count() == papers._count(SEPTEMBER.month)
    assert "chờ lập báo cáo" not in text_of(sign_in().get("/so-lieu/cac-thang/"))
