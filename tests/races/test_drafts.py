"""Two connections on one draft: one dossier, one event, never more files than allowed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import drafts
from portal.errors import UserError
from tests.houses import draft, make_house
from tests.vault.samples import PDF
from vault.opening import TooLargeError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(act, count=4):
    def run(number):
        try:
            return act(number)
        except UserError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_send_at_once_makes_one_event():
    house = make_house()
    dossier = draft(house)
    results = at_once(
        lambda _number: drafts.send(dossier_id=dossier.pk, by=house.citizen, delivery="online", version=dossier.version)
    )
    assert {result.state for result in results} == {"submitted"}
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == 1


def test_start_at_once_makes_one_draft():
    house = make_house()
    results = at_once(
        lambda _number: drafts.start(account=house.citizen, procedure_id=house.procedure.pk, unit_id=house.ward.pk)
    )
    assert len({result.pk for result in results}) == 1
    assert Dossier.objects.count() == 1


def test_attach_at_once_never_passes_the_limit(settings):
    house = make_house()
    dossier = draft(house)
    settings.UPLOAD_MAX_DOSSIER = 2 * (len(PDF) + 1)
    results = at_once(
        lambda number: drafts.attach(
            dossier_id=dossier.pk,
            by=house.citizen,
            paper_code="TP1",
            upload=SimpleUploadedFile(f"{number}.pdf", PDF + str(number).encode()),
        )
    )
    assert sum(isinstance(result, TooLargeError) for result in results) == 2
    assert Attachment.objects.filter(dossier=dossier, file__isnull=False).count() == 2


def test_save_at_once_one_wins_the_other_is_told():
    house = make_house()
    dossier = draft(house)
    results = at_once(
        lambda number: drafts.save_step(
            dossier_id=dossier.pk,
            by=house.citizen,
            step_key="nguoi_yeu_cau",
            answers={"muc_dich": f"{number}"},
            version=0,
        ),
        count=2,
    )
    assert sorted(type(result).__name__ for result in results) == ["Dossier", "StaleError"]
