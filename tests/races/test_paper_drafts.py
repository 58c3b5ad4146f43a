"""Two at one draft: two signers, two makers of its file, a sender beside a maker. One paper, one number, no gap."""

import pytest

from accounts.enums import Role
from dossiers.enums import DraftKind, DraftState
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import paper_drafts
from portal.errors import NotNowError, StaleError
from tests import books, houses
from tests.races.test_two_at_once import at_once
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def _submitted(house):
    dossier = houses.assigned(house)
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Mờ."}
    words = {"items": [item], "reason": "Mờ.", "answer_by": houses.workday(5).isoformat()}
    officer = house.people[Role.OFFICER]
    kind = DraftKind.SUPPLEMENT_REQUEST
    row = paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=kind, fields=words)
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=row.pk)
    return dossier, row


def test_two_signers_at_once_give_one_number():
    house = houses.make_house()
    dossier, row = _submitted(house)
    head = house.people[Role.UNIT_HEAD]
    found = at_once(2, lambda _: paper_drafts.sign(dossier_id=dossier.pk, by=head, draft_id=row.pk))
    assert sum(isinstance(each, (NotNowError, StaleError)) for each in found) == 1
    row.refresh_from_db()
    assert (row.number, row.state) in {("01/2026/HDHS", DraftState.NUMBERED), ("01/2026/HDHS", DraftState.SIGNED)}
    books.assert_whole()


def test_two_makers_at_once_keep_one_file():
    house = houses.make_house()
    dossier, row = _submitted(house)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=row.pk)
    PaperDraft.objects.filter(pk=row.pk).update(state=DraftState.NUMBERED, file=None)
    before = StoredFile.objects.count()
    found = at_once(2, lambda _: paper_drafts.make_file(draft_id=row.pk, to_pdf=houses.quick_sheet))
    assert sorted(found) == [False, True]
    assert StoredFile.objects.count() == before + 1
