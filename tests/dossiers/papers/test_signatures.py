"""Outgoing papers name the office of who signs them, and keep their QR code out of the binding margin."""

from datetime import date

import pypdfium2 as pdfium
import pytest
import time_machine

from accounts.enums import Role
from dossiers import documents, signatures
from dossiers.enums import DraftKind
from dossiers.models.result import PrintedForm
from dossiers.services import submission
from portal.pdf import html_to_pdf, sheet_html
from tests import houses

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)
MILLIMETRE = 72 / 25.4


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield houses.make_house()


@pytest.mark.parametrize(
    ("role", "above"),
    [
        (Role.SIGNER, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (Role.UNIT_HEAD, ("TL. CHỦ TỊCH", "TRƯỞNG PHÒNG")),
        (Role.DESK_HEAD, ("UBND phường Mẫu",)),
    ],
)
def test_an_answer_says_in_which_office_it_is_signed(house, role, above):
    dossier = houses.assigned(house)
    signed = signatures.of_authority(dossier, house.people[role], DAY)
    assert (signed.above, signed.name) == (above, house.people[role].full_name)


def test_a_department_of_the_province_is_signed_for_by_its_director(house):
    house.ward.name = "Sở Văn hóa"
    house.ward.save()
    assert signatures.of_authority(houses.assigned(house), None, DAY).above == ("GIÁM ĐỐC",)


def test_the_code_stands_between_the_margins(house):
    dossier = houses.assigned(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Không cần nữa.")
    houses.let_withdraw(house, dossier, reason="Đang thẩm định.", answer="decline")
    form = PrintedForm.objects.get(dossier=dossier, name=DraftKind.WITHDRAWAL_ANSWER)
    page = pdfium.PdfDocument(html_to_pdf(sheet_html(documents.edition_of(form).template, _of(dossier))))[0]
    codes = [one for one in page.get_objects() if isinstance(one, pdfium.PdfImage)]
    assert [one.get_bounds()[0] >= 29 * MILLIMETRE for one in codes] == [True]


def _of(dossier):
    draft = dossier.paper_drafts.get(kind=DraftKind.WITHDRAWAL_ANSWER)
    return documents.of_draft(draft)
