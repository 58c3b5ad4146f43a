"""docs/how-to/add-a-field-kind.md is true: its module alone adds a kind that is filled, checked, shown and printed."""

import pytest

from procedures.fieldkinds import KINDS
from tests.house.fieldkinds import lacks
from tests.house.howto import module_of
from tests.procedures.kinds import filled, kept, printed, shown

pytestmark = pytest.mark.unit


@pytest.fixture
def time(tmp_path):
    kind = KINDS.add(module_of("add-a-field-kind", tmp_path).TimeOfDay())
    yield kind
    KINDS.remove(kind.code)


def test_the_module_of_the_page_is_a_whole_kind(time):
    assert lacks(time) == ["row in docs/form-specs.md"]
    for example in time.examples:
        form = filled(time, example.typed)
        assert form.is_valid(), form.error_list()
        assert kept(time, form) == example.stored
        assert (shown(time, example.stored), printed(time, example.stored)) == (example.shown, example.printed)
    for refusal in time.refusals:
        assert refusal.sentence in filled(time, refusal.typed).error_list()[0]["text"]


def test_its_option_is_checked_and_works(time):
    assert filled(time, "7:00", whole_hours=True).is_valid()
    assert "giờ chẵn" in filled(time, "7:30", whole_hours=True).error_list()[0]["text"]
    with pytest.raises(ValueError, match="whole_hours"):
        filled(time, "7:30", whole_hours="maybe")
