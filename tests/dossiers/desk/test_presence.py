"""Two people at one dossier: who else has it open, and what a stale act shows of what came between."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from accounts.enums import Role
from dossiers.models.event import DossierEvent
from dossiers.services import moving
from portal import clock
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]


@pytest.fixture(autouse=True)
def _nobody():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def lan(house):
    return MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Trần Thị Lan").user


def address(dossier):
    return f"/mot-cua/{dossier.pk}/"


def test_a_colleague_sees_who_has_it_open_and_it_fades(house, enter, lan):
    dossier = houses.assigned(house)
    first, second = enter(house.people[Role.OFFICER]), enter(lan)
    assert "đang mở hồ sơ này" not in first.get(address(dossier)).content.decode()
    page = second.get(address(dossier))
    assert page.context["others"] == [house.people[Role.OFFICER].full_name]
    assert "đang mở hồ sơ này" in page.content.decode()
    assert first.get(f"{address(dossier)}ai-dang-mo/").context["others"] == ["Trần Thị Lan"]
    with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):  # whose script fell silent is gone sooner
        assert second.get(f"{address(dossier)}ai-dang-mo/").context["others"] == []
    with time_machine.travel(clock.now() + timedelta(minutes=9), tick=False):
        assert first.get(address(dossier)).context["others"] == []
    assert not DossierEvent.objects.filter(dossier_id=dossier.pk, seq__gt=dossier.event_count).exists()


def test_who_may_not_see_the_dossier_learns_of_nobody_and_is_seen_by_nobody(house, enter):
    dossier = houses.assigned(house)
    stranger = MembershipFactory(role=Role.OFFICER, unit=UnitFactory(parent=UnitFactory())).user
    assert enter(stranger).get(f"{address(dossier)}ai-dang-mo/").status_code == 404
    assert enter(house.people[Role.OFFICER]).get(address(dossier)).context["others"] == []


def test_without_the_cache_the_page_is_as_ever(house, enter, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    page = enter(house.people[Role.OFFICER]).get(address(houses.assigned(house)))
    assert (page.status_code, page.context["others"]) == (200, [])


def test_a_stale_act_keeps_what_was_typed_and_shows_what_came_between(house, enter, lan):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    client, seen = enter(officer), dossier.version
    moving.release(dossier_id=dossier.pk, by=officer, reason="Bận họp buổi sáng.")
    moving.take(dossier_id=dossier.pk, by=lan)
    answer = client.post(f"{address(dossier)}viec/release/", {"version": seen, "reason": "Lý do tôi đã gõ."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Lý do tôi đã gõ." in page
    assert [(one["who"], one["words"]) for one in answer.context["changed"]] == [
        ("Trần Thị Lan", None),
        (officer.full_name, "Bận họp buổi sáng."),
    ]
    assert "Hồ sơ đã thay đổi từ lúc bạn mở trang" in page


def test_a_refusal_of_an_act_that_is_not_stale_shows_no_changes(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    answer = client.post(f"{address(dossier)}viec/release/", {"version": dossier.version, "reason": " "})
    assert (answer.status_code, answer.context["changed"]) == (400, [])
