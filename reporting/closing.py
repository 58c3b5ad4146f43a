"""Targets of a unit that closes: they stay as they were decided; new ones need a decision of their own."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.closing import ClosingLine, ClosingPart, ClosingPlan
from reporting.enums import ScopeKind
from reporting.models import Target

_OF_A_UNIT = (ScopeKind.UNIT, ScopeKind.DEPARTMENT)


def _lines(plan: ClosingPlan) -> list[ClosingLine]:
    """Targets for months that end after the unit."""
    later = Target.objects.filter(
        scope_kind__in=_OF_A_UNIT, scope_id__in=list(plan.ends), month_end__gt=plan.closing.last_day
    )
    total = later.values("indicator", "basis", "scope_id", "month_end").distinct().count()
    return [ClosingLine(_("chỉ tiêu"), total)] if total else []


TARGETS = ClosingPart(
    code="targets",
    label=gettext_lazy("Chỉ tiêu sau ngày kết thúc"),
    goes=gettext_lazy("Giữ nguyên như đã giao; giao cho đơn vị kế thừa bằng quyết định mới."),
    lines=_lines,
)
