"""Helpers: what a person of the desk does at a dossier's page, and what that page offers."""

from django.urls import reverse

from dossiers.desk.acts import ACTS
from dossiers.enums import DraftState
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from tests import houses


def address(dossier, action=None):
    return f"/mot-cua/{dossier.pk}/" + (f"viec/{action}/" if action else "")


def send(client, dossier, action, **facts):
    return client.post(address(dossier, action), {"version": dossier.version, **facts})


def write(client, dossier, kind="supplement_request", **facts):
    """Type a draft on its page and submit it to who signs."""
    url = reverse("desk:new_draft", args=[dossier.pk, kind])
    return client.post(url, {"version": dossier.version, "viec": "trinh", **facts})


def signed_and_made(enter, dossier, head):
    """The head signs on the draft's own page, the paper in view; a worker makes the file."""
    row = PaperDraft.objects.get(dossier=dossier, state=DraftState.SUBMITTED)
    client = enter(head)
    page = client.get(reverse("desk:draft", args=[dossier.pk, row.pk]))
    assert "DỰ THẢO" in page.content.decode()
    one = next(one for one in page.context["acts"] if one.act.code == "sign_draft")
    assert client.post(one.url, dict(one.hidden)).status_code == 302
    houses.made(dossier)
    return PaperDraft.objects.get(pk=row.pk)


def send_paper(enter, dossier, clerk, action="request_supplement"):
    """The desk sends the signed paper that its page offers."""
    client = enter(clerk)
    page = client.get(address(dossier))
    one = next(one for one in page.context["next_acts"] if one.act.code == action)
    return client.post(one.url, dict(one.hidden))


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def shown_acts(page):
    return [one.name for one in [*page.context["next_acts"], *page.context["other_acts"]]]


def begins(page):
    """Papers that the page offers to begin."""
    return [one["label"].removeprefix("Soạn: ") for one in page.context["next_papers"] if not one["is_next"]]


def offered(client, dossier, action):
    """Whether an act is offered: on the dossier's page, or beside the paper to which that page leads."""
    page = client.get(address(dossier))
    if not ACTS[action].is_beside_paper:
        return action in shown_acts(page)
    assert action not in shown_acts(page)  # nobody signs what they have not seen
    leads = [one["url"] for one in page.context["next_papers"] if one["label"].startswith(str(ACTS[action].label))]
    return any(action in [one.name for one in client.get(url).context["acts"]] for url in leads)
