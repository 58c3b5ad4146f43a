"""Any range of days: counted by hand, narrowed to units, kinds and places, each number with its list; nonsense in sentences."""

from datetime import date

import pytest
import time_machine
from django.http import QueryDict

from accounts.enums import Role, UnitKind
from accounts.models import LookUp
from dossiers.enums import EventCode
from portal.db import read
from reporting import facts, queries
from reporting.comparing import span_asking
from reporting.comparing.spans import SpanError, span_of
from reporting.exports.lists import opened
from reporting.models import FactDossier
from reporting.snapshot import freeze_month
from tests.reporting.comparing.test_heat import SEPTEMBER
from tests.reporting.events import act, dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import rows_of, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
PAGE = "/so-lieu/khoang-ngay/"
STRETCH = "tu=07/09/2022&den=15/09/2022"


@pytest.fixture
def told(city, one_transaction):
    golden(city)
    facts.drain()
    return city


def lead(page):
    found = page.context["lead"]
    return found["hits"], found["cases"]


def rows(page):
    return {row["name"]: (row["hits"], row["cases"]) for row in page.context["rows"]}


def test_a_stretch_is_counted_by_hand(told, sign_in):
    """7 to 15 September: ward 1 marriage (post), copy (desk); ward 2 a marriage online; the office 2 of 3 online."""
    page = sign_in().get(f"{PAGE}?{STRETCH}")
    assert lead(page) == ("3", "6")
    assert rows(page) == {"Phòng A": ("2", "3"), "UBND phường 1": ("0", "2"), "UBND phường 2": ("1", "1")}
    said = text_of(page).replace("\u00a0", " ")
    assert "Từ 07/09/2022 đến hết 15/09/2022 (9 ngày), Chung toàn địa bàn: hồ sơ trực tuyến 50,0 % – 3 trên 6" in said
    assert "hồ sơ tính vào ngày được tiếp nhận" in said
    assert "tháng đã chốt vẫn giữ số đã chốt" in said


def test_its_days_are_whole_days(told, sign_in):
    dossier(told.first, told.birth, "2022-09-15 23:59", online=True)
    dossier(told.first, told.birth, "2022-09-16 00:00", online=True)
    facts.drain()
    assert lead(sign_in().get(f"{PAGE}?{STRETCH}")) == ("4", "7")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "on_time_first",
            ("3", "5"),
        ),  # to 15/9: 10/9 on time, 12/9 late, 8/9 refused on time, in August on time; one open and late
        ("open_dossiers", ("4", "4")),  # the office's three and ward 2's one
        ("services_used", ("3", "3")),
        ("answered_in_8_hours", ("0", "0")),
    ],
)
def test_every_kind_of_pass_can_be_asked(told, sign_in, code, expected):
    page = sign_in().get(f"{PAGE}?tu=01/08/2022&den=15/09/2022&chi-so={code}")
    assert page.status_code == 200
    assert lead(page) == expected


@pytest.mark.parametrize(
    "code", ["online_share_all", "on_time_first", "open_dossiers", "tt01_total_time", "services_used"]
)
@pytest.mark.parametrize("more", ["", "don-vi", "loai"])
def test_every_number_opens_a_list_of_exactly_that_many(told, sign_in, monkeypatch, code, more):
    monkeypatch.setattr(queries, "PAGE", 2)
    client = sign_in()
    narrowed = {"don-vi": f"&don-vi={told.first.pk}", "loai": f"&loai={UnitKind.WARD.value}"}.get(more, "")
    page = client.get(f"{PAGE}?tu=01/08/2022&den=30/09/2022&chi-so={code}{narrowed}")
    for row in [page.context["lead"], *page.context["rows"]]:
        if row["has_cases"]:
            for part in ("hits", "cases"):
                shown = int(row[part].replace(".", ""))
                assert rows_of(client, row[f"{part}_url"]) == (shown, shown), row


def test_filters_narrow_to_unit_kind_and_place(told, sign_in, monkeypatch):
    monkeypatch.setattr(
        span_asking, "ward_choices", lambda _day: [("26506", "Phường 1"), ("26508", "Phường Thắng Tam")]
    )
    FactDossier.objects.filter(unit_id=told.office.pk).update(ward_code="26506")
    client = sign_in()
    assert lead(client.get(f"{PAGE}?{STRETCH}&don-vi={told.first.pk}")) == ("0", "2")
    assert lead(client.get(f"{PAGE}?{STRETCH}&loai=ward")) == ("1", "3")
    page = client.get(f"{PAGE}?{STRETCH}&dia-ban=26506")
    assert lead(page) == ("2", "3")
    assert "chủ hồ sơ ở Phường 1" in text_of(page)
    assert rows_of(client, page.context["lead"]["cases_url"]) == (3, 3)
    nowhere = client.get(f"{PAGE}?{STRETCH}&dia-ban=26508")
    assert "không phát sinh" in text_of(nowhere)


def test_today_is_counted_as_far_as_it_has_come(told, sign_in):
    client = sign_in()
    with time_machine.travel("2022-09-09T03:30:00+00:00", tick=False):
        page = client.get(f"{PAGE}?tu=07/09/2022&den=30/09/2022")
    assert lead(page) == ("1", "3")
    assert "Từ 07/09/2022 đến 10:30 ngày 09/09/2022 (chưa hết ngày cuối 30/09/2022)" in text_of(page)


def test_todays_facts_are_counted_and_the_closed_month_stays(told, sign_in):
    run = freeze_month(SEPTEMBER)
    dossier(told.first, told.birth, "2022-09-10 09:00", online=True)
    facts.drain()
    client = sign_in()
    assert lead(client.get(f"{PAGE}?{STRETCH}")) == ("4", "7")
    board = "/so-lieu/danh-sach/2022-09/online_share_all/month/chung/mau-so/"
    assert rows_of(client, board) == (9, 9)
    assert run.frozen_at is not None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tu=15/09/2022&den=01/09/2022", "Từ ngày 15/09/2022 sau đến ngày 01/09/2022. Hãy đổi lại"),
        ("tu=31/02/2022&den=01/09/2022", "Từ ngày: ngày “31/02/2022” không có; hãy ghi như 31/12/2026."),
        ("tu=01/09/2022&den=hôm qua", "Đến ngày: ngày “hôm qua” không có"),
        ("tu=01/01/2019&den=01/01/2022", "dài hơn ba năm"),
        ("tu=01/01/0001&den=01/01/0002", "năm 1 nằm ngoài số liệu của cổng"),
        ("tu=01/01/2022&den=31/12/9999", "năm 9999 nằm ngoài số liệu"),
        ("tu=01/09/2022&den=15/09/2022&loai=x", "Không có loại đơn vị “x”"),
        ("tu=01/09/2022&den=15/09/2022&dia-ban=x", "không có địa bàn “x”"),
        ("tu=01/09/2022&den=15/09/2022&chi-so=volume_share", "chỉ có theo tháng"),
        ("tu=\x00&den=15/09/2022", "Từ ngày: ngày"),
    ],
)
def test_nonsense_gets_a_sentence_and_keeps_what_was_typed(told, sign_in, query, said):
    page = sign_in().get(f"{PAGE}?{query}")
    assert page.status_code == 400
    assert said in text_of(page)
    if "loai" not in query and "\x00" not in query:
        typed = QueryDict(query)
        assert f'value="{typed["tu"]}"' in page.content.decode()


def test_services_have_no_place_where_owners_live(told, sign_in, monkeypatch):
    monkeypatch.setattr(span_asking, "ward_choices", lambda _day: [("26506", "Phường 1")])
    page = sign_in().get(f"{PAGE}?{STRETCH}&dia-ban=26506&chi-so=services_used")
    assert page.status_code == 400
    assert "không lọc theo nơi ở của chủ hồ sơ được" in text_of(page)


def test_three_years_to_the_day_are_enough():
    assert span_of("01/01/2019", "31/12/2021").days == 1096
    assert span_of("29/02/2020", "28/02/2023").last == date(2023, 2, 28)
    with pytest.raises(SpanError):
        span_of("29/02/2020", "01/03/2023")


def test_a_head_counts_the_own_units_only(told, sign_in):
    client = sign_in(Role.UNIT_HEAD, told.first)
    page = client.get(f"{PAGE}?{STRETCH}")
    assert lead(page) == ("0", "2")
    assert "Các đơn vị của bạn" in text_of(page)
    assert set(rows(page)) == {"UBND phường 1"}
    assert rows_of(client, page.context["lead"]["cases_url"]) == (2, 2)
    assert lead(client.get(f"{PAGE}?{STRETCH}&loai=department")) == ("0", "0")
    for tail in (f"?{STRETCH}&don-vi={told.second.pk}", f"?{STRETCH}&don-vi=x"):
        assert client.get(f"{PAGE}{tail}").status_code == 404
        assert client.get(f"{PAGE}danh-sach/mau-so/{tail}").status_code == 404


def test_a_list_with_an_unknown_word_is_not_found(told, sign_in):
    client = sign_in()
    for tail in (f"x/?{STRETCH}", "mau-so/?tu=31/02/2022", f"mau-so/?{STRETCH}&thu-tuc=999999"):
        assert client.get(f"{PAGE}danh-sach/{tail}").status_code == 404, tail


def test_the_whole_list_goes_out_as_a_file(told, sign_in):
    client = sign_in()
    url = client.get(f"{PAGE}?{STRETCH}").context["lead"]["cases_url"]
    found = opened(url, client.get(url).wsgi_request.user)
    assert len(read(found.sql, found.parameters)) == 6
    assert LookUp.objects.get().sought.startswith("khoang-ngay/danh-sach/mau-so/?tu=07")
    assert "Từ 07/09/2022 đến hết 15/09/2022" in found.title


def test_page_costs_four_queries_beside_the_frame(told, sign_in, django_assert_max_num_queries):
    client = sign_in()
    client.get(PAGE)  # the names of wards are kept a minute
    with django_assert_max_num_queries(8):
        assert client.get(f"{PAGE}?{STRETCH}").status_code == 200


def test_an_act_that_waits_is_told(told, sign_in):
    act(EventCode.RETURNED, "2022-09-20 09:00", dossier_id=1, seq=9, unit=told.first, proc=told.birth)
    assert "đang chờ được tính" in text_of(sign_in().get(PAGE))
