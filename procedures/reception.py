"""For which authorities a desk may receive: its own, those of its province, or anywhere for listed procedures. Dated.

The scopes are law and stand in data/reception_rules.json with their day and basis; a list of procedures that are received
nationwide is filled in there once it is published.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from accounts.enums import UnitKind
from accounts.models import OrgUnit
from accounts.queries import ancestors
from portal import clock

RULES = Path(__file__).resolve().parent / "data" / "reception_rules.json"
OWN, PROVINCE = "own", "province"


@dataclass(frozen=True, slots=True)
class ReceptionRule:
    """From a day on: how far a desk's reception reaches, procedures received from anywhere, and the text that says so."""

    valid_from: date
    reach: str
    nationwide: frozenset[str]
    basis: str


@cache
def rules() -> tuple[ReceptionRule, ...]:
    """All rules, the earliest first."""
    rows = json.loads(RULES.read_text())
    found = (
        ReceptionRule(date.fromisoformat(row["valid_from"]), row["reach"], frozenset(row["nationwide"]), row["basis"])
        for row in rows
    )
    return tuple(sorted(found, key=lambda rule: rule.valid_from))


def rule_on(day: date | None = None) -> ReceptionRule:
    """The rule of a day (today)."""
    day = day or clock.today()
    return next((rule for rule in reversed(rules()) if rule.valid_from <= day), rules()[0])


def may_receive(desk: OrgUnit, competent: OrgUnit, procedure_code: str, day: date | None = None) -> bool:
    """Whether a desk may receive for an authority. Units with no province above them stand in none and are not kept apart."""
    own = desk.parent_id or desk.pk
    if own in {competent.pk, competent.parent_id}:
        return True
    rule = rule_on(day)
    if procedure_code in rule.nationwide:
        return True
    above = [row.pk for row in ancestors(competent)]
    if own in above:
        return True
    if rule.reach != PROVINCE:
        return False
    here, there = _province(desk), _province(competent)
    return here is None or there is None or here == there


def _province(unit: OrgUnit) -> int | None:
    return next((row.pk for row in ancestors(unit) if row.kind == UnitKind.PROVINCE), None)
