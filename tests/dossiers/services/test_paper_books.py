"""Form 03 and answers of asked units bear a number of their book, whoever or whatever made them."""

import pytest
import time_machine
from django.template.loader import render_to_string

from dossiers import books, documents
from dossiers.enums import PrintedName
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.services import consulting, expiry, paper_drafts
from dossiers.services.proof import numbers
from tests import houses
from tests.dossiers.services import asking
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


def test_a_refusal_at_intake_bears_a_number_of_its_own_book():
    house = houses.make_house()
    dossier = houses.refuse(house, houses.submitted(house))
    form = PrintedForm.objects.get(dossier=dossier, name=PrintedName.REFUSAL)
    assert form.number == "01/2026/TCHS"
    row = PaperDraft.objects.get(dossier=dossier)
    assert (row.book, row.book_number) == (f"refusal:{house.ward.authority_code}", 1)


def test_form_03_of_the_clock_takes_the_next_number_of_that_book():
    house = houses.make_house()
    houses.refuse(house, houses.submitted(house))
    dossier = houses.asked(house, houses.assigned(house))
    with time_machine.travel(houses.WEDNESDAY_MORNING.replace(month=12, day=20), tick=False):
        assert expiry.expire_all() == 1
        form = PrintedForm.objects.get(dossier=dossier, name=PrintedName.REFUSAL)
        assert (form.number, form.book_number) == ("02/2026/TCHS", 2)
        sheet = render_to_string(documents.edition_of(form).template, documents.context(form))
        assert "Số: 02/2026/TCHS" in sheet
    assert list(numbers.gaps()) == []
    assert list(numbers.twice()) == []


def test_an_answer_is_numbered_by_the_unit_that_gives_it():
    house = asking.make_house()
    item = asking.ask(house, houses.assigned(house))
    item.unit.authority_code = "H29.77"
    item.unit.save()
    head = MembershipFactory(role="unit_head", unit=item.unit).user
    consulting.answer(item_id=item.pk, by=head, kind="agrees", text="")
    form = PrintedForm.objects.get(dossier=item.dossier, name="consultation_answer")
    assert (form.number, form.book) == ("01/2026/YK", "opinion:H29.77")
    own = books.BookYear("H29.77", "", "opinion", 2026, given=1)
    assert [(line.text, line.is_gap) for line in books.lines(own, 1, 9)] == [("01/2026/YK", False)]
    second = asking.ask(house, houses.assigned(house))
    consulting.submit_answer(item_id=second.pk, by=house.adviser, kind="agrees", text="")
    row = PaperDraft.objects.get(work_item=second)
    paper_drafts.sign(dossier_id=row.dossier_id, by=head, draft_id=row.pk)
    row.refresh_from_db()
    assert (row.number, row.book) == ("02/2026/YK", "opinion:H29.77")
    assert list(numbers.gaps()) == []
