"""The index of QĐ 766: its items, the one rule, and the points that were published, to the hundredth."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from reporting.enums import ZeroRule
from reporting.index.items import version_on, versions
from reporting.index.published import kept, read
from reporting.index.rule import points, progress, total
from reporting.indicators import INDICATORS

pytestmark = pytest.mark.unit
NEWEST = versions()[-1]
PUBLISHED = kept(NEWEST)


def item(code, version=NEWEST):
    return version.find(code)


# ── items ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("version", versions(), ids=lambda one: one.code)
def test_five_groups_of_a_hundred_points(version):
    assert [int(group.maximum) for group in version.groups] == [18, 20, 22, 22, 18]
    assert version.maximum == 100
    for group in version.groups:
        assert sum(one.maximum for one in group.items) == group.maximum, group.label
    codes = [one.code for one in version.items]
    assert len(codes) == len(set(codes))


def test_versions_are_dated():
    assert version_on(date(2022, 6, 22)) is None
    assert version_on(date(2022, 6, 23)).code == "766-2022"
    assert version_on(date(2026, 9, 30)).code == "766-2022"
    assert version_on(date(2026, 10, 1)).code == "766-2026"
    assert item("3.4", version_on(date(2026, 9, 30))) is None
    assert item("3.3") is None


@pytest.mark.parametrize("version", versions(), ids=lambda one: one.code)
def test_items_name_indicators_that_know_their_place(version):
    """An indicator that carries a code of the index stands behind an item, and an item's indicator counts its basis."""
    named = {one.indicator for one in version.items if one.indicator}
    for one in version.items:
        if one.indicator:
            assert one.basis in INDICATORS[one.indicator].bases
    coded = {one.code for one in INDICATORS if any(code.startswith("766-") for code in one.codes)}
    assert coded - named <= {"online_share_full"}  # came with the version of 2026


# ── the rule ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row.code} {row.parts[0].item.code}")
def test_published_points_to_the_hundredth(row):
    assert row.points == row.told


def test_the_copy_is_whole():
    assert len(PUBLISHED) == 28 + 20


# Points of other items published for the same province: numerator, denominator, points.
@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "told"),
    [
        ("3.5a", 115, 311, "0.92"),
        ("3.5b", 66, 311, "0.53"),
        ("3.6", 233203, 268066, "5.22"),
        ("3.6", 110, 110, "6"),
        ("3.5b", 12, 13, "2"),
        ("3.5a", 0, 13, "0"),
        ("5.2", 300, 499, "3.61"),
        ("5.2", 0, 0, "6"),
        ("5.3", 238, 499, "2.86"),
        ("5.3", 0, 3, "0"),
        ("5.4", 402886, 464494, "5.78"),
        ("5.4", 9742, 10000, "6"),
        ("3.6", 0, 0, "0"),
        ("2.1", 0, 0, "0"),
    ],
)
def test_points_of_payment_and_satisfaction(code, numerator, denominator, told):
    assert points(item(code), numerator, denominator) == Decimal(told)


def test_parts_are_rounded_before_they_are_added():
    assert total(points(item(code), *pair) for code, pair in PAYMENT.items()) == Decimal("6.67")


PAYMENT = {"3.5a": (115, 311), "3.5b": (66, 311), "3.6": (233203, 268066)}


@pytest.mark.parametrize(
    ("numerator", "denominator", "told"), [(1, 800, "0.03"), (1, 801, "0.02"), (3, 800, "0.08"), (799, 800, "19.98")]
)
def test_halves_go_up_and_the_rate_is_not_rounded(numerator, denominator, told):
    assert points(item("2.1"), numerator, denominator) == Decimal(told)


def test_progress_is_of_what_came_due_or_of_what_was_received():
    assert progress(486, 102, 600) == (486, 588)
    assert progress(144625, None, 184513) == (144625, 184513)


def test_a_count_below_nought_is_a_mistake():
    with pytest.raises(ValueError, match="below nought"):
        points(item("2.1"), -1, 5)


@given(
    code=st.sampled_from([one.code for one in NEWEST.items]),
    numerator=st.integers(0, 10**9),
    more=st.integers(0, 10**9),
    denominator=st.integers(0, 10**9),
)
def test_points_lie_between_nought_and_the_maximum_and_grow(code, numerator, more, denominator):
    one = item(code)
    found = points(one, numerator, denominator)
    assert 0 <= found <= one.maximum
    assert found == found.quantize(Decimal("0.01"))
    assert points(one, numerator + more, denominator) >= found
    assert denominator or found == (one.maximum if one.zero == ZeroRule.FULL else 0)


# ── files of others ──────────────────────────────────────────────────────────────────────────────


def checked(tmp_path, text, **options):
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    out, err = StringIO(), StringIO()
    try:
        call_command("check_index", path, stdout=out, stderr=err, **options)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def test_command_checks_the_own_copy():
    out = StringIO()
    call_command("check_index", stdout=out)
    assert out.getvalue() == "48 dòng, 0 dòng khác điểm công bố.\n"


def test_command_checks_metrics_progress_and_payment_side_by_side(tmp_path):
    metrics = (
        "code;name;metric;numerator;denominator;ratio;score;max_score\n"
        "H44;UBND tỉnh;PETITION_PROCESSING_ON_TIME;300;499;60,12;3,61;6\n"
        "H44;UBND tỉnh;DOSSIER_RECEIVING_SATISFACTION;402.886;464.494;86,74;5,78;6\n"
    )
    assert checked(tmp_path, metrics)[0] == "2 dòng, 0 dòng khác điểm công bố.\n"
    payment = (
        "code,name,total_fee_formality,total_fee_dossier_formality,total_dossier_online_formality_payment_success,"
        "total_dossier_financial_obligation,total_dossier_online_payment_success,score\n"
        "H44,UBND tỉnh,311,115,66,268066,233203,6.67\n"
        "H44.07,Sở Công Thương,13,0,12,110,110,8\n"
    )
    assert checked(tmp_path, payment)[0] == "2 dòng, 0 dòng khác điểm công bố.\n"
    progress_rows = "code,name,total_received,total_on_time,total_overdue,score\nH44,UBND tỉnh,184513,144625,,15.68\n"
    assert checked(tmp_path, progress_rows)[0] == "1 dòng, 0 dòng khác điểm công bố.\n"


def test_command_says_what_differs_and_what_it_cannot_read(tmp_path):
    out, err = checked(
        tmp_path,
        "code,name,metric,numerator,denominator,score\n"
        "H44,UBND tỉnh,PETITION_PROCESSING_ON_TIME,300,499,3.62\n"
        "H44,UBND tỉnh,KHONG_CO,1,2,1\n"
        "H44,UBND tỉnh,REUSED_DIGITIZED_DATA,-1,2,1\n"
        "H44,UBND tỉnh,REUSED_DIGITIZED_DATA,1,NaN,1\n"
        "H44,UBND tỉnh,REUSED_DIGITIZED_DATA,1,2,nhiều\n"
        "H44,UBND tỉnh,,,,\n",
    )
    assert out == "1 dòng, 1 dòng khác điểm công bố.\n"
    assert "H44 UBND tỉnh: công bố 3.62, tính ra 3.61." in err
    for place, sentence in (
        (3, "chỉ tiêu “KHONG_CO” không có"),
        (4, "tử số “-1” không phải là số nguyên không âm"),
        (5, "mẫu số “NaN” không phải là số nguyên không âm"),
        (6, "điểm “nhiều” không phải là số"),
        (7, "không có chỉ tiêu nào"),
    ):
        assert f"rows.csv: Dòng {place}: {sentence}" in err


def test_command_refuses_what_is_no_file_and_a_day_before_the_index(tmp_path):
    with pytest.raises(CommandError, match="Không đọc được tệp"):
        call_command("check_index", tmp_path / "no.csv")
    with pytest.raises(CommandError, match="chưa có bộ chỉ số"):
        call_command("check_index", on="01/01/2022")
    with pytest.raises(CommandError, match="không có; hãy ghi như"):
        call_command("check_index", on="31/02/2022")


def test_reading_a_file_never_fails_on_its_content():
    for text in ("", "\n", "code", "a,b\n1", 'code,metric\n"x', "\x00", "code;metric\n;;;;;;"):
        rows, _problems = read(text, NEWEST)
        assert rows == []
