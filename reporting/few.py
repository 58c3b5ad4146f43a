"""How few is too few for a figure: every guard against small numbers, with its number and its reason. No query.

Pages ask a guard, never a number of their own; the page of indicators shows them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.registry import Registry
from reporting.indicators.base import Text


@dataclass(frozen=True, slots=True)
class FewGuard:
    """What is not said of fewer than so many, and why. `number`: from how many on it is said."""

    code: str
    label: Text
    reason: Text
    number: Callable[[], int]

    @property
    def fewest(self) -> int:
        """From how many on it is said."""
        return self.number()

    def stops(self, count: int) -> bool:
        """Whether so few are too few; nought speaks of nobody and is never guarded."""
        return 0 < abs(count) < self.fewest


FEW_GUARDS: Final[Registry[FewGuard]] = Registry("guard against small numbers")


def _guard(code: str, label: Text, reason: Text, number: Callable[[], int]) -> FewGuard:
    return FEW_GUARDS.add(FewGuard(code, label, reason, number))


JUDGED: Final = _guard(
    "judged",
    _("đánh giá và xếp hạng đơn vị"),
    _(
        "Một hồ sơ trong ít hồ sơ đổi tỷ lệ nhiều điểm; khen, chê theo đó là theo ngẫu nhiên. Cơ quan đổi được con số này."
    ),
    lambda: settings.FEW_DOSSIERS,
)
SHARED: Final = _guard(
    "shared",
    _("tỷ lệ, điểm và số ngày của một nửa, chín phần mười hồ sơ"),
    _("Không đánh giá ai, chỉ mô tả, nên cần ít hơn; dưới đó thì một hồ sơ đã là hơn một phần mười."),
    lambda: 10,
)
TOLD: Final = _guard(
    "told",
    _("số liệu cho mọi người (trang công khai, dữ liệu mở)"),
    _("Ai sống ở đó có thể biết hồ sơ ấy của ai; năm là số các cơ quan thống kê hay dùng."),
    lambda: 5,
)
PEOPLE: Final = _guard(
    "people",
    _("số chung của cán bộ một đơn vị"),
    _("Của hai người thì trừ số của mình ra số của người kia."),
    lambda: 3,
)
EXPECTED: Final = _guard(
    "expected",
    _("hồ sơ có thể chưa vào hệ thống, so với số dự kiến của đơn vị"),
    _("Dự kiến vài hồ sơ thì thêm bớt vài hồ sơ là chuyện thường."),
    lambda: 20,
)
WATCHED: Final = _guard(
    "watched",
    _("cảnh báo một tài khoản nộp gần hết hồ sơ nộp hộ"),
    _("Vài hồ sơ của một người trong một ngày vắng khách chưa nói lên điều gì."),
    lambda: 10,
)
