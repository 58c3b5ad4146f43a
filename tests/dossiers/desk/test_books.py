"""The books of numbers: every number in order, cancelled ones with reason and person, gaps named; whose book is whose."""

import csv

import pytest

from accounts.enums import Role
from dossiers import books
from dossiers.enums import DraftKind, DraftState
from dossiers.models.counter import Counter
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.services import decision, desk
from portal import clock
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]

SHELF, BOOK, CSV = "/mot-cua/so-van-ban/", "/mot-cua/so-van-ban/xem/", "/mot-cua/so-van-ban/csv/"
# session, account, memberships, unread notices; units before and their authority, the book, its name's templates;
# numbers with dossier and signer, titles, dossiers in reach (and what they are the successors of)
BOOK_QUERIES = 12


def place(house, kind="thong_bao", **more):
    return {"co_quan": house.ward.authority_code, "so": kind, "nam": clock.today().year, **more}


def lines(client, where):
    page = client.get(BOOK, where)
    assert page.status_code == 200
    return [row["line"] for row in page.context["lines"]]


def sent_back(house):
    """A result that was numbered and sent back by the clerk; its number is cancelled."""
    dossier = houses.approved(house)
    return decision.send_back(dossier_id=dossier.pk, by=house.people[Role.CLERK], reason="Sai họ tên.")


def test_numbers_stand_in_order_with_paper_dossier_signer_and_state(house, enter):
    first, second = houses.issued(house), houses.approved(house)
    client = enter(house.people[Role.CLERK])
    one, two = lines(client, place(house))
    assert [line.number for line in (one, two)] == [1, 2]
    assert (one.text, one.paper, one.dossier_code) == ("01/TB-UBND", "Thông báo", first.code)
    assert (one.signer, one.state, two.state) == ("Cán bộ signer", "đã ban hành", "đã ký")
    page = client.get(BOOK, place(house)).content.decode()
    assert f'href="/mot-cua/{second.pk}/"' in page
    assert "Nguyễn Văn Mẫu" not in page  # no person's data in a book
    shelf = client.get(SHELF)
    assert [(row["book"].label, row["book"].given) for row in shelf.context["books"]] == [("Thông báo", 2)]


def test_a_cancelled_number_says_why_and_who(house, enter):
    sent_back(house)
    (line,) = lines(enter(house.people[Role.CLERK]), place(house))
    assert (line.is_cancelled, line.reason, line.cancelled_by) == (True, "Sai họ tên.", "Cán bộ clerk")
    assert line.cancelled_at == clock.now()
    page = enter(house.people[Role.SIGNER]).get(BOOK, place(house)).content.decode()
    assert "<strong>hủy</strong>: Sai họ tên." in page
    PaperDraft.objects.update(dropped_seq=None)  # as rows of before
    (line,) = lines(enter(house.people[Role.CLERK]), place(house))
    assert line.cancelled_by == "Cán bộ clerk"


def test_whoever_ends_a_dossier_cancelled_what_was_on_its_way(house, enter):
    dossier = houses.submitted(house)
    fields = {"items": [{"paper_code": "TP1", "name": "Giấy tờ", "note": "mờ"}], "reason": "Ảnh mờ."}
    houses.signed(house, dossier, DraftKind.SUPPLEMENT_REQUEST, {**fields, "answer_by": houses.workday(5).isoformat()})
    row = houses.signed(house, dossier, DraftKind.INTAKE_REFUSAL, {"reason_code": "other", "reason": "Sai mẫu."})
    clerk = house.people[Role.RECEPTIONIST]
    desk.refuse(dossier_id=dossier.pk, by=clerk, draft_id=row.pk, item_id=row.handling_id)
    (line,) = lines(enter(house.people[Role.CLERK]), place(house, "guidance"))
    assert line.reason == "Hồ sơ kết thúc trước khi văn bản được ban hành."
    assert line.cancelled_by == "Cán bộ receptionist"


def test_a_gap_is_named(house, enter):
    houses.approved(house), houses.approved(house)
    PaperDraft.objects.filter(book_number=1).update(book="", book_year=None, book_number=None)
    page = enter(house.people[Role.CLERK]).get(BOOK, place(house))
    assert page.context["gaps"] == [1]
    assert "không có văn bản nào mang" in page.content.decode()


def test_papers_of_before_drafts_stand_in_their_book(house, enter):
    dossier = houses.received(house)
    Counter.objects.create(scope=house.ward.authority_code, kind="guidance", period=clock.today().year, last=1)
    form = {"name": "supplement_request", "number": f"01/{clock.today().year}/HDHS", "event_seq": 2}
    PrintedForm.objects.create(dossier=dossier, called_at=clock.now(), **form)
    (line,) = lines(enter(house.people[Role.CLERK]), place(house, "guidance"))
    assert (line.dossier_code, line.is_gap) == (dossier.code, False)


def test_results_notices_and_outgoing_papers_have_books_of_their_own(house, enter):
    houses.issued(house)
    houses.asked(house, houses.submitted(house))
    found = enter(house.people[Role.CLERK]).get(SHELF).context["books"]
    assert sorted(row["book"].kind for row in found) == ["guidance", "thong_bao"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.DESK_HEAD, Role.UNIT_HEAD, Role.SIGNER, Role.ADMINISTRATOR])
def test_who_may_read_the_book(house, enter, role):
    houses.approved(house)
    assert len(lines(enter(house.people[role]), place(house))) == 1
    stranger = enter(MembershipFactory(role=role, unit=UnitFactory(authority_code="H29.999")).user)
    assert stranger.get(BOOK, place(house)).status_code == 404
    assert stranger.get(CSV, place(house)).status_code == 404
    assert stranger.get(SHELF).context["books"] == []


def test_an_administrator_is_led_to_no_dossier(house, enter):
    dossier = houses.approved(house)
    page = enter(house.people[Role.ADMINISTRATOR]).get(BOOK, place(house)).content.decode()
    assert dossier.code in page
    assert f"/mot-cua/{dossier.pk}/" not in page


def test_successors_read_the_book_of_a_closed_unit(house, enter):
    houses.approved(house)
    heir = UnitFactory(name="UBND phường Kế Thừa", authority_code="H29.953")
    clerk = MembershipFactory(role=Role.CLERK, unit=heir).user
    assert enter(clerk).get(BOOK, place(house)).status_code == 404
    house.ward.successors.add(heir)
    (line,) = lines(enter(clerk), place(house))
    assert line.text == "01/TB-UBND"
    assert [row["book"].authority for row in enter(clerk).get(SHELF).context["books"]] == [house.ward.name]


@pytest.mark.parametrize(
    "wrong",
    [{"so": "dossier"}, {"so": "khong-co"}, {"nam": "2020"}, {"nam": "²"}, {"co_quan": "H29.9"}, {"nam": "9" * 40}],
)
def test_books_that_are_not_there(house, enter, wrong):
    houses.approved(house)
    assert enter(house.people[Role.CLERK]).get(BOOK, {**place(house), **wrong}).status_code == 404


def test_stretches_follow_each_other(house, enter, monkeypatch):
    monkeypatch.setattr(books, "STRETCH", 2)
    for _number in range(5):
        houses.approved(house)
    client = enter(house.people[Role.CLERK])
    page = client.get(BOOK, place(house))
    assert [row["line"].number for row in page.context["lines"]] == [5]
    back = client.get(page.context["prev_url"])
    assert [row["line"].number for row in back.context["lines"]] == [3, 4]
    assert [line.number for line in lines(client, place(house, tu=2, den=4))] == [2, 3, 4]
    for made_up in ({"tu": "x"}, {"tu": "9" * 9}, {"tu": 3, "den": 1}, {"den": "²"}):
        assert len(lines(client, place(house, **made_up))) == 1


def test_the_whole_book_as_csv(house, enter):
    houses.issued(house)
    sent_back(house)
    answer = enter(house.people[Role.CLERK]).get(CSV, place(house))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["Số, ký hiệu"] for row in rows] == ["01/TB-UBND", "02/TB-UBND"]
    assert [row["Trạng thái"] for row in rows] == ["đã ban hành", "hủy"]
    assert rows[1]["Hủy: người hủy"] == "Cán bộ clerk"


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_numbers(house, enter, django_assert_num_queries, count):
    for _number in range(count):
        houses.approved(house)
    client = enter(house.people[Role.CLERK])
    client.get(BOOK, place(house))
    with django_assert_num_queries(BOOK_QUERIES):
        assert len(lines(client, place(house))) == count


def test_years_lead_to_each_other(house, enter):
    houses.approved(house)
    Counter.objects.create(scope=house.ward.authority_code, kind="thong_bao", period="2025", last=3)
    page = enter(house.people[Role.CLERK]).get(SHELF, {"nam": "2025"})
    assert [row["year"] for row in page.context["years"]] == ["2026", "2025"]
    assert [row["book"].given for row in page.context["books"]] == [3]
    empty = enter(house.people[Role.CLERK]).get(SHELF, {"nam": "2024"})
    assert "Năm 2024 chưa có văn bản nào được cấp số." in empty.content.decode()


def test_a_number_on_its_way_stands_there_too(house, enter):
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    for role in (Role.UNIT_HEAD, Role.SIGNER):
        decision.approve(dossier_id=dossier.pk, by=house.people[role])
    (line,) = lines(enter(house.people[Role.CLERK]), place(house))
    assert line.state == DraftState.NUMBERED.label
