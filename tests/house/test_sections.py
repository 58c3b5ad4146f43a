"""The registry of sections of the dossier's pages: whole, in order, each with its template, open to a new one."""

from collections import Counter

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from accounts.enums import Role
from dossiers import sections
from dossiers.citizen import page as citizen_page
from dossiers.desk import page as desk_page
from dossiers.reading import Page
from dossiers.sections import Side
from tests import houses
from tests.client import StrictClient
from tests.house.howto import module_of
from tests.house.source import ROOT, name, templates
from tests.house.test_templates import VIETNAMESE

DECLARED = [section for page in Page for section in sections.sections(page)]


def test_both_pages_declare_their_own():
    assert set(desk_page.SECTIONS) <= set(sections.sections(Page.DESK))
    assert set(citizen_page.SECTIONS) <= set(sections.sections(Page.CITIZEN))


def test_every_section_says_what_it_must():
    faults = []
    for section in DECLARED:
        if not VIETNAMESE.search(str(section.title)):
            faults.append(f"{section.code}: no Vietnamese title")
        if not (section.context.__doc__ or "").strip():
            faults.append(f"{section.code}: its builder does not say what it shows")
        if section.page == Page.CITIZEN and section.side != Side.MAIN:
            faults.append(f"{section.code}: the citizen's page has one column")
        try:
            get_template(section.template)
        except TemplateDoesNotExist:
            faults.append(f"{section.code}: no template {section.template}")
    assert not faults, faults


def test_no_two_sections_stand_at_the_same_number_or_share_an_anchor():
    places = Counter((section.page, section.side, section.order) for section in DECLARED)
    assert [place for place, times in places.items() if times > 1] == []
    anchors = Counter((section.page, section.anchor) for section in DECLARED if section.anchor)
    assert [anchor for anchor, times in anchors.items() if times > 1] == []


def test_every_template_of_a_section_is_declared():
    stored = {name(path) for path in templates() if path.parent.name == "sections"}
    declared = {f"templates/{section.template}" for section in DECLARED}
    assert stored - declared == set()


def test_pages_know_no_section_by_name():
    for page in Page:
        text = (ROOT / "templates" / "dossiers" / page.value / "dossier.html").read_text(encoding="utf-8")
        assert "/sections/" not in text


@pytest.mark.web
@pytest.mark.django_db
def test_how_to_add_a_dossier_section(tmp_path):
    house = houses.make_house()
    helped, alone = houses.submitted(house, is_assisted=True), houses.submitted(house)
    added = module_of("add-a-dossier-section", tmp_path)
    try:
        receptionist, head = (_enter(house.people[role]) for role in (Role.RECEPTIONIST, Role.DESK_HEAD))
        words = "Hồ sơ có người hỗ trợ nộp"
        page = receptionist.get(f"/mot-cua/{helped.pk}/").content.decode()
        assert words in page
        assert '<h2 class="visually-hidden">Người hỗ trợ</h2>' in page
        assert page.index("Chủ hồ sơ") < page.index(words) < page.index("Biểu mẫu")
        assert words not in receptionist.get(f"/mot-cua/{alone.pk}/").content.decode()
        assert words not in head.get(f"/mot-cua/{helped.pk}/").content.decode()
        with pytest.raises(ValueError, match="declared already"):
            sections.add(added.ASSISTED)
    finally:
        sections.SECTIONS.remove(added.ASSISTED.code)
    assert [section for page in Page for section in sections.sections(page)] == DECLARED


def _enter(user):
    client = StrictClient()
    client.force_login(user)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client
