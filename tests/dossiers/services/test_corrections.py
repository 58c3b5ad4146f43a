"""Supplement requests over answers of the form: what may be asked, what is kept, what changes when it is sent."""

from datetime import date

import pytest
import time_machine

from accounts.enums import IdentityKind, IdentitySource, Role
from accounts.services import PartyFacts, find_or_create_party
from dossiers.enums import EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import Supplement
from dossiers.services import corrections, on_behalf, submission
from dossiers.services.on_behalf import MET
from portal.errors import MissingPaperError, NotNowError, StaleError, UserError
from tests import houses
from tests.dossiers.services.test_on_behalf import LATER, OWNER, on_paper

pytestmark = [pytest.mark.django_db, pytest.mark.unit]

NAME = {
    "paper_code": "",
    "field": "ho_ten",
    "name": "Tờ khai, mục “Họ, chữ đệm, tên”",
    "note": "Ghi như trên thẻ căn cước.",
}
PURPOSE = {"paper_code": "", "field": "muc_dich", "name": "Tờ khai, mục “Mục đích sử dụng”", "note": "Ghi rõ nơi nộp."}
PAPER = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Ảnh mờ."}


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def facts(number):
    return PartyFacts(
        full_name="Nguyễn Bé Mẫu", birth_date="1990-01-02", identity_kind=IdentityKind.CITIZEN_ID, identity=number
    )


def asked(house, *items, dossier=None):
    return houses.asked(house, dossier or houses.assigned(house), items=list(items), answer_by=date(2026, 11, 25))


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def keep(house, dossier, **typed):
    return corrections.keep(dossier_id=dossier.pk, by=house.citizen, typed=typed, version=fresh(dossier).version)


def send(house, dossier, answer=""):
    return submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer=answer)


def test_only_questions_of_the_form_can_be_asked_anew(house):
    forged = {"paper_code": "", "field": "khong_co", "name": "x", "note": "y"}
    with pytest.raises(UserError, match="không có mục được yêu cầu"):
        asked(house, forged)


def test_a_correction_waits_with_the_request_until_it_is_sent(house):
    dossier = asked(house, PURPOSE)
    kept = keep(house, dossier, muc_dich="Nộp tại trường")
    assert kept.version == dossier.version + 1
    assert "muc_dich" not in fresh(dossier).answers
    assert Supplement.objects.get().answers == {"muc_dich": "Nộp tại trường"}
    done = send(house, dossier)
    assert done.state == State.PROCESSING
    assert fresh(dossier).answers["muc_dich"] == "Nộp tại trường"


def test_what_stood_before_stays_with_the_request_and_in_the_ledger(house):
    dossier = asked(house, PURPOSE)
    keep(house, dossier, muc_dich="Một")
    send(house, dossier)
    event = DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.SUPPLEMENT_ANSWERED).get()
    text = EventText.objects.get(dossier=dossier, seq=event.seq).text
    assert text == "“Mục đích sử dụng”: trước là Chưa điền; nay là Một."
    assert Supplement.objects.get().before == {}


def test_a_name_that_is_corrected_is_the_owners_name_as_filed(house):
    dossier = asked(house, NAME)
    before = fresh(dossier)
    keep(house, dossier, ho_ten="Nguyễn Vân Mẫu")
    send(house, dossier)
    now = fresh(dossier)
    assert (now.owner_name, now.owner_search_name) == ("Nguyễn Vân Mẫu", "nguyen van mau")
    assert (now.owner_id, now.owner_is_confirmed) == (before.owner_id, before.owner_is_confirmed)
    assert Supplement.objects.get().before == {"ho_ten": "Nguyễn Văn Mẫu"}


def test_a_proven_number_does_not_slide_under_another_name(house):
    dossier = asked(house, NAME)
    assert fresh(dossier).owner_is_confirmed
    keep(house, dossier, ho_ten="Nguyễn Văn Mẫu Hai")
    with pytest.raises(UserError, match="khác họ tên của số định danh"):
        send(house, dossier)
    now = fresh(dossier)
    assert (now.state, now.owner_name) == (State.SUPPLEMENT, "Nguyễn Văn Mẫu")


def test_nothing_else_can_be_changed(house):
    dossier = asked(house, PURPOSE)
    keep(house, dossier, muc_dich="Một", ho_ten="Kẻ Khác")
    send(house, dossier)
    assert fresh(dossier).answers["ho_ten"] == "Nguyễn Văn Mẫu"


def test_a_request_for_papers_takes_no_answers(house):
    with pytest.raises(NotNowError):
        keep(house, asked(house, PAPER), muc_dich="Một")


def test_sending_names_what_is_still_missing(house):
    dossier = asked(house, PURPOSE, PAPER)
    keep(house, dossier, muc_dich="Một")
    with pytest.raises(MissingPaperError, match="Giấy tờ chứng minh") as refused:
        send(house, dossier)
    assert "Mục đích" not in refused.value.message
    done = send(house, dossier, answer="Giấy bị mất, đang xin cấp lại.")
    text = EventText.objects.filter(dossier=done).latest("seq").text
    assert "Chưa bổ sung: Giấy tờ chứng minh." in text


def test_the_same_answer_again_is_no_answer(house):
    dossier = asked(house, NAME)
    keep(house, dossier, ho_ten="Nguyễn Văn Mẫu")
    with pytest.raises(MissingPaperError, match="Họ, chữ đệm, tên"):
        send(house, dossier)
    assert send(house, dossier, answer="Tên tôi đúng như đã khai.").state == State.PROCESSING


def test_a_needed_answer_cannot_be_emptied(house):
    dossier = asked(house, NAME)
    keep(house, dossier)
    with pytest.raises(MissingPaperError, match="còn thiếu “Họ, chữ đệm, tên”"):
        send(house, dossier)
    assert fresh(dossier).state == State.SUPPLEMENT


def test_a_number_is_sealed_and_names_its_bearer(house):
    number = {"paper_code": "", "field": "so_dinh_danh", "name": "Số", "note": "Sai số."}
    child = find_or_create_party(facts("077090123456"), source=IdentitySource.DECLARED)
    dossier = houses.assigned(house)
    said = {**dossier.answers, "ho_ten": "Nguyễn Bé Mẫu", "so_dinh_danh": {"party": child.pk}}
    Dossier.objects.filter(pk=dossier.pk).update(answers=said, owner=child, owner_name="Nguyễn Bé Mẫu")
    dossier = asked(house, number, dossier=dossier)
    keep(house, dossier, so_dinh_danh="077090123465")
    assert set(Supplement.objects.get().answers["so_dinh_danh"]) == {"party"}
    send(house, dossier)
    now = fresh(dossier)
    assert now.answers["so_dinh_danh"] == {"party": now.owner_id} != {"party": child.pk}
    assert not now.owner_is_confirmed
    text = EventText.objects.filter(dossier=dossier).latest("seq").text
    assert "077090123465" not in text


def test_a_stale_page_keeps_nothing(house):
    dossier = asked(house, PURPOSE)
    with pytest.raises(StaleError):
        corrections.keep(dossier_id=dossier.pk, by=house.citizen, typed={"muc_dich": "x"}, version=dossier.version - 1)


# ── at the desk ──


def test_the_desk_records_corrections_of_a_paper_dossier(house):
    dossier = asked(house, NAME, PAPER, dossier=on_paper(house))
    clerk = house.people[Role.RECEPTIONIST]
    visit = {"dossier_id": dossier.pk, "by": clerk, "visitor": OWNER}
    with time_machine.travel(LATER, tick=False):
        part = on_behalf.note_visit(**visit, brought={}, typed={"ho_ten": "Lê Thị Mậu"})
        assert part.state == State.SUPPLEMENT
        assert "Còn thiếu: Giấy tờ chứng minh." in EventText.objects.filter(dossier=dossier).latest("seq").text
        assert fresh(dossier).owner_name == "Lê Thị Mẫu"
        with pytest.raises(MissingPaperError, match="Giấy tờ chứng minh"):
            on_behalf.supplement_done(**visit, brought={})
        done = on_behalf.supplement_done(**visit, brought={1: "original"}, note="Đủ.")
    assert done.state == State.PROCESSING
    now = fresh(dossier)
    assert (now.answers["ho_ten"], now.owner_name, now.owner_is_confirmed) == ("Lê Thị Mậu", "Lê Thị Mậu", True)
    text = EventText.objects.filter(dossier=dossier).latest("seq").text
    assert text == "Đủ.\n“Họ, chữ đệm, tên”: trước là Lê Thị Mẫu; nay là Lê Thị Mậu."


def test_the_desk_may_record_that_an_answer_stands(house):
    dossier = asked(house, NAME, dossier=on_paper(house))
    done = on_behalf.supplement_done(
        dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], visitor=OWNER, brought={0: MET}
    )
    assert (done.state, fresh(dossier).answers["ho_ten"]) == (State.PROCESSING, "Lê Thị Mẫu")
