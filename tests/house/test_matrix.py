"""Every URL × every role × ownership, against the table in matrix.py."""

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.client import StrictClient
from tests.house.matrix import LOGIN, ROUTES, Route
from tests.house.world import EVERYBODY, make_world
from tests.weights import weight_of

# Rooms of libraries guard themselves; they are visited below without a table.
ENOUGH_PAGES = 100
LIBRARIES = ("tai-khoan/", "he-thong/")


def routes(resolver=None, prefix: str = "", namespace: str = ""):
    """(full name, path) of every route of the house."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith(LIBRARIES):
            continue
        if isinstance(entry, URLResolver):
            yield from routes(entry, path, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", path


def test_every_route_has_a_name_and_stands_in_the_table():
    found = dict(routes())
    assert "None" not in {name.rpartition(":")[2] for name in found}
    assert set(found) - set(ROUTES) == set(), "routes without a row in tests/house/matrix.py"
    assert set(ROUTES) - set(found) == set(), "rows without a route"


@pytest.mark.web
@pytest.mark.django_db
@pytest.mark.long
@pytest.mark.slow
def test_every_person_gets_what_the_table_says():
    world = make_world()
    wrong = []
    pages: dict[str, bytes] = {}
    for person in EVERYBODY:
        client = StrictClient(raise_request_exception=False)
        if person != "anonymous":
            client.force_login(world.people[person])
            session = client.session
            session["demo_person"] = True  # the second factor has tests of its own
            session.save()
        for name, rows in ROUTES.items():
            for row in rows if isinstance(rows, list) else [rows]:
                got = _ask(client, name, row, world, pages)
                if got != row.expected()[person]:
                    wrong.append(f"{row.method} {name} {person}: {got}, table says {row.expected()[person]}")
    assert wrong == [], "\n".join(wrong)
    weights = {name: weight_of(page) for name, page in pages.items()}
    assert len(weights) > ENOUGH_PAGES
    assert {name: weight for name, weight in weights.items() if weight.is_too_much} == {}


def _ask(client: StrictClient, name: str, row: Route, world, pages: dict[str, bytes]) -> int | str:
    """Ask within a savepoint that is rolled back, so that nobody's request changes what the next one finds.

    `pages`: takes up the longest page of each route.
    """
    with transaction.atomic():
        answer = getattr(client, row.method)(reverse(name, kwargs=row.args(world)), row.data)
        if answer.streaming:
            b"".join(answer.streaming_content)  # the test client ends the request with its last piece
        elif answer["Content-Type"].startswith("text/html") and len(answer.content) > len(pages.get(name, b"")):
            pages[name] = answer.content
        transaction.set_rollback(True)
    if answer.status_code == 302 and "/tai-khoan/login/" in answer["Location"]:
        return LOGIN
    return answer.status_code


@pytest.mark.web
@pytest.mark.django_db
def test_everybody_lands_on_a_page_of_theirs_after_signing_in():
    world = make_world()
    lost = {}
    for person, user in world.people.items():
        client = StrictClient(raise_request_exception=False)
        client.force_login(user)
        session = client.session
        session["demo_person"] = True
        session.save()
        status = client.get(reverse("accounts:onward"), follow=True).status_code
        if status != 200:
            lost[person] = status
    assert lost == {}


@pytest.mark.web
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["admin:index", "admin:integrations_outboxmessage_changelist"])
def test_the_administration_is_closed_to_all_but_superusers(name):
    world = make_world()
    for person in EVERYBODY:
        client = StrictClient(raise_request_exception=False)
        if person != "anonymous":
            client.force_login(world.people[person])
        assert client.get(reverse(name)).status_code in {302, 403, 404}, person
