"""Figures of others: read from a file as people save it, refused row by row, kept as versions nobody changes."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from accounts.enums import Role
from reporting.index.measures import OlderSourceError, read_measures, write
from reporting.index.quarters import Quarter
from reporting.index.tables import TableError
from reporting.models import ExternalMeasure
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
HEAD = "Chỉ tiêu;Đơn vị;Kỳ;Tử số;Mẫu số;Điểm;Nguồn;Ngày\n"
ROW = "5.2;phuong-1;Q3/2022;300;499;3,61;Cổng DVCQG;05/10/2022\n"


@pytest.fixture
def official(db):
    return MembershipFactory(role=Role.HOME_AFFAIRS).user


def file_of(tmp_path, text, name="766.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def run(path, **options):
    out, err = StringIO(), StringIO()
    try:
        call_command("import_measures", path, stdout=out, stderr=err, **options)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    "text", ["2026-Q3", "Q3/2026", "quý III/2026", "Quý 3 năm 2026", "III/2026", "3/2026", "iii-2026"]
)
def test_quarters_as_people_write_them(text):
    assert Quarter.parse(text) == Quarter(2026, 3)


@pytest.mark.parametrize("text", ["", "Q5/2026", "2026", "9/2026", "Q3/26", "Q3/1999", "V/2026", "x" * 99, "2026-09"])
def test_what_is_no_quarter(text):
    with pytest.raises(ValueError):
        Quarter.parse(text)


def test_a_quarter_knows_its_days_and_neighbours():
    first = Quarter(2026, 1)
    assert (first.first_day, first.last_day) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (str(first.previous), str(first.next), first.label) == ("2025-Q4", "2026-Q2", "I/2026")
    assert Quarter.of(date(2026, 12, 31)) == Quarter(2026, 4)


def test_dry_run_tells_and_writes_nothing(city, tmp_path):
    out, err = run(file_of(tmp_path, HEAD + ROW))
    assert "III/2022 UBND phường 1 5.2: chưa có → 300/499, 3.61" in out
    assert "1 số liệu mới hoặc thay đổi, 0 giữ nguyên." in out
    assert "Chạy thử" in out
    assert err == ""
    assert not ExternalMeasure.objects.exists()


def test_what_is_kept_knows_its_source_and_file(city, official, tmp_path):
    path = file_of(tmp_path, HEAD + ROW + "1.1;chung;2022-Q3;1.200;1.500;4,8;Cổng DVCQG;2022-10-05\n")
    out, _err = run(path, by=official.email)
    assert "Đã ghi 2 số liệu." in out
    kept = ExternalMeasure.objects.get(item="5.2")
    assert (kept.unit, kept.numerator, kept.denominator, kept.published_points) == (
        city.first,
        300,
        499,
        Decimal("3.61"),
    )
    assert (kept.first_day, kept.last_day, kept.source_date) == (date(2022, 7, 1), date(2022, 9, 30), date(2022, 10, 5))
    assert (kept.file_name, len(kept.file_digest), kept.version, kept.entered_by) == ("766.csv", 64, 1, official)
    whole = ExternalMeasure.objects.get(item="1.1")
    assert (whole.unit, whole.numerator, whole.denominator) == (None, 1200, 1500)


def test_the_same_file_again_changes_nothing_and_another_figure_is_a_version(city, official, tmp_path):
    path = file_of(tmp_path, HEAD + ROW)
    for _time in range(2):
        run(path, by=official.email)
    assert ExternalMeasure.objects.count() == 1
    later = file_of(tmp_path, HEAD + "5.2;phuong-1;Q3/2022;301;499;;Cổng DVCQG;06/10/2022\n", "sau.csv")
    assert "300/499 → 301/499" in run(later, by=official.email)[0]
    assert list(ExternalMeasure.objects.values_list("version", "numerator")) == [(1, 300), (2, 301)]
    rows, _problems = read_measures(path)
    with pytest.raises(OlderSourceError, match="đã có số liệu ngày 06/10/2022, mới hơn ngày 05/10/2022"):
        write(path, rows, by=official)


def test_published_points_that_the_rule_does_not_give_are_told(city, tmp_path):
    out, _err = run(file_of(tmp_path, HEAD + ROW.replace("3,61", "3,70")))
    assert "300/499, 3.61 (điểm công bố 3.70)" in out


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (";phuong-1;Q3/2022;1;2;;Cổng;05/10/2022", "chỉ tiêu “” không có"),
        ("3.4;phuong-1;Q3/2022;1;2;;Cổng;05/10/2022", "chỉ tiêu “3.4” không có"),  # comes in 2026
        ("5.2;phuong-9;Q3/2022;1;2;;Cổng;05/10/2022", "không có đơn vị mã hoặc tên “phuong-9”"),
        ("5.2;phuong-1;9/2022;1;2;;Cổng;05/10/2022", "kỳ “9/2022” không phải là quý"),
        ("5.2;phuong-1;Q1/2022;1;2;;Cổng;05/10/2022", "quý I/2022 chưa có bộ chỉ số"),
        ("5.2;phuong-1;Q3/2022;3;2;;Cổng;05/10/2022", "tử số lớn hơn mẫu số"),
        ("5.2;phuong-1;Q3/2022;-3;2;;Cổng;05/10/2022", "tử số “-3” không phải"),
        ("5.2;phuong-1;Q3/2022;1,5;2;;Cổng;05/10/2022", "tử số “1,5” không phải"),
        ("5.2;phuong-1;Q3/2022;1;9999999999999999999;;Cổng;05/10/2022", "mẫu số “9999999999999999999” lớn quá"),
        ("5.2;phuong-1;Q3/2022;;2;;Cổng;05/10/2022", "tử số “” không phải"),
        ("5.2;phuong-1;Q3/2022;1;2;NaN;Cổng;05/10/2022", "điểm “NaN” không phải là số"),
        ("5.2;phuong-1;Q3/2022;1;2;;;05/10/2022", "thiếu nguồn"),
        ("5.2;phuong-1;Q3/2022;1;2;;=1+1;05/10/2022", "“=1+1” là công thức"),
        ("5.2;phuong-1;Q3/2022;1;2;;Cổng;31/02/2022", "ngày “31/02/2022” không có"),
    ],
)
def test_one_wrong_row_lets_nothing_in(city, official, tmp_path, row, sentence):
    _out, err = run(file_of(tmp_path, f"{HEAD}{ROW}{row}\n"), by=official.email)
    assert f"Dòng 3: {sentence}" in err
    assert "Có 1 dòng sai nên chưa ghi gì." in err
    assert not ExternalMeasure.objects.exists()


def test_a_unit_must_have_existed_and_a_figure_stands_once_in_a_file(city, official, tmp_path):
    city.second.valid_to = date(2022, 6, 30)
    city.second.save()
    _out, err = run(file_of(tmp_path, HEAD + ROW + ROW + ROW.replace("phuong-1", "phuong-2")), by=official.email)
    assert "Dòng 3: chỉ tiêu, đơn vị và kỳ này đã có ở dòng khác" in err
    assert "Dòng 4: UBND phường 2 không hoạt động trong quý III/2022." in err


def test_more_synchronised_than_counted_is_no_mistake(city, tmp_path):
    out, err = run(file_of(tmp_path, HEAD + "DOSSIER_SYNC;chung;Q3/2022;120;100;6;Cổng;05/10/2022\n"))
    assert "1.4: chưa có → 120/100, 6.00" in out
    assert err == ""


def test_only_home_affairs_enters(city, tmp_path):
    clerk = MembershipFactory(role=Role.RECEPTIONIST, unit=city.first).user
    path = file_of(tmp_path, HEAD + ROW)
    assert "Chỉ cán bộ Nội vụ" in run(path, by=clerk.email)[1]
    assert "Không có tài khoản" in run(path, by="khong@co.vn")[1]
    assert not ExternalMeasure.objects.exists()


def test_the_database_keeps_every_version(city, official, tmp_path):
    run(file_of(tmp_path, HEAD + ROW), by=official.email)
    for change in (lambda rows: rows.update(numerator=1), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change(ExternalMeasure.objects.all())


def test_what_is_no_table_is_a_sentence(tmp_path):
    path = tmp_path / "anh.csv"
    path.write_bytes(b"\xff\xfe\x00PNG")
    with pytest.raises(TableError, match="UTF-8"):
        read_measures(path)
    assert read_measures(file_of(tmp_path, "")) == ([], [])
