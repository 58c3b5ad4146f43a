"""Late dossiers told by hand: where each lay when its promise passed, what its ledger says, where its time went."""

# ruff: noqa: F811  fixtures are named like what they are imported as

import pytest

from accounts.enums import Role, UnitKind
from dossiers.enums import EventCode, State
from portal.clock import Month
from procedures.enums import Channel
from reporting.enums import Basis, Part
from reporting.queries import TOTAL, Number
from reporting.snapshot import compute_month, freeze_month
from tests.factories import UnitFactory
from tests.reporting.events import act, dossier, moment
from tests.reporting.lasting.pages import assert_numbers_are_lists, lead, table
from tests.reporting.test_views import sign_in  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/tre-hen/?thang=2022-09"
IN_HAND, ASKED, ACCEPTED = State.PROCESSING, State.SUPPLEMENT, State.ACCEPTED
CODES = {
    "sent": EventCode.SUBMITTED,
    "received": EventCode.RECEIVED,
    "forwarded": EventCode.FORWARDED,
    "assigned": EventCode.ASSIGNED,
    "proposed": EventCode.PROPOSED,
    "approved": EventCode.APPROVED,
    "sent back": EventCode.SENT_BACK,
    "reassigned": EventCode.REASSIGNED,
    "drafted": EventCode.DRAFT_SUBMITTED,
    "signed": EventCode.DRAFT_SIGNED,
    "asked": EventCode.SUPPLEMENT_REQUESTED,
    "supplied": EventCode.SUPPLEMENT_ANSWERED,
    "consulted": EventCode.CONSULTED,
    "advised": EventCode.CONSULTATION_ANSWERED,
    "issued": EventCode.RESULT_ISSUED,
}
STATES = {"sent": State.SUBMITTED, "received": ACCEPTED, "asked": ASKED, "issued": State.DONE}


def tell(number, unit, proc, due, acts, **more):
    """A dossier's acts: `received 01/9 intake 60`, the step it opens and the working minutes used so far, where it says so."""
    state = None
    for seq, line in enumerate(acts.strip().splitlines(), start=1):
        word, day, *rest = [part.strip() for part in line.split("|")]
        step, minutes = (*rest, "", "")[:2]
        state = STATES.get(word, state if state == ACCEPTED and word != "forwarded" else IN_HAND)
        used, _comma, stopped = minutes.partition("+")
        act(
            CODES[word],
            f"2022-09-{day}",
            dossier_id=number,
            seq=seq,
            unit=unit,
            proc=proc,
            due=f"2022-09-{due}",
            state_to=state,
            step_kind=step,
            **(
                {"minutes_used": int(used), "minutes_allowed": 2880, "minutes_stopped": int(stopped or 0)}
                if used
                else {}
            ),
            **({"due_at": moment(more["moved"])} if seq > 4 and "moved" in more else {}),
            **({"step_due_at": moment("2022-09-01 17:00"), "channel": Channel.ONLINE} if "online" in more else {}),
        )


WAITED_FOR_SIGNATURE = """
    received  | 01 09:00 | intake   | 0
    forwarded | 01 10:00 | assign   | 60
    assigned  | 02 09:00 | appraise | 480
    proposed  | 06 09:00 | review   | 1440
    approved  | 07 09:00 | sign     | 1920
    approved  | 12 09:00 | stamp    | 3360
    issued    | 12 15:00 |          | 3720
"""
WAITED_FOR_PAPERS = """
    received  | 01 09:00 | intake     | 0
    forwarded | 01 10:00 | appraise   | 60
    drafted   | 02 09:00 | draft_sign | 540
    signed    | 05 09:00 | draft_send | 600
    asked     | 05 10:00 |            | 660
    supplied  | 12 10:00 |            | 660+2400
    issued    | 14 09:00 |            | 1620+2400
"""
ASKED_OTHERS = """
    received  | 01 09:00 | intake
    forwarded | 01 10:00 | appraise
    consulted | 05 09:00 | consult
    advised   | 09 09:00 |
    proposed  | 12 09:00 | review
    sent back | 13 09:00 | appraise
    reassigned| 13 10:00 |
    issued    | 16 09:00 |
"""


@pytest.fixture
def late(city, one_transaction):
    """Three finished late, three open and late; one in time, one withdrawn."""
    first, second = city.first, city.second
    tell(1, first, city.birth, "08 17:00", WAITED_FOR_SIGNATURE)
    tell(2, first, city.birth, "08 17:00", WAITED_FOR_PAPERS, moved="2022-09-20 17:00")
    tell(3, second, city.birth, "08 17:00", ASKED_OTHERS)
    tell(4, first, city.marriage, "08 17:00", "received | 01 09:00\nforwarded | 01 10:00")
    tell(5, first, city.birth, "09 17:00", "sent | 01 09:00\nreceived | 02 09:00 | intake", online=True)
    tell(
        6,
        first,
        city.birth,
        "08 17:00",
        "received | 01 09:00 | intake\nforwarded | 01 10:00 | appraise\nasked | 02 09:00",
    )
    dossier(first, city.birth, "2022-09-01 09:00", finished="2022-09-02 09:00")
    dossier(first, city.birth, "2022-09-01 09:00", withdrawn="2022-09-20 09:00")
    city.run = compute_month(SEPTEMBER)
    return city


def test_where_they_lay_is_told_once_for_each_and_adds_up_to_the_board(late, sign_in):
    page = sign_in().get(PAGE).content.decode()
    assert lead(page) == (
        "Chung toàn địa bàn: 6 hồ sơ trễ hẹn lần đầu trong tháng 9/2022 (3 đã xong, 3 chưa xong); "
        "khi quá hẹn nhiều nhất là chờ người nộp bổ sung: 2 hồ sơ."
    )
    assert table(page, "o-dau") == {
        "Ở Bộ phận Một cửa, chưa chuyển đi": ["0", "1"],
        "Chờ ý kiến đơn vị khác": ["1", "0"],
        "Chờ ký": ["1", "0"],
        "Chờ người nộp bổ sung": ["1", "1"],
        "Đang xử lý, sổ không ghi bước": ["0", "1"],
        "Cộng": ["3", "3"],
    }
    rest = Number(run=late.run, indicator="on_time_first", basis=Basis.MONTH, scope=TOTAL, part=Part.REST)
    assert rest.count() == 6


def test_signs_are_what_the_ledger_says(late, sign_in):
    page = sign_in().get(PAGE).content.decode()
    signs = table(page, "dau-hieu")
    assert list(signs.values()) == [
        ["1", "1"],  # asked for more: 2; 6
        ["1", "0"],  # the clock stood: 2
        ["1", "0"],  # in time by the promise in force: 2
        ["1", "0"],  # within its minutes: 2
        ["0", "1"],  # answered late: 5
        ["1", "0"],  # sent back: 3
        ["1", "0"],  # others were asked: 3
        ["1", "0"],  # changed hands: 3
    ]
    assert "Không phát sinh: chuyển sang đơn vị khác." in page


def test_time_is_where_the_minutes_of_the_events_say(late, sign_in):
    """1: 60 + 420 + 960 + 480 + 1440 + 360; 2: 60 + 480 + 60 + 60 + 960, and stood 2400; 3 has no minutes."""
    page = sign_in().get(PAGE).content.decode()
    assert table(page, "thoi-gian") == {
        "Ở Bộ phận Một cửa, chưa chuyển đi": ["2", "1", "2,2 %"],
        "Chờ phân công": ["7", "3,5", "7,9 %"],
        "Đang thẩm định": ["40", "20", "44,9 %"],
        "Chờ lãnh đạo phòng kiểm tra": ["8", "4", "9,0 %"],
        "Chờ ký": ["25", "12,5", "28,1 %"],
        "Chờ vào sổ, đóng dấu, ban hành": ["6", "3", "6,7 %"],
        "Văn bản đã ký, chờ gửi người nộp": ["1", "0,5", "1,1 %"],
        "Tạm dừng tính thời hạn": ["40", "20", "–"],
    }
    assert "Của 2 hồ sơ trễ đã xong có tính giờ" in page


def test_units_and_procedures_stand_under_it_and_every_number_opens_its_dossiers(late, sign_in):
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert table(page, "theo-don-vi") == {
        "UBND phường 1": ["2", "3", "chờ người nộp bổ sung"],
        "UBND phường 2": ["1", "0", "chờ ý kiến đơn vị khác"],
    }
    assert table(page, "theo-thu-tuc")[late.marriage.name] == ["0", "1", "đang xử lý, sổ không ghi bước"]
    assert assert_numbers_are_lists(client, page) > 18


def test_closed_month_tells_the_same_after_later_acts(late, sign_in):
    freeze_month(SEPTEMBER)
    act(
        EventCode.RESULT_ISSUED,
        "2022-09-07 09:00",
        dossier_id=4,
        seq=3,
        unit=late.first,
        proc=late.marriage,
        due="2022-09-08 17:00",
    )
    compute_month(SEPTEMBER)
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert "6 hồ sơ trễ hẹn lần đầu" in lead(page)
    assert table(page, "o-dau")["Đang xử lý, sổ không ghi bước"] == ["0", "1"]
    assert assert_numbers_are_lists(client, page) > 18


def test_nothing_late_says_so_and_others_are_not_shown(late, sign_in, django_assert_max_num_queries):
    client = sign_in()
    assert "không phát sinh hồ sơ trễ hẹn" in lead(
        client.get(f"{PAGE}&pham-vi=don-vi-{late.office.pk}").content.decode()
    )
    with django_assert_max_num_queries(8):
        assert client.get(PAGE).status_code == 200
    desk = UnitFactory(code="mot-cua-1", kind=UnitKind.DESK, parent=late.first)
    client = sign_in(Role.DESK_HEAD, desk)
    assert client.get(f"/so-lieu/ho-so/2022-09/month/don-vi-{late.first.pk}/tre-xong/").status_code == 200
    assert client.get(f"/so-lieu/ho-so/2022-09/month/don-vi-{late.second.pk}/tre-xong/").status_code == 404
    assert client.get(f"{PAGE}&pham-vi=don-vi-{late.second.pk}").status_code == 404
