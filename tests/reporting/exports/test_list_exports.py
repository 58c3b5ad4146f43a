"""Whole lists as files: as many rows as the number says, ordered once, seen by who ordered, asked again at the download."""

# ruff: noqa: F811  fixtures are named like what they are imported as

import csv
import io
import re
import time
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import LookUp, Membership
from dossiers.models.dossier import Dossier
from portal import clock
from portal.errors import UserError
from reporting import tasks
from reporting.enums import ExportState
from reporting.exports import making, views
from reporting.exports.lists import LISTS
from reporting.models import ListExport
from reporting.snapshot import compute_month, freeze_month
from tests.house.source import ROOT as SOURCE
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import BOARD, LIST, SEPTEMBER, counted, sign_in  # noqa: F401
from vault.models import StoredFile

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
ROOT = "/so-lieu/danh-sach/2022-09/online_share_all/month"
ASK, PAGE = "/so-lieu/xuat/danh-sach/", "/so-lieu/xuat/"
TEMPLATES, URLS = SOURCE / "templates", SOURCE / "reporting" / "urls.py"
ROWS, OFFER = '"reporting/_dossier_rows.html"', '"reporting/exports/_ask.html"'
TAKEN = re.compile(r'href="(/so-lieu/xuat/\d+/tep/)"')


def order(client, address, form="csv"):
    """Order a list and let a worker write it; gives the order."""
    response = client.post(ASK, {"address": address, "form": form})
    assert response.status_code == 302
    found = ListExport.objects.order_by("-pk").first()
    if found is not None and found.state == ExportState.WAITING:
        tasks.make_export(export_id=found.pk)
        found.refresh_from_db()
    return found


def fetched(client, found):
    response = client.get(reverse("reporting:export_file", args=[found.pk]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_in(data):
    """Heading and rows of a CSV, without what stands above."""
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    start = next(place for place, line in enumerate(lines) if line[:1] == ["Mã hồ sơ"])
    return lines[start], lines[start + 1 :], lines[:start]


def test_file_holds_exactly_the_list_behind_the_number(counted, sign_in):
    client = sign_in()
    address = f"{ROOT}/don-vi-{counted.first.pk}/mau-so/"
    page = client.get(address)
    assert "Xuất cả danh sách (XLSX)" in page.content.decode()
    heads, rows, above = rows_in(fetched(client, order(client, address)))
    assert len(rows) == page.context["count"] == 4
    assert [row[0] for row in rows] == [f"#{row['id']}" for row in page.context["dossiers"]]
    assert heads == [
        "Mã hồ sơ",
        "Mã thủ tục",
        "Thủ tục",
        "Đơn vị",
        "Hình thức nộp",
        "Tiếp nhận",
        "Hẹn trả lần đầu",
        "Xử lý xong",
    ]
    assert rows[0][5] == f"{page.context['dossiers'][0]['received']:%d/%m/%Y}"
    assert above[0][0].startswith("UBND phường 1: hồ sơ")
    assert above[1][0] == page.context["stamp"]
    assert address in above[2][0]


def test_every_number_of_the_board_gives_as_many_rows(counted, sign_in):
    client = sign_in()
    seen = 0
    for url, shown, _rest in LIST.findall(client.get(BOARD).content.decode())[::7]:
        if client.get(url).context.get("dossiers"):
            found = order(client, url)
            amount = [row[-1] for row in rows_in(fetched(client, found))[1]]
            sums = client.get(url).context["amount"] is not None
            number = int(shown.replace(".", ""))
            assert (sum(map(int, amount)) if sums else len(amount)) == number, url
            seen += 1
    assert seen > 5


def test_xlsx_keeps_days_as_days_and_codes_as_text(counted, sign_in):
    client = sign_in()
    found = order(client, f"{ROOT}/chung/mau-so/", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(client, found))).active
    rows = list(sheet.iter_rows(values_only=True))
    place = next(number for number, row in enumerate(rows) if row[0] == "Mã hồ sơ")
    assert found.rows_done == found.total == len(rows) - place - 1
    assert isinstance(rows[-1][0], str)
    assert rows[-1][5].year == 2022
    assert found.file.mime.endswith("spreadsheetml.sheet")
    assert found.file.wrapped_key is not None  # encrypted as every stored file


def test_text_of_people_is_no_formula(counted, sign_in):
    counted.birth.name = '=HYPERLINK("http://x")'
    counted.birth.save(update_fields=["name"])
    client = sign_in()
    _heads, rows, _above = rows_in(fetched(client, order(client, f"{ROOT}/chung/mau-so/")))
    assert {row[2][:2] for row in rows if "HYPERLINK" in row[2]} == {"'="}


def test_closed_month_is_exported_as_it_was_and_changes_beside(city, one_transaction, sign_in):
    golden(city)
    freeze_month(SEPTEMBER)
    dossier(city.first, city.birth, "2022-09-20 09:00", online=True)
    compute_month(SEPTEMBER)
    client, tail = sign_in(), f"don-vi-{city.first.pk}/mau-so/"
    closed, live = (rows_in(fetched(client, order(client, f"{ROOT}/{tail}{end}"))) for end in ("", "?ban=moi"))
    assert (len(closed[1]), len(live[1])) == (4, 5)
    assert "đã chốt" in closed[2][1][0]
    changes = rows_in(fetched(client, order(client, f"{ROOT.replace('danh-sach', 'thay-doi')}/{tail}")))
    assert [row[-1] for row in changes[1]] == ["1"]


def test_ordering_twice_is_one_order_and_writing_twice_one_file(counted, sign_in):
    client, address = sign_in(), f"{ROOT}/chung/mau-so/"
    for _time in range(2):
        client.post(ASK, {"address": f"{address}?sau=5", "form": "csv"})
    found = ListExport.objects.get()
    assert found.address == address
    assert making.make(found.pk) is True
    assert making.make(found.pk) is False
    assert StoredFile.objects.filter(mime__startswith="text/csv").count() == 1


def test_writing_begins_anew_after_a_fault(counted, sign_in, monkeypatch):
    client = sign_in()
    client.post(ASK, {"address": f"{ROOT}/chung/mau-so/", "form": "csv"})
    found = ListExport.objects.get()

    def broken(**_words):
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(making, "store_stream", broken)
        tasks.make_export(export_id=found.pk)
    page = client.get(PAGE).content.decode()
    assert "Kho tệp hoặc máy khác không trả lời" in page
    assert not TAKEN.search(page)
    making.ORDERED.put_back([str(found.pk)])
    ListExport.objects.update(asked_at=clock.now() - timedelta(minutes=2))
    assert tasks.make_exports() == 1
    assert len(rows_in(fetched(client, ListExport.objects.get()))[1]) == found.total


def test_page_tells_how_far_it_is_and_leads_to_the_file(counted, sign_in, django_assert_max_num_queries):
    client, address = sign_in(), f"{ROOT}/chung/mau-so/"
    assert "Bạn chưa xuất danh sách nào." in client.get(PAGE).content.decode()
    client.post(ASK, {"address": address, "form": "csv"})
    waits = client.get(PAGE).content.decode()
    assert "1 danh sách đang được tạo" in waits
    assert "chờ tạo xong" in waits
    tasks.make_exports()
    ListExport.objects.update(asked_at=clock.now() - timedelta(minutes=2))
    tasks.make_exports()
    with django_assert_max_num_queries(8):
        done = client.get(PAGE).content.decode()
    assert TAKEN.search(done)
    assert "1 danh sách tải được" in done


def test_only_who_ordered_fetches_and_only_while_it_is_theirs(counted, sign_in):
    client = sign_in(Role.UNIT_HEAD, counted.first)
    found = order(client, f"{ROOT}/don-vi-{counted.first.pk}/mau-so/")
    url = reverse("reporting:export_file", args=[found.pk])
    fetched(client, found)
    logged = LookUp.objects.filter(what="xuất danh sách ra tệp")
    assert [(row.shown, row.sought.startswith("danh-sach/2022-09/")) for row in logged] == [(4, True)] * 2
    Membership.objects.filter(user=found.asked_by).update(unit=counted.second)
    assert client.get(url).status_code == 404
    assert sign_in().get(url).status_code == 404
    assert sign_in(Role.RECEPTIONIST, counted.first).get(url).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/so-lieu/",
        "/khong-co/",
        "https://la.example/so-lieu/danh-sach/2022-09/online_share_all/month/chung/mau-so/",
        "//la.example/so-lieu/danh-sach/2022-09/online_share_all/month/chung/mau-so/",
        "/so-lieu/danh-sach/2022-09/services_used/month/chung/mau-so/",
        "/so-lieu/danh-sach/2022-09/online_share_all/month/khoi-999999/mau-so/",
        "/so-lieu/danh-sach/2019-01/online_share_all/month/chung/mau-so/",
        f"{ROOT}/chung/mau-so/?thu-tuc=x",
        f"{ROOT}/chung/mau-so/?thu-tuc=%00",
        f"{ROOT}/chung/mau-so/?{'x' * 500}",
        "http://[",
    ],
)
def test_what_is_no_list_of_the_readers_is_not_found(counted, sign_in, address):
    assert sign_in().post(ASK, {"address": address, "form": "csv"}).status_code == 404
    assert not ListExport.objects.exists()


def test_other_units_lists_and_unknown_forms_are_not_found(counted, sign_in):
    client = sign_in(Role.UNIT_HEAD, counted.first)
    for scope in (f"don-vi-{counted.second.pk}", "chung"):
        assert client.post(ASK, {"address": f"{ROOT}/{scope}/mau-so/", "form": "csv"}).status_code == 404
    own = f"{ROOT}/don-vi-{counted.first.pk}/mau-so/"
    assert client.post(ASK, {"address": own, "form": "pdf"}).status_code == 404
    assert client.get(ASK).status_code == 405


def test_a_role_beside_the_heads_one_opens_nothing_more(counted, sign_in):
    client = sign_in(Role.UNIT_HEAD, counted.first)
    user = Membership.objects.get(unit=counted.first, role=Role.UNIT_HEAD).user
    Membership.objects.create(user=user, unit=counted.second, role=Role.RECEPTIONIST, valid_from="2020-01-01")
    assert client.post(ASK, {"address": f"{ROOT}/don-vi-{counted.second.pk}/mau-so/", "form": "csv"}).status_code == 404


@pytest.mark.parametrize(
    "limit", [("MOST_ROWS", 2, "nhiều hơn một bảng tính chứa được"), ("MOST_WAITING", 0, "danh sách chờ tạo")]
)
def test_too_much_is_a_sentence_on_the_lists_page(counted, sign_in, monkeypatch, limit):
    name, value, told = limit
    monkeypatch.setattr(views, name, value)
    response = sign_in().post(ASK, {"address": f"{ROOT}/chung/mau-so/", "form": "csv"}, follow=True)
    assert response.redirect_chain == [(f"{ROOT}/chung/mau-so/", 302)]
    assert told in response.content.decode()


def test_order_of_who_lost_the_role_is_not_written(counted, sign_in):
    client = sign_in(Role.UNIT_HEAD, counted.first)
    client.post(ASK, {"address": f"{ROOT}/don-vi-{counted.first.pk}/mau-so/", "form": "csv"})
    found = ListExport.objects.get()
    Membership.objects.filter(user=found.asked_by).update(unit=counted.second)
    with pytest.raises(UserError, match="không còn quyền"):
        making.make(found.pk)


def test_files_are_swept_after_their_days(counted, sign_in, tmp_path, monkeypatch):
    client = sign_in()
    found = order(client, f"{ROOT}/chung/mau-so/")
    left = tmp_path / "list-export-x"
    left.mkdir()
    monkeypatch.setattr(making.tempfile, "gettempdir", lambda: str(tmp_path))
    assert tasks.sweep_exports() == 0
    assert left.exists()
    ListExport.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    tomorrow = time.time() + 90_000
    monkeypatch.setattr(making.time, "time", lambda: tomorrow)
    assert tasks.sweep_exports() == 1
    assert tasks.sweep_exports() == 0
    found.refresh_from_db()
    assert (found.state, found.file) == (ExportState.GONE, None)
    assert not StoredFile.objects.filter(mime__startswith="text/csv").exists()
    assert not left.exists()
    assert client.get(reverse("reporting:export_file", args=[found.pk])).status_code == 404
    assert "đã hết hạn giữ" in client.get(PAGE).content.decode()


def test_list_holds_no_name_of_a_person(counted, sign_in):
    client = sign_in()
    data = fetched(client, order(client, f"{ROOT}/chung/mau-so/")).decode()
    assert "Chủ hồ sơ" not in data
    assert not any(name and name in data for name in Dossier.objects.values_list("owner__full_name", flat=True))


def test_every_list_of_dossiers_can_be_had_whole():
    """A page with rows of dossiers offers the file; whose route is not declared would answer 404 to the button."""
    pages = [path for path in (TEMPLATES / "reporting").rglob("*.html") if ROWS in path.read_text(encoding="utf-8")]
    assert [path.name for path in pages if OFFER not in path.read_text(encoding="utf-8")] == []
    assert {one.code for one in LISTS} >= {
        "reporting:cases",
        "reporting:changed",
        "reporting:slice",
        "reporting:span_cases",
    }
    assert [
        one.code for one in LISTS if f'name="{one.code.partition(":")[2]}"' not in URLS.read_text(encoding="utf-8")
    ] == []
