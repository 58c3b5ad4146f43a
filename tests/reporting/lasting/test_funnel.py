"""How far dossiers came that were sent in September, counted by hand, as the month's end saw it."""

# ruff: noqa: F811  fixtures are named like what they are imported as

import pytest

from accounts.enums import Role
from dossiers.enums import EventCode, State
from dossiers.models.dossier import Dossier
from portal.clock import Month
from procedures.enums import Channel
from reporting.snapshot import compute_month, freeze_month
from tests.factories import MembershipFactory, RevisionFactory
from tests.reporting.events import act, moment
from tests.reporting.lasting.pages import assert_numbers_are_lists, lead, table
from tests.reporting.test_views import sign_in  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/toi-dau/?thang=2022-09"
STEPS = {
    "sent": (EventCode.SUBMITTED, State.SUBMITTED),
    "received": (EventCode.RECEIVED, State.ACCEPTED),
    "issued": (EventCode.RESULT_ISSUED, State.DONE),
    "returned": (EventCode.RETURNED, State.RETURNED),
    "refused": (EventCode.REFUSED, State.REFUSED),
    "rejected": (EventCode.NOT_ACCEPTED, State.NOT_ACCEPTED),
    "withdrawn": (EventCode.WITHDRAWN, State.WITHDRAWN),
    "stopped": (EventCode.ASSIGNED, State.STOPPED),
}
STORIES = """
online | sent 05/9, received 05/9, issued 08/9, returned 09/9
online | sent 05/9, received 06/9, issued 30/9, returned 30/9
online | sent 06/9, received 07/9, issued 10/10
online | sent 07/9
online | sent 08/9, rejected 08/9
online | sent 08/9, withdrawn 09/9
online | sent 30/8, received 01/9, issued 02/9
desk   | received 10/9, refused 12/9
desk   | received 11/9
desk   | received 12/9, stopped 13/9
desk   | received 12/9, issued 14/9
"""


def draft(city, revision, day):
    found = Dossier.objects.create(
        reference=f"N{day}",
        authority_code=city.first.authority_code,
        procedure=city.birth,
        revision=revision,
        receiving_unit=city.first,
        competent_unit=city.first,
        counting_unit=city.first,
        channel=Channel.ONLINE,
        sub_channel="portal",
        level_offered=4,
    )
    Dossier.objects.filter(pk=found.pk).update(created_at=moment(f"2022-{day} 09:00"))


@pytest.fixture
def filed(city, one_transaction):
    """Online births and marriages at the desk of ward 1; drafts of births begun on 30/8, 10/9 and 30/9."""
    for number, line in enumerate(STORIES.strip().splitlines(), start=1):
        how, steps = (part.strip() for part in line.split("|"))
        for seq, step in enumerate(steps.split(", "), start=1):
            word, day = step.split()
            place, month = day.split("/")
            code, state = STEPS[word]
            act(
                code,
                f"2022-{int(month):02}-{place} 09:00",
                dossier_id=number,
                seq=seq,
                unit=city.first,
                proc=city.birth if how == "online" else city.marriage,
                channel=Channel.ONLINE if how == "online" else Channel.DESK,
                state_to=state,
            )
    act(EventCode.RECEIVED, "2022-09-10 09:00", dossier_id=99, seq=1, unit=city.first, proc=city.birth, internal=True)
    revision = RevisionFactory(procedure=city.birth)
    for day in ("08-30", "09-10", "09-30"):
        draft(city, revision, day)
    city.run = compute_month(SEPTEMBER)
    return city


def test_every_stage_is_counted_by_the_day_it_was_sent(filed, sign_in):
    """Ten were sent; 7 received; decided 1, 2, 8, 11; returned 1, 2. Waiting 4; in hand 3, 9; rejected 5; left 6, 10."""
    page = sign_in().get(PAGE).content.decode()
    assert lead(page) == (
        "Chung toàn địa bàn: trong 10 hồ sơ nộp trong tháng 9/2022, đến 30/09/2022 7 được tiếp nhận, "
        "4 giải quyết xong, 2 đã trả kết quả."
    )
    assert table(page, "cac-buoc") == {
        "Bắt đầu soạn": ["chưa có nguồn số liệu", "–", "–"],
        "Đã nộp": ["10", "100,0 %", "–"],
        "Được tiếp nhận": ["7", "70,0 %", "70,0 %"],
        "Giải quyết xong": ["4", "40,0 %", "–"],
        "Đã trả kết quả": ["2", "20,0 %", "–"],
    }
    assert table(page, "theo-hinh-thuc") == {
        "Trực tiếp": ["4", "4", "2", "0", "0", "1", "0", "1", "0"],
        "Trực tuyến": ["6", "3", "2", "2", "1", "1", "1", "1", "2"],
    }
    assert table(page, "theo-don-vi")["UBND phường 1"] == [
        "10",
        "7 70,0 %",
        "4 40,0 %",
        "2 20,0 %",
        "1",
        "2",
        "1",
        "2",
        "2",
    ]
    sent, _accepted, decided, _returned, *aside, _drafts = table(page, "theo-hinh-thuc")["Trực tuyến"]
    assert int(sent) == int(decided) + sum(map(int, aside))


def test_one_procedure_and_one_way_of_filing_have_pages_of_their_own(filed, sign_in):
    client = sign_in()
    page = client.get(f"{PAGE}&thu-tuc={filed.birth.pk}&kenh=2").content.decode()
    assert lead(page).startswith(f"Chung toàn địa bàn · {filed.birth.name} · trực tuyến: trong 6 hồ sơ nộp")
    assert assert_numbers_are_lists(client, page) > 6
    assert client.get(f"{PAGE}&thu-tuc=999999").status_code == 404
    assert client.get(f"{PAGE}&kenh=9").status_code == 404


def test_every_number_opens_its_dossiers_and_drafts_open_nothing(filed, sign_in):
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert assert_numbers_are_lists(client, page) > 15
    assert "bản nháp bị xóa không để lại dấu vết" in page


def test_closed_month_keeps_how_far_they_had_come_and_no_drafts(filed, sign_in):
    freeze_month(SEPTEMBER)
    act(EventCode.RECEIVED, "2022-09-29 09:00", dossier_id=4, seq=2, unit=filed.first, proc=filed.birth)
    compute_month(SEPTEMBER)
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert "7 được tiếp nhận" in lead(page)
    assert table(page, "theo-hinh-thuc")["Trực tuyến"][-1] == "không giữ khi chốt"
    assert assert_numbers_are_lists(client, page) > 15


def test_page_costs_eight_queries(filed, sign_in, django_assert_max_num_queries):
    client = sign_in()
    with django_assert_max_num_queries(8):
        assert client.get(PAGE).status_code == 200
    office = MembershipFactory(role=Role.UNIT_HEAD, unit=filed.office)
    client = sign_in(Role.UNIT_HEAD, office.unit)
    assert "không phát sinh hồ sơ nộp" in lead(client.get(PAGE).content.decode())
