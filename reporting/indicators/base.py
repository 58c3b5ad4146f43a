"""What an indicator declares. No SQL runs here; the indicators are the modules beside this one.

An indicator counts rows of one pass (reporting.indicators.passes): which of them at all, which of those are hits, how many
or how much. The snapshot counts these rows and the list behind a number shows them: the two cannot disagree.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.registry import Registry
from procedures.enums import ONLINE_LEVELS, Channel
from reporting.enums import Basis, Direction, Family, FinishKind, Measure, Part, ZeroRule

Text = str | Promise


class Source(StrEnum):
    """Where a figure comes from."""

    LEDGER = "ledger"
    OFFERINGS = "offerings"


SOURCE_NAMES: Final[dict[Source, Text]] = {
    Source.LEDGER: _("sổ sự kiện hồ sơ"),
    Source.OFFERINGS: _("danh mục dịch vụ công trực tuyến theo ngày hiệu lực"),
}


class Pass(StrEnum):
    """Rows that are read once for all indicators that ask about the same dates."""

    RECEIVED = "received"  # dossiers by the day of their reception
    HANDLED = "handled"  # dossiers by the day they ended, and those that are open at the period's end
    FILED = "filed"  # dossiers by the day they were sent or brought
    ANSWERS = "answers"  # online submissions by the day an answer was due
    OFFERED = "offered"  # services, once for each basis in which they were offered
    USED = "used"  # the online dossiers of those services: lists only


DOSSIER: Final[Text] = _("hồ sơ")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One indicator.

    `counted` and `hit` are conditions on the rows of its pass: which rows it counts at all, and which of those are hits.
    `amount` and `whole`: what numerator and denominator add up of each row; one row counts one unless said otherwise.
    `key`: a column that counts once in a scope, however many rows have it. `of_whole`: every scope is held against all
    cases of the whole. `waits_for`: columns of the facts no act writes yet, or tables that do not exist; until then nothing
    is counted. `cases`: none when not even the rows exist. `watched`: a column whose one value should not make up most hits.
    """

    code: str  # stored with every figure, stands in addresses; at most 24 signs, for ever
    codes: tuple[str, ...]  # docs/law.md, figures
    family: Family
    label: Text
    short_name: Text
    formula: Text
    numerator: Text
    denominator: Text
    cases: Pass | None
    sources: tuple[Source, ...] = (Source.LEDGER,)
    noun: Text = DOSSIER  # what a case is
    counted: str = "TRUE"
    hit: str = "TRUE"
    amount: str = "1"
    whole: str = "1"
    key: str = ""
    of_whole: bool = False
    bases: tuple[Basis, ...] = tuple(Basis)
    measure: Measure = Measure.RATIO
    direction: Direction = Direction.HIGHER
    zero: ZeroRule = ZeroRule.NOTHING
    places: int = 1  # decimals people see; inside everything is exact
    internal: bool = False  # dossiers between authorities instead of the public's
    of_officers: bool = False  # counted for each officer too
    is_public: bool = True  # on the page for everybody
    is_main: bool = False  # among the tabs of a board
    watched: str = ""
    waits_for: tuple[str, ...] = ()
    version: int = 1

    @property
    def additive(self) -> bool:
        """Whether a scope's figure is the sum of its units'; otherwise cases are distinct in each scope."""
        return not self.key

    @property
    def has_source(self) -> bool:
        """Whether acts write what it counts."""
        return not self.waits_for

    @property
    def sums(self) -> bool:
        """Whether its number is an amount and not a number of cases."""
        return self.amount != "1" or self.whole != "1"

    @property
    def lower_is_better(self) -> bool:
        """Whether a target is a limit."""
        return self.direction == Direction.LOWER


ONLINE: Final = f"channel = {int(Channel.ONLINE)}"
LEVELS: Final = ", ".join(str(int(level)) for level in sorted(ONLINE_LEVELS))
DECIDED: Final = f"finish_kind IN ('{FinishKind.GRANTED}', '{FinishKind.REFUSED}')"  # of the pass HANDLED
INDICATORS: Final[Registry[Declaration]] = Registry("indicator")
BITS: Final = {basis: 1 << place for place, basis in enumerate(Basis)}


def counted_ones() -> list[Declaration]:
    """Indicators with a source, in their order: what boards and counts know."""
    return [one for one in INDICATORS if one.has_source]


def aimed_at() -> list[Declaration]:
    """Indicators a target can be set for: shares, also those whose source comes later."""
    return [one for one in INDICATORS if one.measure == Measure.RATIO]


def of_pass(rows: Pass) -> list[Declaration]:
    """Indicators counted in one pass."""
    return [one for one in counted_ones() if one.cases == rows]


def within(basis: str) -> str:
    """The condition that a row lies in the days of a basis."""
    return f"bases & {BITS[Basis(basis)]} <> 0"


def counted_of(declared: Declaration) -> str:
    """Which rows of its pass an indicator counts at all."""
    return f"{'' if declared.internal else 'NOT '}is_internal AND ({declared.counted})"


def hit_of(declared: Declaration, part: str) -> str:
    """The condition on counted rows for one part of the fraction; what is not known is no hit."""
    return {Part.NUMERATOR: f"({declared.hit})", Part.DENOMINATOR: "TRUE", Part.REST: f"({declared.hit}) IS NOT TRUE"}[
        Part(part)
    ]


def part_of(declared: Declaration, basis: str, part: str) -> str:
    """The condition on a pass's rows for one part of an indicator's fraction."""
    return f"{counted_of(declared)} AND {within(basis)} AND {hit_of(declared, part)}"


def amount_of(declared: Declaration, part: str) -> str:
    """What a row adds to one part of the fraction."""
    return declared.amount if part == Part.NUMERATOR else declared.whole
