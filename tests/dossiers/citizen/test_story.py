"""A citizen's whole way: start, fill, attach, check, send, follow. The test client knows no JavaScript."""

import pytest
from django.urls import reverse

from dossiers.citizen.wizard import FILES, Wizard
from dossiers.enums import State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from procedures.enums import PaperForm
from tests import houses
from tests.dossiers.citizen.conftest import FULL, PDF, body, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def start(client, house):
    answer = client.post(reverse("my:start", args=[house.procedure.code]), {"unit": house.ward.pk})
    assert answer.status_code == 302
    return Dossier.objects.get()


def fill(client, dossier, **changes):
    url = reverse("my:step", args=[dossier.reference, "nguoi_yeu_cau"])
    dossier.refresh_from_db()
    return client.post(url, {**FULL, "version": dossier.version, **changes})


def test_story_file_and_follow(signed_in, house):
    assert signed_in.get(reverse("my:start", args=[house.procedure.code])).status_code == 200
    dossier = start(signed_in, house)
    assert dossier.receiving_unit == house.center
    step_url = reverse("my:step", args=[dossier.reference, "nguoi_yeu_cau"])
    assert signed_in.get(step_url).status_code == 200

    answer = fill(signed_in, dossier)
    assert answer.status_code == 302, answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.answers["ngay_sinh"] == "1990-01-02"
    assert set(dossier.answers["so_dinh_danh"]) == {"party"}
    assert "077090123456" not in str(dossier.answers)
    assert dossier.owner.full_name == "Nguyễn Văn Mẫu"

    files_url = reverse("my:files", args=[dossier.reference])
    assert answer.url == files_url
    assert signed_in.get(files_url).status_code == 200
    assert signed_in.post(files_url, {"paper": "TP1", "file": pdf()}).status_code == 302
    check_url = reverse("my:check", args=[dossier.reference])
    page = signed_in.get(check_url)
    assert page.status_code == 200
    text = page.content.decode()
    assert "giay-to.pdf" in text
    assert "•••••••••456" in text
    assert "077090123456" not in text

    dossier.refresh_from_db()
    data = {"delivery": "desk", "declared": "on", "version": dossier.version}
    sent = signed_in.post(reverse("my:submit", args=[dossier.reference]), data)
    assert sent.status_code == 302
    done = signed_in.get(sent.url)
    assert dossier.reference in done.content.decode()
    attachment = dossier.attachments.get()
    assert attachment.file.sha256[:8] in done.content.decode()

    # a second click, and the back button, change nothing
    again = signed_in.post(reverse("my:submit", args=[dossier.reference]), data)
    assert again.url == sent.url
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == 1
    assert signed_in.get(check_url).status_code == 302

    page = signed_in.get(reverse("my:dossier", args=[dossier.reference]))
    assert page.status_code == 200
    assert signed_in.get(reverse("my:list")).status_code == 200
    answer = signed_in.get(reverse("my:file", args=[dossier.reference, attachment.pk]))
    assert body(answer) == PDF


def test_submit_unfinished_draft_says_what_is_missing(signed_in, house):
    dossier = start(signed_in, house)
    data = {"delivery": "desk", "declared": "on", "version": dossier.version}
    answer = signed_in.post(reverse("my:submit", args=[dossier.reference]), data)
    assert answer.status_code == 400
    assert "Còn thiếu" in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.state == State.DRAFT


def test_papers_bear_no_tick_before_a_file_is_there_though_none_is_needed(house):
    def has_tick():
        wizard = Wizard(draft, house.citizen)
        wizard.missing_papers = []  # none is required
        return {page.key: page.done for page in wizard.pages()}[FILES]

    draft = houses.draft(house)
    draft.attachments.all().delete()
    assert has_tick() is False
    Attachment.objects.create(dossier=draft, paper_code="TP1", paper_name="Giấy tờ", form=PaperForm.E_COPY)
    assert has_tick() is True
