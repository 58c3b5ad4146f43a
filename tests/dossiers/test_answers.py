"""What a person's own data answer in a form."""

import pytest

from dossiers.answers import prefilled
from procedures import formspec
from tests.factories import PartyFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


def step(kind):
    field = {"key": "sinh", "label": "Ngày sinh", "kind": kind, "prefill": "party.birth_date"}
    return formspec.load({"steps": [{"key": "mot", "title": "Một", "fields": [field]}]}).step("mot")


@pytest.mark.parametrize(
    ("kind", "born", "answer"),
    [
        ("date", "1948-07-02", {"sinh": "1948-07-02"}),
        ("date", "1948-07", {}),
        ("date", "1948", {}),
        ("date", "", {}),
        ("partial_date", "1948-07", {"sinh": "1948-07"}),
        ("partial_date", "1948", {"sinh": "1948"}),
    ],
)
def test_a_part_of_a_birth_date_answers_only_a_question_that_takes_parts(kind, born, answer):
    user = UserFactory()
    PartyFactory(user=user, birth_date=born)
    assert prefilled(user, step(kind), {}) == answer
