"""A certificate issued here is offered when another procedure asks for its kind, as long as it is valid."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from dossiers import result_papers
from portal import clock
from procedures import seeds
from tests.dossiers.citizen.conftest import replace_spec
from tests.dossiers.papers.paper import bearer, city, filed
from tests.factories import SPEC
from tests.houses import draft, make_house
from vault.enums import ItemKind
from vault.queries import reusable_for
from vault.services import deposit, store_bytes

pytestmark = pytest.mark.django_db
OWN = {"xac_nhan_hon_nhan": "nxn_dinh_danh", "khai_sinh": "nyc_dinh_danh"}


def kinds_asked_by(code):
    sheet = json.loads((seeds.FOLDER / f"{code}.json").read_text())
    return [paper["vault_kind"] for paper in sheet["revisions"][-1]["papers"] if paper.get("vault_kind")]


def kept(template, owner, issued_on, *, about=None):
    """Put the result of a dossier of `owner` into the vault, as the act of issuing does."""
    house = city()
    dossier = filed(house, template, {OWN[template]: {"party": (about or owner).pk}}, template=template, owner=owner)
    of = result_papers.template_for(dossier, day=issued_on)
    terms = result_papers.kept_as(dossier, of, result_papers.initial_fields(dossier, of), issued_on)
    return deposit(
        owner=owner,
        file=store_bytes(name="giay.pdf", mime="application/pdf", content=b"%PDF-1.7"),
        kind=ItemKind.RESULT,
        paper_kind=terms.paper_kind,
        title=of.title,
        issued_on=issued_on,
        expires_on=terms.expires_on,
    )


@pytest.fixture
def owner():
    return bearer("Trần Văn Mẫu Nam", "077089000102")


def test_marital_status_is_offered_for_a_marriage(owner):
    item = kept("xac_nhan_hon_nhan", owner, clock.today())
    assert list(reusable_for(owner, kinds_asked_by("1.000894"))) == [item]
    assert item.expires_on > clock.today() + timedelta(days=180)


def test_marital_status_is_not_offered_after_six_months(owner):
    kept("xac_nhan_hon_nhan", owner, clock.today() - timedelta(days=200))
    assert list(reusable_for(owner, kinds_asked_by("1.000894"))) == []


def test_somebody_elses_marital_status_is_not_offered(owner):
    kept("xac_nhan_hon_nhan", owner, clock.today(), about=bearer("Lê Thị Mẫu", "077196000103"))
    assert list(reusable_for(owner, kinds_asked_by("1.000894"))) == []


def test_a_birth_certificate_is_offered_for_monthly_support(owner):
    item = kept("khai_sinh", owner, clock.today())
    assert list(reusable_for(owner, kinds_asked_by("1.001776"))) == [item]


def test_the_page_offers_what_is_still_valid(client, owner):
    house = make_house()
    replace_spec(house, SPEC, vault_kind="xac_nhan_hon_nhan")
    dossier = draft(house)
    client.force_login(house.citizen)
    facts = {"owner": house.party, "kind": ItemKind.RESULT, "paper_kind": "xac_nhan_hon_nhan"}
    for title, expires in (("Giấy còn hạn", clock.today()), ("Giấy hết hạn", clock.today() - timedelta(days=1))):
        file = store_bytes(name="giay.pdf", mime="application/pdf", content=b"%PDF-1.7")
        deposit(file=file, title=title, issued_on=clock.today() - timedelta(days=190), expires_on=expires, **facts)
    shown = client.get(reverse("my:files", args=[dossier.reference])).content.decode()
    assert "Giấy còn hạn" in shown
    assert "Giấy hết hạn" not in shown
