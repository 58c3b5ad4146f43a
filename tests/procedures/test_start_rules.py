"""The registry of start rules: whole, dated, and open to a new one without touching anything else."""

from datetime import date

import pytest

from dossiers.models.clock import ClockSegment
from portal.errors import UserError
from procedures import services
from procedures.enums import ClockName
from procedures.models import LimitRule
from procedures.start_rules import START_RULES, Begins, Situation, choose
from tests.factories import RevisionFactory
from tests.house.howto import module_of
from tests.house.test_templates import VIETNAMESE

HERE = Situation(is_online=False, is_own_desk=True)
ELSEWHERE = Situation(is_online=False, is_own_desk=False)
ONLINE = Situation(is_online=True, is_own_desk=True)
ONLINE_ELSEWHERE = Situation(is_online=True, is_own_desk=False)


@pytest.mark.parametrize("rule", START_RULES, ids=lambda rule: rule.code)
def test_every_rule_says_what_it_must(rule):
    missing = []
    if not VIETNAMESE.search(str(rule.label)):
        missing.append("a Vietnamese label")
    if "Đ. " not in str(rule.law):
        missing.append("the article of law")
    for column in (ClockSegment._meta.get_field("start_rule"), LimitRule._meta.get_field("start_rule")):
        if len(rule.code) > column.max_length:
            missing.append("a code that fits the column")
    if (rule.clock == ClockName.ACCEPT) != (rule.begins == Begins.SUBMITTED):
        missing.append("an act its clock begins with")
    if not any(rule.fits(facts) for facts in (HERE, ELSEWHERE, ONLINE, ONLINE_ELSEWHERE)):
        missing.append("a dossier it fits")
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        missing.append("days in order")
    assert not missing, missing


@pytest.mark.parametrize("clock", ClockName)
def test_some_rule_always_holds(clock):
    for day in (date(2020, 5, 22), date(2026, 8, 4), date(2026, 8, 5), date(2040, 1, 1)):
        assert choose(clock, ONLINE, day).clock == clock


@pytest.mark.parametrize(
    ("facts", "day", "code"),
    [
        (HERE, date(2026, 8, 5), "own_desk"),
        (ELSEWHERE, date(2026, 8, 4), "own_desk"),
        (ELSEWHERE, date(2026, 8, 5), "other_authority"),
        (ONLINE, date(2026, 8, 5), "own_desk"),
    ],
)
def test_the_law_of_the_day_decides(facts, day, code):
    assert choose(ClockName.MAIN, facts, day).code == code


def test_a_named_rule_is_taken_once_it_is_in_force():
    assert choose(ClockName.MAIN, HERE, date(2026, 8, 5), wanted="other_authority").code == "other_authority"
    assert choose(ClockName.MAIN, HERE, date(2026, 8, 4), wanted="other_authority").code == "own_desk"
    assert choose(ClockName.MAIN, HERE, date(2026, 8, 5), wanted="online_receipt").code == "own_desk"


def test_nothing_in_force_is_said():
    with pytest.raises(LookupError, match="no start rule"):
        choose(ClockName.ACCEPT, ONLINE, date(2010, 1, 1))
    with pytest.raises(LookupError, match="'gone'"):
        START_RULES["gone"]


@pytest.mark.django_db
def test_publishing_refuses_a_rule_nobody_declared():
    revision = RevisionFactory(parts=False)
    revision.limits.update(start_rule="gone")
    with pytest.raises(UserError, match="gone"):
        services.publish(revision_id=revision.pk)
    revision.limits.update(start_rule="other_authority")
    assert services.publish(revision_id=revision.pk).state == "published"


def test_a_new_rule_is_one_declaration(tmp_path):
    rule = module_of("add-a-start-rule", tmp_path).BY_THE_COMPETENT
    try:
        test_every_rule_says_what_it_must(rule)
        assert choose(ClockName.MAIN, HERE, date(2029, 12, 31)).code == "own_desk"
        assert choose(ClockName.MAIN, HERE, date(2030, 1, 1)) is rule
        assert choose(ClockName.MAIN, ONLINE, date(2030, 1, 1)).code == "own_desk"
    finally:
        START_RULES.remove(rule.code)
