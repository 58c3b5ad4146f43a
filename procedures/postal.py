"""What a post office may do for a desk: from which day its people accept or only prepare, and which procedures it takes.

The rule is law and stands in data/postal_rules.json; the lists are decisions of the locality and stand in PostalListing.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db.models import QuerySet

from accounts.queries import open_on
from portal import clock
from procedures.models import PostalListing

RULES = Path(__file__).resolve().parent / "data" / "postal_rules.json"


@dataclass(frozen=True, slots=True)
class PostalRule:
    """From a day on: whether the post's people accept a dossier themselves, and the text that says so."""

    valid_from: date
    accepts: bool
    basis: str


@cache
def rules() -> tuple[PostalRule, ...]:
    """All rules, the earliest first."""
    rows = json.loads(RULES.read_text())
    found = (PostalRule(date.fromisoformat(row["valid_from"]), row["accepts"], row["basis"]) for row in rows)
    return tuple(sorted(found, key=lambda rule: rule.valid_from))


def rule_on(day: date | None = None) -> PostalRule | None:
    """The rule of a day (today); None before there was one."""
    day = day or clock.today()
    return next((rule for rule in reversed(rules()) if rule.valid_from <= day), None)


def listings(day: date | None = None) -> "QuerySet[PostalListing]":
    """The lists in force on a day (today)."""
    return PostalListing.objects.filter(open_on(day or clock.today())).select_related("office", "desk", "procedure")


def listed(office_id: int, procedure_id: int, day: date | None = None) -> PostalListing | None:
    """The row by which an office takes a procedure; the newest when two overlap."""
    found = listings(day).filter(office_id=office_id, procedure_id=procedure_id)
    return found.order_by("-valid_from", "-pk").first()
