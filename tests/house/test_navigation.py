"""The registry of the frame's entries: whole, shown to exactly those whom the page lets in, open to a new one."""

import re
from collections import Counter

import pytest
from django.urls import resolve, reverse

from accounts.enums import Role
from portal import navigation
from portal.navigation import Entry, MenuPlace, Visitor, Who
from tests.client import StrictClient
from tests.house.howto import module_of
from tests.house.source import ROOMS, ROOT, templates
from tests.house.test_templates import VIETNAMESE
from tests.house.world import EVERYBODY, make_world

ENTRIES = navigation.entries()


def test_every_entry_says_what_it_must():
    faults = []
    for entry in ENTRIES:
        if not VIETNAMESE.search(str(entry.label)):
            faults.append(f"{entry.url_name}: no Vietnamese label")
        if entry.roles - set(Role):
            faults.append(f"{entry.url_name}: unknown roles {sorted(entry.roles - set(Role))}")
        view = resolve(reverse(entry.url_name)).func
        guarded = getattr(view, "allowed_roles", frozenset())
        if entry.roles != guarded:
            faults.append(f"{entry.url_name}: shown to {sorted(entry.roles)}, its page lets in {sorted(guarded)}")
        is_public = not getattr(view, "login_required", True)
        if is_public == (entry.who == Who.SIGNED_IN) and not entry.roles:
            faults.append(f"{entry.url_name}: for {entry.who}, but its page is {'' if is_public else 'not '}public")
    assert not faults, faults


@pytest.mark.parametrize("place", MenuPlace)
def test_no_two_entries_of_a_place_stand_at_the_same_number(place):
    strangers = Counter((entry.order, entry.who) for entry in navigation.entries(place))
    assert [number for number, times in strangers.items() if times > 1] == []
    assert navigation.entries(place) != []


def test_landing_pages_are_ranked_and_everybody_lands_somewhere():
    ranks = [entry.landing for entry in ENTRIES if entry.landing is not None]
    assert len(ranks) == len(set(ranks))
    for role in Role:
        assert navigation.landing(Visitor(1, frozenset({role})))
    assert navigation.landing(Visitor()) == "procedures:home"
    assert navigation.landing(Visitor(1)) == "my:list"


@pytest.mark.django_db
def test_ones_own_affairs_stand_under_the_name_of_whoever_works_here():
    officer, citizen = Visitor(1, frozenset({Role.OFFICER})), Visitor(1)
    for who, menu, own in ((officer, False, True), (citizen, True, False), (Visitor(), False, False)):
        assert ("Hồ sơ của tôi" in [link["label"] for link in navigation.links(MenuPlace.MENU, who)]) == menu
        assert ("Hồ sơ của tôi" in [link["label"] for link in navigation.own_links(who)]) == own


def test_rooms_declare_their_own_pages_only():
    foreign = []
    for room in ROOMS:
        path = ROOT / room / "navigation.py"
        if room == "portal" or not path.exists():
            continue
        for name in re.findall(r'Entry\(\s*"([a-z_]+:[a-z_]+)"', path.read_text(encoding="utf-8")):
            owner = resolve(reverse(name)).func.__module__.split(".")[0]
            if owner != room:
                foreign.append(f"{room}/navigation.py: {name} belongs to {owner}")
    assert foreign == []


def test_the_frame_knows_no_room_by_name():
    frame = [path for path in templates() if path.parent.name == "layout" or path.name == "base.html"]
    frame.append(ROOT / "accounts" / "context_processors.py")
    named = re.compile(r"['\"](?:desk|my|procedures|reporting|vault):")
    assert [path.name for path in frame if named.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.web
@pytest.mark.django_db
@pytest.mark.slow
def test_every_entry_shown_to_a_person_opens_for_that_person():
    world = make_world()
    wrong = []
    for person in EVERYBODY:
        client = StrictClient(raise_request_exception=False)
        user = world.people.get(person)
        if user is not None:
            client.force_login(user)
            session = client.session
            session["demo_person"] = True
            session.save()
        frame = client.get(reverse("procedures:help")).context["layout"]
        shown = [*frame["nav"], *frame["foot"], *frame["account"], frame["search"]]
        for link in shown:
            status = client.get(link["url"]).status_code
            if status != 200:
                wrong.append(f"{person}: {link['label']} ({link['url']}) answers {status}")
    assert wrong == []


@pytest.mark.django_db
def test_how_to_add_a_menu_entry(tmp_path):
    administrator, officer = Visitor(1, frozenset({Role.ADMINISTRATOR})), Visitor(2, frozenset({Role.OFFICER}))
    added = module_of("add-a-menu-entry", tmp_path)
    try:
        labels = [link["label"] for link in navigation.links(MenuPlace.MENU, administrator, "/quan-tri/don-vi/them/")]
        assert labels.index("Quản trị") < labels.index("Đơn vị") < labels.index("Thông báo")
        (active,) = [
            link for link in navigation.links(MenuPlace.MENU, administrator, "/quan-tri/don-vi/them/") if link["active"]
        ]
        assert active["label"] == "Đơn vị"
        assert "Đơn vị" not in [link["label"] for link in navigation.links(MenuPlace.MENU, officer)]
        with pytest.raises(ValueError, match="declared already"):
            navigation.add(added.UNITS)
    finally:
        navigation.ENTRIES.remove(added.UNITS.code)
    assert navigation.entries() == ENTRIES


def test_an_entry_is_for_one_role_of_many_or_for_all():
    everybody, stranger, known = (Entry("x:y", "Chữ", 1, who) for who in (Who.EVERYBODY, Who.STRANGER, Who.SIGNED_IN))
    boards = Entry("x:y", "Chữ", 1, roles=frozenset({Role.SIGNER, Role.HOME_AFFAIRS}))
    assert [entry.is_for(Visitor()) for entry in (everybody, stranger, known, boards)] == [True, True, False, False]
    assert [entry.is_for(Visitor(1)) for entry in (everybody, stranger, known, boards)] == [True, False, True, False]
    assert boards.is_for(Visitor(1, frozenset({Role.SIGNER})))
