"""Versions, groups and items of the index as reporting/data/index_766.json has them. Pure; read once a process."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from reporting.enums import Basis, ZeroRule
from reporting.indicators import INDICATORS

FILE = Path(__file__).parent.parent / "data" / "index_766.json"


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One item: what fraction it takes, and how many points it gives at most.

    `threshold`: the percentage from which on all points are given. `names`: what the national portal calls it.
    `distinct`: cases are procedures, each once in a scope, so that a whole is never the sum of its units.
    `may_exceed`: the numerator may be more than the denominator. `indicator`: the indicator that counts it here.
    """

    code: str
    group: str
    label: str
    maximum: Decimal
    numerator: str
    denominator: str
    threshold: Decimal = Decimal(100)
    basis: Basis = Basis.QUARTER
    names: tuple[str, ...] = ()
    indicator: str = ""
    distinct: bool = False
    may_exceed: bool = False
    basis_note: str = ""

    @property
    def zero(self) -> ZeroRule:
        """What it is worth without any case: as its indicator says; nought where none counts it here."""
        return INDICATORS[self.indicator].zero if self.indicator else ZeroRule.NOUGHT


@dataclass(frozen=True, slots=True)
class IndexGroup:
    """A group of items and its points at most."""

    code: str
    label: str
    maximum: Decimal
    items: tuple[IndexItem, ...]


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """The index as it holds for periods that begin on a day or later."""

    code: str
    valid_from: date
    decision: str
    note: str
    groups: tuple[IndexGroup, ...]

    @property
    def items(self) -> list[IndexItem]:
        """All items in their order."""
        return [item for group in self.groups for item in group.items]

    @property
    def maximum(self) -> Decimal:
        """Points of the whole at most."""
        return sum((group.maximum for group in self.groups), Decimal(0))

    def find(self, name: str) -> IndexItem | None:
        """The item of a code or of a name of the national portal."""
        return next((item for item in self.items if name == item.code or name in item.names), None)


@cache
def versions() -> tuple[IndexVersion, ...]:
    """All versions, oldest first."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    found = [_version(row, told["groups"], told["items"]) for row in told["versions"]]
    return tuple(sorted(found, key=lambda one: one.valid_from))


def version_on(day: date) -> IndexVersion | None:
    """The version in force on a day; None before there was an index."""
    return next((one for one in reversed(versions()) if one.valid_from <= day), None)


def _version(row: dict[str, str], groups: list[dict[str, str]], items: list[dict[str, Any]]) -> IndexVersion:
    held = [_item(one) for one in items if row["code"] in one.get("versions", [row["code"]])]
    return IndexVersion(
        code=row["code"],
        valid_from=date.fromisoformat(row["valid_from"]),
        decision=row["decision"],
        note=row["note"],
        groups=tuple(
            IndexGroup(
                code=group["code"],
                label=group["label"],
                maximum=Decimal(group["maximum"]),
                items=tuple(item for item in held if item.group == group["code"]),
            )
            for group in groups
        ),
    )


def _item(row: dict[str, Any]) -> IndexItem:
    told = {name: value for name, value in row.items() if name != "versions"}
    told |= {name: Decimal(told[name]) for name in ("maximum", "threshold") if name in told}
    return IndexItem(**told | {"names": tuple(told["names"])})
