"""What a unit that closes leaves here: targets stay as they were decided, open explanations and measures are its successors'."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.closing import ClosingLine, ClosingPart, ClosingPlan
from reporting.enums import RemedyState, ScopeKind, ShortfallState
from reporting.models import Remedy, Shortfall, Target

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


def _affairs(plan: ClosingPlan) -> list[ClosingLine]:
    """Explanations that are not accepted, and measures that are open."""
    units = list(plan.ends)
    explanations = Shortfall.objects.filter(unit_id__in=units).exclude(state=ShortfallState.ACCEPTED).count()
    measures = Remedy.objects.filter(unit_id__in=units, state=RemedyState.OPEN).count()
    found = [(_("giải trình chưa xong"), explanations), (_("biện pháp, việc đang làm"), measures)]
    return [ClosingLine(label, count) for label, count in found if count]


AFTER_FIGURES = ClosingPart(
    code="after_figures",
    label=gettext_lazy("Giải trình, biện pháp sau số liệu"),
    goes=gettext_lazy("Người đứng đầu đơn vị kế thừa gửi giải trình, làm tiếp; tên người đã làm giữ nguyên."),
    lines=_affairs,
)
