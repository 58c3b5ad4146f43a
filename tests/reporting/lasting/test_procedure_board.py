"""The board of one procedure and the list to it, by hand from the golden month of the snapshots."""

# ruff: noqa: F811  fixtures are named like what they are imported as

import html
import re

import pytest

from accounts.enums import Role, UnitKind
from reporting.enums import ScopeKind
from reporting.lasting import procedure_board
from reporting.models import Target
from reporting.snapshot import compute_month, freeze_month
from tests.factories import UnitFactory
from tests.reporting.events import dossier
from tests.reporting.lasting.pages import assert_numbers_are_lists, lead, table
from tests.reporting.test_views import SEPTEMBER, counted, sign_in, target  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
PAGE = "/so-lieu/thu-tuc/?thang=2022-09"
FEW = ["ít hồ sơ"] * 2


def vars_of(row):
    """The columns of a row but its key."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def test_board_tells_share_target_and_time(counted, sign_in):
    """Births from January: three received, two online; three finished, two by the first promise, one a day late."""
    target(counted.wards, "0.70")
    page = sign_in().get(f"{PAGE}&pham-vi=don-vi-{counted.first.pk}&thu-tuc={counted.birth.pk}").content.decode()
    assert lead(page) == (
        f"UBND phường 1 · {counted.birth.name}: nộp trực tuyến 66,7 % trong 3 hồ sơ từ đầu năm đến hết tháng 9/2022, "
        "chỉ tiêu 70 %: chưa đạt."
    )
    online, kept = table(page, "ket-qua").values()
    assert online == ["66,7 %", "2", "3", "70 % lũy kế từ đầu năm", "chưa đạt"]
    assert kept == ["66,7 %", "2", "3", "chưa giao", "–"]
    assert table(page, "o-dau")["Cộng"] == ["1", "0"]
    assert "/so-lieu/bao-lau/?thang=2022-09&amp;ky=cumulative" in page


def test_target_is_not_held_against_other_days(counted, sign_in):
    target(counted.wards, "0.70")
    address = f"{PAGE}&ky=month&pham-vi=don-vi-{counted.first.pk}&thu-tuc={counted.birth.pk}"
    page = sign_in().get(address).content.decode()
    assert lead(page).endswith("nộp trực tuyến 50,0 % trong 2 hồ sơ trong tháng 9/2022, chỉ tiêu 70 %.")


def test_list_of_procedures_leads_to_their_boards_and_every_number_to_its_dossiers(counted, sign_in):
    client = sign_in()
    page = client.get(f"{PAGE}&ky=cumulative").content.decode()
    assert (
        lead(page) == "Chung toàn địa bàn: 10 hồ sơ tiếp nhận từ đầu năm đến hết tháng 9/2022, 4 thủ tục có phát sinh."
    )
    rows = table(page, "cac-thu-tuc")
    assert rows[counted.birth.name] == ["3", "2", "3", "2", "3", *FEW]
    assert rows[counted.copy.name] == ["1", "0", "0", "0", "0", "–", "–"]
    assert assert_numbers_are_lists(client, page) > 12
    board = client.get(f"{PAGE}&thu-tuc={counted.marriage.pk}").content.decode()
    assert table(board, "theo-don-vi")["UBND phường 2"][:2] == ["2", "2"]
    assert assert_numbers_are_lists(client, board) > 8


def test_long_list_of_procedures_has_pages(counted, sign_in, monkeypatch):
    monkeypatch.setattr(procedure_board, "LISTED", 3)
    client = sign_in()
    page = client.get(f"{PAGE}&ky=cumulative").content.decode()
    assert len(table(page, "cac-thu-tuc")) == 3
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    page = client.get(following).content.decode()
    assert list(table(page, "cac-thu-tuc")) == [counted.copy.name]
    assert "4–4 trong 4" in page
    assert 'rel="next"' not in page


def test_dossiers_of_no_department_have_a_list_of_their_own(counted, sign_in):
    """Two births of ward 1 go to a department in September; two others of the ward's dossiers have none."""
    office = UnitFactory(name="Phòng Tư pháp", kind=UnitKind.DEPARTMENT, parent=counted.first, authority_code="")
    for _one in range(2):
        dossier(counted.first, counted.birth, "2022-09-05 09:00", department=office)
    compute_month(SEPTEMBER)
    client = sign_in()
    page = client.get(f"{PAGE}&ky=month&pham-vi=don-vi-{counted.first.pk}&thu-tuc={counted.birth.pk}").content.decode()
    parts = table(page, "theo-don-vi")
    assert {name: row[0] for name, row in parts.items()} == {"Phòng Tư pháp": "2", "Chưa chuyển phòng": "2"}
    assert "phong=0" in page
    assert assert_numbers_are_lists(client, page) > 6


def test_closed_month_keeps_names_and_targets(counted, sign_in):
    target(counted.wards, "0.70")
    freeze_month(SEPTEMBER)
    own = target(counted.wards, "0.10", "2022-08-31")
    Target.objects.bulk_create([Target(**{**vars_of(own), "scope_kind": ScopeKind.UNIT, "scope_id": counted.first.pk})])
    then = counted.birth.name
    counted.birth.name = "Tên mới"
    counted.birth.save()
    compute_month(SEPTEMBER)
    page = sign_in().get(f"{PAGE}&pham-vi=don-vi-{counted.first.pk}&thu-tuc={counted.birth.pk}").content.decode()
    assert lead(page).startswith(f"UBND phường 1 · {then}: ")
    assert "chỉ tiêu 70" in lead(page)


def test_board_costs_eight_queries_beside_the_frame(counted, sign_in, django_assert_max_num_queries):
    client = sign_in()
    with django_assert_max_num_queries(8):
        assert client.get(PAGE).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(f"{PAGE}&thu-tuc={counted.birth.pk}").status_code == 200
    client = sign_in(Role.UNIT_HEAD, counted.office)
    assert client.get(f"{PAGE}&pham-vi=don-vi-{counted.first.pk}&thu-tuc={counted.birth.pk}").status_code == 404
