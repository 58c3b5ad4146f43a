"""From which moment a clock of a dossier runs: one declaration for each rule of law, dated.

A new rule is one `START_RULES.add(StartRule(...))` and one test; see docs/how-to/add-a-start-rule.md. Asked by dossiers
when a clock starts; a limit row of a procedure may name a rule of its own. Pure: the rules see the facts in `Situation`
and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.registry import Registry
from procedures.enums import ClockName


class Begins(StrEnum):
    """The act with which a clock begins to run."""

    SUBMITTED = "submitted"  # the system has the online submission
    RECEIVED = "received"  # the desk has received it complete and correct
    FORWARDED = "forwarded"  # the competent authority gets it from the desk


@dataclass(frozen=True, slots=True)
class Situation:
    """What a rule may ask about a dossier."""

    is_online: bool
    is_own_desk: bool  # received at the desk that works for the competent authority


@dataclass(frozen=True, slots=True)
class StartRule:
    """One rule: its words, its source, since when it holds, for which clock, and with which act that clock begins."""

    code: str  # stored in clock segments and limit rows: never rename
    label: Promise
    law: Promise
    valid_from: date
    clock: ClockName
    begins: Begins
    fits: Callable[[Situation], bool]
    use_cutoff: bool = True  # counted from the next opening when it came at or after the calendar's cut-off
    valid_to: date | None = None

    def in_force(self, day: date) -> bool:
        """Tell whether the rule holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


START_RULES: Registry[StartRule] = Registry("start rule")


def choose(clock: ClockName, situation: Situation, day: date, *, wanted: str = "") -> StartRule:
    """The rule for a clock on a day: the one the procedure names, else the youngest in force that fits.

    A named rule that is not in force on that day is passed over. Raises LookupError when nothing is in force.
    """
    rules = [rule for rule in START_RULES if rule.clock == clock and rule.in_force(day)]
    named = next((rule for rule in rules if rule.code == wanted), None)
    fitting = [rule for rule in rules if rule.fits(situation)]
    if named is None and not fitting:
        raise LookupError(f"no start rule of the clock {clock} is in force on {day}")
    return named or max(fitting, key=lambda rule: rule.valid_from)


ONLINE_RECEIPT = START_RULES.add(
    StartRule(
        code="online_receipt",
        label=_("từ khi hệ thống nhận hồ sơ nộp trực tuyến"),
        law=_("NĐ 45/2020/NĐ-CP Đ. 11; NĐ 118/2025/NĐ-CP Đ. 17.2"),
        valid_from=date(2020, 5, 22),
        clock=ClockName.ACCEPT,
        begins=Begins.SUBMITTED,
        fits=lambda facts: facts.is_online,
        use_cutoff=False,
    )
)
OWN_DESK = START_RULES.add(
    StartRule(
        code="own_desk",
        label=_("từ khi Bộ phận Một cửa tiếp nhận đủ hồ sơ hợp lệ"),
        law=_("NĐ 61/2018/NĐ-CP Đ. 17; NĐ 118/2025/NĐ-CP Đ. 17.3"),
        valid_from=date(2018, 6, 21),
        clock=ClockName.MAIN,
        begins=Begins.RECEIVED,
        fits=lambda _facts: True,
    )
)
OTHER_AUTHORITY = START_RULES.add(
    StartRule(
        code="other_authority",
        label=_("từ khi cơ quan có thẩm quyền nhận được hồ sơ do nơi khác tiếp nhận"),
        law=_("NĐ 118/2025/NĐ-CP Đ. 17.3, sửa đổi bởi NĐ 309/2026/NĐ-CP"),
        valid_from=date(2026, 8, 5),
        clock=ClockName.MAIN,
        begins=Begins.FORWARDED,
        fits=lambda facts: not facts.is_own_desk,
    )
)
