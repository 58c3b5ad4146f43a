"""The demo city's live dossiers: each role finds work, the asked units too."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts import seeds
from dossiers.models.consultation import Consultation
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import consulting, paper_drafts
from tests.client import StrictClient

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.web]


def test_who_is_asked_in_the_demo_city_finds_the_question_and_answers(settings):
    settings.DEMO = True
    call_command("seed_demo", verbosity=0)
    cast = seeds.accounts_of_cast()
    asked = Consultation.objects.filter(work_item__closed_at=None).select_related("work_item__unit")
    found = {one.work_item.unit.code: one for one in asked}
    assert {code: one.silence_agrees for code, one in found.items()} == {
        "p-vung-tau-van-xa": False,
        "hcm-so-van-hoa": True,
    }
    for who, code in (("consulted", "p-vung-tau-van-xa"), ("consulted_heritage", "hcm-so-van-hoa")):
        client = StrictClient()
        client.force_login(cast[who])
        session = client.session
        session["demo_person"] = True
        session.save()
        page = reverse("desk:consultation", args=[found[code].pk])
        assert page in client.get(reverse("desk:inbox")).content.decode()
        assert client.get(page).status_code == 200
        sent = {"kind": "conditions", "text": "Giữ cây xanh trước nhà."}
        assert client.post(reverse("desk:answer_consultation", args=[found[code].pk]), sent).status_code == 302
    # the department has a head, who signs; the sở has none in the cast, and answers at once
    draft = PaperDraft.objects.get(work_item=found["p-vung-tau-van-xa"].pk)
    facts = {"dossier_id": draft.dossier_id, "by": cast["unit_head"], "draft_id": draft.pk}
    paper_drafts.sign(**facts, item_id=draft.handling_id)
    paper_drafts.make_file(draft_id=draft.pk)
    consulting.send_answer(item_id=draft.work_item_id, by=cast["consulted"])
    item = found["hcm-so-van-hoa"].work_item
    left = WorkItem.objects.filter(dossier_id=item.dossier_id, closed_at=None)
    assert [one.kind for one in left] == ["appraise"]
