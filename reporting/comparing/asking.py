"""What the comparing pages are asked for: month, indicator, basis, units of then or of now."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.clock import Month
from reporting import queries
from reporting.asking import month_of, version_of, version_word
from reporting.enums import Basis, Organised
from reporting.indicators import INDICATORS, Declaration
from reporting.models import Run

BASES = (Basis.MONTH, Basis.CUMULATIVE)


@dataclass(frozen=True, slots=True)
class Comparing:
    """What was asked, with what is taken where nothing was; `mistake`: a sentence about what could not be read."""

    month: Month
    chosen: bool
    declared: Declaration
    basis: Basis
    organised: Organised
    mistake: str
    version: Run | None = None  # of a closed month, when one was asked for

    @property
    def as_now(self) -> bool:
        """Whether months are read by the units of today; what counts once in a scope cannot be added up so."""
        return self.organised == Organised.NOW and self.declared.additive

    def with_month(self, month: Month) -> str:
        """The same question about another month, as an address asks it; a version is one of its own month."""
        words = {
            "thang": str(month),
            "chi-so": self.declared.code,
            "cach": self.basis.value,
            "to-chuc": self.organised.value,
        }
        return urlencode(words | ({"ban": version_word(self.version)} if self.version and month == self.month else {}))

    @property
    def query(self) -> str:
        """The question as an address asks it."""
        return self.with_month(self.month)

    @property
    def previous(self) -> str:
        """The same about the month before."""
        return self.with_month(self.month.previous)

    @property
    def following(self) -> str:
        """The same about the month after."""
        return self.with_month(self.month.next)


def asked(request: HttpRequest) -> Comparing:
    """Read a request; words that are none are told, and the first choice is taken."""
    month, mistake = month_of(request)
    declared = INDICATORS[queries.known_indicator(request.GET.get("chi-so", ""))]
    basis, organised = request.GET.get("cach", ""), request.GET.get("to-chuc", "")
    if basis and basis not in BASES:
        mistake = mistake or _("Không có cách tính “%(text)s”. Hãy chọn trong danh sách.") % {"text": basis[:20]}
    if organised and organised not in Organised.values:
        mistake = mistake or _("Không có cách đọc đơn vị “%(text)s”. Hãy chọn trong danh sách.") % {
            "text": organised[:20]
        }
    return Comparing(
        month=month,
        chosen="thang" in request.GET and not mistake,
        declared=declared,
        basis=Basis(basis) if basis in BASES else Basis.CUMULATIVE,
        organised=Organised(organised) if organised in Organised.values else Organised.THEN,
        mistake=mistake,
        version=version_of(request, month),
    )
