"""Boards, the list behind every number, who may look, and the public summary."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.enums import Role, UnitKind
from accounts.models import LookUp
from dossiers.enums import EventCode
from dossiers.models.dirty import DirtyDossier
from portal import clock
from portal.clock import Month
from reporting import queries
from reporting.enums import Basis, ScopeKind
from reporting.indicators import INDICATORS, counted_ones
from reporting.models import Target
from reporting.snapshot import compute_month, freeze_month
from tests.factories import MembershipFactory, UnitFactory
from tests.reporting.events import act, dossier, moment
from tests.reporting.test_snapshot import golden

pytestmark = [pytest.mark.web, pytest.mark.django_db]
SEPTEMBER = Month(2022, 9)
BOARD = "/so-lieu/?thang=2022-09"
LIST = re.compile(r'<a href="(/so-lieu/danh-sach/[^"]+)">([\d.]+)(?:/([\d.]+))?</a>')
ROWS = re.compile(r'<th scope="row" class="code">')
AMOUNTS = re.compile(r'<td class="num amount">([\d.-]+)</td>')
SERVICES = re.compile(r'<td class="num"><a href="([^"]+thu-tuc=[^"]+)">([\d.]+)</a></td>')
COUNT = re.compile(r'<strong class="figure">([\d.-]+)</strong>')


@pytest.fixture
def counted(city, one_transaction):
    golden(city)
    city.run = compute_month(SEPTEMBER)
    return city


@pytest.fixture
def sign_in(client):
    def enter(role=Role.HOME_AFFAIRS, unit=None):
        membership = MembershipFactory(role=role, **({"unit": unit} if unit else {}))
        client.force_login(membership.user)
        session = client.session
        session["demo_person"] = True  # people of the demo need no second factor
        session.save()
        return client

    return enter


def target(scope, value, day="2022-09-30", indicator="online_share_all", basis=Basis.CUMULATIVE):
    return Target.objects.create(
        indicator=indicator,
        basis=basis,
        scope_kind=ScopeKind.GROUP if scope else ScopeKind.TOTAL,
        scope_id=scope.pk if scope else None,
        month_end=day,
        value=Decimal(value),
        decision_number="2139/QĐ-UBND",
        decided_on="2022-08-03",
        issuer="UBND tỉnh",
        plan="Thử",
    )


def text_of(response):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def rows_of(client, url):
    """All rows of a list, page after page (or what they add up to), and the number it states; services open theirs."""
    total, stated = 0, None
    while url:
        page = client.get(url).content.decode()
        stated = int(COUNT.search(page)[1].replace(".", ""))
        amounts = AMOUNTS.findall(page)
        total += sum(int(text.replace(".", "")) for text in amounts) if amounts else len(ROWS.findall(page))
        for below, shown in SERVICES.findall(page):
            number = int(shown.replace(".", ""))
            assert rows_of(client, html.unescape(below)) == (number, number), below
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = html.unescape(following[1]) if following else None
    return total, stated


def boards_of(city):
    return [
        *(f"{BOARD}&chi-so={one.code}" for one in counted_ones()),
        *(f"/so-lieu/don-vi/{unit.pk}/?thang=2022-09" for unit in (city.first, city.second, city.office)),
    ]


@pytest.mark.slow
def test_every_number_opens_a_list_of_exactly_that_many(counted, sign_in, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 5)
    client = sign_in()
    numbers = {}
    for address in boards_of(counted):
        page = client.get(address).content.decode()
        for url, shown, _rest in LIST.findall(page):
            number = int(shown.replace(".", ""))
            assert numbers.setdefault(html.unescape(url), number) == number, url
    for url, number in numbers.items():
        assert rows_of(client, url) == (number, number), url
    assert len(numbers) > 300


def test_indicators_without_a_source_stand_on_one_page_and_on_no_board(counted, sign_in):
    client = sign_in()
    page = client.get(reverse("reporting:indicators")).content.decode()
    assert "Chưa có nguồn số liệu" in page
    waiting = page.split("Được tính từ sổ sự kiện")[0]
    assert set(re.findall(r'<tr id="(\w+)">', waiting)) == {one.code for one in INDICATORS if not one.has_source}
    assert set(re.findall(r'<tr id="(\w+)">', page)) == {one.code for one in INDICATORS}
    board = client.get(BOARD).content.decode()
    assert [one.code for one in INDICATORS if not one.has_source and f"chi-so={one.code}" in board] == []
    assert client.get(BOARD, {"chi-so": "satisfied"}).status_code == 200
    root = "/so-lieu/danh-sach/2022-09/satisfied/month/chung/tu-so/"
    assert client.get(root).status_code == 404


def test_board_tells_gap_status_and_what_the_next_target_asks(counted, sign_in):
    target(counted.wards, "0.70")
    target(counted.wards, "0.90", "2022-10-31")
    target(counted.offices, "0.50")
    told = text_of(sign_in().get(BOARD))
    assert "Khối phường: hồ sơ trực tuyến lũy kế từ đầu năm 57,1\u00a0% – chỉ tiêu 70\u00a0%" in told.replace(
        " %", "\u00a0%"
    )
    assert "chưa đạt" in told
    assert "thiếu 12,9 điểm = 1 hồ sơ" in told.replace("\u00a0", " ")
    # 7 dossiers so far, 6 in September: 31 days at this pace bring 7; 0,9 × 14 − 4 = 8,6 → 9 of 7.
    assert "dự kiến tiếp nhận thêm 7 hồ sơ" in told
    assert "phải có thêm 9 hồ sơ trực tuyến – không thể đạt" in told
    assert "số liệu đến hết ngày 30/09/2022, chưa chốt" in told
    assert "2139/QĐ-UBND" in told
    assert "đạt Khối phòng: hồ sơ trực tuyến lũy kế từ đầu năm 66,7 % – chỉ tiêu 50 %" in told.replace("\u00a0", " ")
    assert told.index("chưa đạt") < told.index("Tháng (ví dụ")  # the answer stands before the form


def test_unit_without_its_own_target_is_held_against_its_groups(counted, sign_in):
    target(counted.wards, "0.30")
    told = text_of(sign_in().get(f"/so-lieu/don-vi/{counted.second.pk}/?thang=9/2022"))
    assert "của khối" in told
    assert "UBND phường 2" in told


def test_month_that_nobody_counted_says_so(counted, sign_in):
    response = sign_in().get("/so-lieu/?thang=2019-05")
    assert response.status_code == 200
    assert "Chưa tính số liệu của tháng này" in response.content.decode()


def test_board_without_a_month_shows_the_newest_counted_one(counted, sign_in):
    assert "tháng 9/2022" in text_of(sign_in().get("/so-lieu/"))


@pytest.mark.parametrize("text", ["2022-13", "abc", "0/2022", "9/22", "2022-09-01", "\x00", "9" * 5000])
@pytest.mark.parametrize("address", ["/so-lieu/", "/so-lieu/cong-khai/"])
def test_unreadable_month_is_a_sentence_and_400(counted, sign_in, address, text):
    response = sign_in().get(address, {"thang": text})
    assert response.status_code == 400
    assert "Không đọc được tháng" in response.content.decode()


@pytest.mark.parametrize(
    "tail",
    [
        "2022-99/online_share_all/month/chung/tu-so/",
        "2022-09/x/month/chung/tu-so/",
        "2022-09/online_share_all/x/chung/tu-so/",
        "2022-09/online_share_all/month/khoi-x/tu-so/",
        "2022-09/online_share_all/month/khoi-999999/tu-so/",
        "2022-09/online_share_all/month/chung/x/",
        "2019-01/online_share_all/month/chung/tu-so/",
        "2022-09/online_share_all/month/chung/tu-so/?sau=x",
        "2022-09/online_share_all/month/chung/tu-so/?thu-tuc=999999999",
        "2022-09/online_share_all/month/don-vi-99999999999999999999/tu-so/",
    ],
)
def test_list_with_an_unknown_word_is_not_found(counted, sign_in, tail):
    assert sign_in().get(f"/so-lieu/danh-sach/{tail}").status_code == 404


def test_corrections_after_closing_stand_beside_the_frozen_figure(city, one_transaction, sign_in):
    golden(city)
    freeze_month(SEPTEMBER)
    dossier(city.first, city.birth, "2022-09-20 09:00", online=True)
    compute_month(SEPTEMBER)
    client = sign_in()
    response = client.get(BOARD)
    told = text_of(response)
    assert "đã chốt" in told
    assert "Thay đổi sau khi chốt" in told
    live = [url for url, _first, _second in LIST.findall(response.content.decode()) if "ban=moi" in url]
    unit_month = next(url for url in live if f"online_share_all/month/don-vi-{city.first.pk}/" in url)
    assert rows_of(client, unit_month) == (5, 5)
    assert rows_of(client, unit_month.split("?")[0]) == (4, 4)


def test_list_of_a_closed_month_shows_its_dossiers_as_they_were_then(city, one_transaction, sign_in):
    golden(city)
    again = dossier(city.first, city.birth, "2022-09-20 09:00", due="2022-09-25 09:00", online=True)
    freeze_month(SEPTEMBER)
    act(EventCode.RESULT_ISSUED, "2022-09-29 09:00", dossier_id=again, seq=2, unit=city.first, proc=city.birth)
    compute_month(SEPTEMBER)
    url = f"/so-lieu/danh-sach/2022-09/online_share_all/month/don-vi-{city.first.pk}/tu-so/"
    client = sign_in()
    shown = {row["id"]: row for row in client.get(url).context["dossiers"]}[again]
    assert (f"{shown['received']}", shown["finished"]) == ("2022-09-20", None)
    shown = {row["id"]: row for row in client.get(f"{url}?ban=moi").context["dossiers"]}[again]
    assert f"{shown['finished']}" == "2022-09-29"


@pytest.mark.parametrize(("minutes", "late"), [(9, False), (11, True)])
def test_stamp_is_the_oldest_act_that_waits_and_ten_minutes_are_an_alarm(city, one_transaction, sign_in, minutes, late):
    now = clock.now()
    compute_month(Month.of(clock.today()))
    DirtyDossier.objects.create(dossier_id=1, marked_at=now - timedelta(minutes=minutes))
    DirtyDossier.objects.create(dossier_id=2, marked_at=now - timedelta(minutes=1))
    shown = clock.local(now - timedelta(minutes=minutes))
    for address in ("/so-lieu/", "/so-lieu/cong-khai/"):
        told = text_of(sign_in().get(address))
        assert f"số liệu đến {shown:%H:%M} ngày {shown:%d/%m/%Y}, chưa chốt" in told
        assert ("cập nhật chậm" in told) is late


def test_closed_month_is_stamped_with_its_end_whatever_waits(city, one_transaction, sign_in):
    golden(city)
    freeze_month(SEPTEMBER)
    DirtyDossier.objects.create(dossier_id=1, marked_at=moment("2022-09-20 09:00"))
    assert "số liệu đến hết ngày 30/09/2022, đã chốt" in text_of(sign_in().get(BOARD))


@pytest.mark.parametrize(("by_one", "alarmed"), [(8, False), (9, True)])
def test_one_account_that_files_most_for_others_is_told(city, one_transaction, sign_in, by_one, alarmed):
    client = sign_in()
    filer = MembershipFactory(role=Role.RECEPTIONIST, unit=city.first).user
    for number in range(10):
        actor = filer.pk if number < by_one else 900 + number
        dossier(city.first, city.birth, "2022-09-05 09:00", online=True, is_assisted=True, actor_id=actor)
    compute_month(SEPTEMBER)
    told = text_of(client.get("/so-lieu/danh-sach/2022-09/online_share_assisted/month/chung/tu-so/"))
    assert ("Cảnh báo: một tài khoản" in told) is alarmed
    assert (f"({filer.full_name}) nộp 9 trong 10 hồ sơ" in told) is alarmed


def test_list_holds_no_name_of_a_person(counted, sign_in):
    page = sign_in().get(f"/so-lieu/danh-sach/2022-09/online_share_all/month/don-vi-{counted.first.pk}/mau-so/")
    assert "Chủ hồ sơ" not in page.content.decode()
    assert "Người nộp" not in page.content.decode()
    assert LookUp.objects.get().sought == f"danh-sach/2022-09/online_share_all/month/don-vi-{counted.first.pk}/mau-so/"
    assert LookUp.objects.get().shown == len(page.context["dossiers"]) > 0


# ── who may look ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["board", "public"])
def test_visitor_sees_only_the_public_summary(counted, client, name):
    response = client.get(reverse(f"reporting:{name}"))
    assert response.status_code == (200 if name == "public" else 302)


def test_public_summary_shows_totals_and_no_list(counted, client):
    page = client.get("/so-lieu/cong-khai/?thang=2022-09").content.decode()
    assert "60,0" in page  # 6 of 10 cumulative
    assert "danh-sach" not in page


def test_clerk_is_refused(counted, sign_in):
    client = sign_in(Role.RECEPTIONIST, counted.first)
    for address in (
        BOARD,
        f"/so-lieu/don-vi/{counted.first.pk}/",
        "/so-lieu/danh-sach/2022-09/online_share_all/month/chung/tu-so/",
    ):
        assert client.get(address).status_code == 403, address


def test_head_of_a_ward_opens_own_lists_only(counted, sign_in):
    desk = UnitFactory(code="mot-cua-1", kind=UnitKind.DESK, parent=counted.first)
    client = sign_in(Role.DESK_HEAD, desk)
    page = client.get(BOARD).content.decode()
    linked = {url for url, _first, _second in LIST.findall(page)}
    assert linked
    assert all(f"/don-vi-{counted.first.pk}/" in url for url in linked)
    root = "/so-lieu/danh-sach/2022-09/online_share_all/month"
    assert client.get(f"{root}/don-vi-{counted.first.pk}/mau-so/").status_code == 200
    for other in (f"don-vi-{counted.second.pk}", f"khoi-{counted.wards.pk}", "chung"):
        assert client.get(f"{root}/{other}/mau-so/").status_code == 404, other
    assert client.get(f"/so-lieu/don-vi/{counted.first.pk}/").status_code == 200
    assert client.get(f"/so-lieu/don-vi/{counted.second.pk}/").status_code == 404


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────

OWN = 4  # figures, targets, units, the oldest act that waits
FRAME = 4  # session, account, roles, unread notices


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}&chi-so=services_used", "unit"])
def test_board_costs_four_queries_beside_the_frame(counted, sign_in, django_assert_max_num_queries, address):
    client = sign_in()
    address = f"/so-lieu/don-vi/{counted.first.pk}/?thang=2022-09" if address == "unit" else address
    with django_assert_max_num_queries(OWN + FRAME) as seen:
        assert client.get(address).status_code == 200
    own = [query["sql"] for query in seen if re.search(r"reporting_|dirty|FROM \"accounts_orgunit\"", query["sql"])]
    assert len(own) == OWN
    assert not any(re.search(r"dossiers_dossier|_fact", query["sql"]) for query in seen)  # pages never count
