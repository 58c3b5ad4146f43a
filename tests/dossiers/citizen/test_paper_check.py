"""The applicant's page of a draft to check: the very sheet, two buttons, what is told when they come late. No script."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from dossiers.enums import CheckAnswer, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.models.paper_check import PaperCheck
from dossiers.services import draft_checks
from portal import sealing
from procedures.enums import DraftCheck
from tests import houses
from tests.client import StrictClient
from tests.factories import PartyFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
CITIZEN_STATEMENTS = 12


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house(db):
    return houses.make_house(draft_check=DraftCheck.SILENCE)


@pytest.fixture
def dossier(house):
    return houses.sent_for_check(house)


@pytest.fixture
def citizen(client, house):
    client.force_login(house.citizen)
    return client


def address(dossier):
    return f"/ho-so/{dossier.reference}/du-thao/"


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def answer(client, dossier, **said):
    return client.post(address(dossier), {"version": fresh(dossier).version, "words": "", **said}, follow=True)


def text_of(page):
    return page.content.decode()


def test_the_dossiers_page_says_what_to_do_until_when_and_what_silence_means(citizen, dossier):
    citizen.get(f"/ho-so/{dossier.reference}/")
    with CaptureQueriesContext(connection) as asked:
        text = text_of(citizen.get(f"/ho-so/{dossier.reference}/"))
    assert len(asked) <= CITIZEN_STATEMENTS
    assert "Kiểm tra bản dự thảo, trả lời trước hết ngày 19/11/2026" in text
    assert "Không trả lời trong hạn được coi là đồng ý." in text
    assert "Cần bạn kiểm tra" in text
    assert "Mời bạn kiểm tra bản dự thảo" in text  # the timeline
    assert "Người nộp hồ sơ" in text
    assert f'href="{address(dossier)}"' in text


def test_the_sheet_is_the_paper_as_a_draft(citizen, dossier):
    page = citizen.get(address(dossier))
    text = text_of(page)
    assert page.status_code == 200
    for words in (
        "DỰ THẢO",
        "Nội dung kết quả thử.",
        "Trả lời trước hết ngày 19/11/2026",
        "Đúng, tôi đồng ý",
        "Cần sửa",
    ):
        assert words in text
    assert "<script" not in text.split("<main")[1].split("</main")[0]


def test_agreeing_goes_on_and_a_second_press_is_told_so(citizen, dossier):
    sent = {"version": fresh(dossier).version, "dung": "1"}
    page = citizen.post(address(dossier), sent, follow=True)
    assert "Đã ghi nhận bạn đồng ý với bản dự thảo" in text_of(page)
    assert "Bạn đã đồng ý với bản dự thảo" in text_of(page)
    assert fresh(dossier).state == State.PROCESSING
    again = citizen.post(address(dossier), sent, follow=True)
    assert "Lần kiểm tra này đã kết thúc: đồng ý." in text_of(again)


def test_correcting_needs_words_and_keeps_them(citizen, dossier):
    page = answer(citizen, dossier, sua="1")
    assert page.status_code == 400
    assert "Hãy ghi rõ chỗ cần sửa và nội dung đúng." in text_of(page)
    assert fresh(dossier).state == State.CHECKING
    page = answer(citizen, dossier, sua="1", words="Sai ngày sinh: 02/01/1990.")
    assert "Đã gửi đề nghị sửa" in text_of(page)
    assert "Sai ngày sinh: 02/01/1990." in text_of(page)  # in the timeline
    assert PaperCheck.objects.get().answer == CheckAnswer.WRONG


def test_who_writes_what_is_wrong_and_presses_agree_is_asked_which(citizen, dossier):
    page = answer(citizen, dossier, dung="1", words="Sai ngày sinh.")
    assert page.status_code == 400
    assert "lại bấm đồng ý" in text_of(page)
    assert "Sai ngày sinh." in text_of(page)
    assert fresh(dossier).state == State.CHECKING
    assert "Đã ghi nhận bạn đồng ý" in text_of(answer(citizen, dossier, dung="1", words="  "))


def test_a_form_without_its_button_does_nothing(citizen, dossier):
    assert answer(citizen, dossier).status_code == 400
    assert answer(citizen, dossier, dung="1", version="x").status_code == 400
    assert fresh(dossier).state == State.CHECKING


def test_nobody_agrees_to_a_draft_that_was_exchanged_under_their_eyes(house, citizen, dossier):
    old = fresh(dossier).version
    draft_checks.take_back(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Nhầm.")
    late = citizen.post(address(dossier), {"version": old, "dung": "1", "words": "Có chỗ sai."}, follow=True)
    assert "cơ quan giải quyết đã rút bản dự thảo" in text_of(late)
    assert "Nội dung bạn vừa viết, chưa được gửi: Có chỗ sai." in text_of(late)
    houses.sent_for_check(house, fresh(dossier), content="Nội dung mới.")
    page = citizen.post(address(dossier), {"version": old, "dung": "1", "words": "Có chỗ sai."})
    assert page.status_code == 409
    assert "Nội dung mới." in text_of(page)
    assert "Có chỗ sai." in text_of(page)
    assert fresh(dossier).state == State.CHECKING


def test_a_stranger_finds_nothing_and_a_confirmed_owner_reads(house, citizen, dossier):
    stranger = StrictClient()
    stranger.force_login(UserFactory())
    assert stranger.get(address(dossier)).status_code == 404
    owner = UserFactory(full_name="Nguyễn Văn Chủ")
    party = PartyFactory(full_name="Nguyễn Văn Chủ", user=owner)
    Dossier.objects.filter(pk=dossier.pk).update(owner=party)
    reader = StrictClient()
    reader.force_login(owner)
    page = reader.get(address(dossier))
    assert "DỰ THẢO" in text_of(page)
    assert "Chỉ tài khoản đã nộp hồ sơ trả lời được trên cổng" in text_of(page)
    assert "Đúng, tôi đồng ý" not in text_of(page)
    assert reader.post(address(dossier), {"version": 1, "dung": "1"}).status_code == 404


def test_tracking_says_until_when_and_shows_no_draft(client, dossier):
    sent = {"code": dossier.code, "secret": sealing.unseal(dossier.secret_sealed)}
    text = text_of(client.post("/ho-so/tra-cuu/", sent))
    assert "trả lời trước hết ngày 19/11/2026. Không trả lời trong hạn được coi là đồng ý." in text
    assert "Nội dung kết quả thử." not in text
    assert "Nguyễn Văn Mẫu" not in text


def test_odd_words_are_taken_as_words(citizen, dossier):
    answer(citizen, dossier, sua="1", words="<b>Sai</b>\u200b  họ")
    assert EventText.objects.filter(dossier=dossier).latest("seq").text == "<b>Sai</b> họ"
    assert "<b>Sai</b>" not in text_of(citizen.get(f"/ho-so/{dossier.reference}/"))
