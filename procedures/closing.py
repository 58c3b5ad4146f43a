"""Offerings of a unit that closes: they end with it. What nobody goes on offering is named before."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.closing import REST, ClosingLine, ClosingPart, ClosingPlan
from procedures.models import OnlineOffering, PostalListing
from procedures.services import offer


def _ending(plan: ClosingPlan) -> QuerySet[OnlineOffering]:
    """Offerings of the units that close which would go on after their last day."""
    last_day = plan.closing.last_day
    after = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
    return OnlineOffering.objects.filter(after, unit_id__in=list(plan.ends), valid_from__lte=last_day)


def _lines(plan: ClosingPlan) -> list[ClosingLine]:
    """For each successor the procedures that it offers too; last those that no successor offers."""
    procedures = set(_ending(plan).values_list("procedure_id", flat=True))
    found, rest = [], set(procedures)
    for successor in dict.fromkeys(plan.shares.values()):
        theirs = OnlineOffering.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=plan.first_day),
            unit_id=successor.pk,
            procedure_id__in=procedures,
            valid_from__lte=plan.first_day,
        )
        offered = set(theirs.values_list("procedure_id", flat=True))
        rest -= offered
        if offered:
            found.append(ClosingLine(_("thủ tục"), len(offered), successor))
    return [*found, ClosingLine(_("thủ tục"), len(rest))] if rest else found


def _handled(plan: ClosingPlan) -> QuerySet[OnlineOffering]:
    """Offerings of units that stay, handled by a department that closes."""
    after = Q(valid_to__isnull=True) | Q(valid_to__gte=plan.first_day)
    rows = OnlineOffering.objects.filter(after, department_id__in=list(plan.ends), valid_from__lte=plan.first_day)
    return rows.exclude(unit_id__in=list(plan.ends)).order_by("pk")


def _handled_lines(plan: ClosingPlan) -> list[ClosingLine]:
    total = _handled(plan).count()
    return [ClosingLine(_("thủ tục"), total, plan.successor(REST))] if total else []


def _end(plan: ClosingPlan) -> None:
    _ending(plan).update(valid_to=plan.closing.last_day)


def _hand_on(plan: ClosingPlan) -> None:
    """From the first day on another department handles them."""
    successor = plan.successor(REST)
    for row in _handled(plan) if successor is not None else ():
        offer(
            procedure_id=row.procedure_id,
            unit_id=row.unit_id,
            level=row.level,
            valid_from=max(plan.first_day, row.valid_from),
            valid_to=row.valid_to,
            department_id=plan.place(row.department_id, successor).pk,
            reason=row.reason,
            reason_note=row.reason_note,
            decided_by=plan.closing.basis,
        )


def _listed(plan: ClosingPlan) -> QuerySet[PostalListing]:
    """Lists of the post that name a unit that ends, and would go on after its last day."""
    last_day, ends = plan.closing.last_day, list(plan.ends)
    after = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
    rows = PostalListing.objects.filter(after, Q(office_id__in=ends) | Q(desk_id__in=ends), valid_from__lte=last_day)
    return rows.order_by("pk")


def _listed_lines(plan: ClosingPlan) -> list[ClosingLine]:
    total = _listed(plan).count()
    return [ClosingLine(_("thủ tục"), total, plan.successor(REST))] if total else []


def _list_on(plan: ClosingPlan) -> None:
    """The lists end with the unit; who goes on with it takes the same from the next day on."""
    successor = plan.successor(REST)
    for row in list(_listed(plan)):
        until = row.valid_to
        row.valid_to = max(plan.closing.last_day, row.valid_from)
        row.save(update_fields=["valid_to", "updated_at"])
        if successor is None:
            continue
        office = plan.place(row.office_id, successor) if row.office_id in plan.ends else row.office
        desk = plan.place(row.desk_id, successor) if row.desk_id in plan.ends else row.desk
        PostalListing.objects.get_or_create(
            office=office,
            procedure_id=row.procedure_id,
            valid_from=plan.first_day,
            defaults={"desk": desk, "valid_to": until, "decision": plan.closing.basis[:200]},
        )


POSTAL = ClosingPart(
    code="postal_listings",
    label=gettext_lazy("Danh mục nhận qua bưu điện"),
    goes=gettext_lazy("Kết thúc cùng đơn vị; đơn vị kế thừa nhận tiếp từ ngày hôm sau."),
    lines=_listed_lines,
    begin=_list_on,
)
OFFERINGS = ClosingPart(
    code="offerings",
    label=gettext_lazy("Thủ tục đang cung cấp"),
    goes=gettext_lazy("Kết thúc cùng đơn vị; đơn vị kế thừa nhận hồ sơ mới theo danh mục của mình."),
    lines=_lines,
    begin=_end,
)
HANDLED = ClosingPart(
    code="handled_offerings",
    label=gettext_lazy("Thủ tục do phòng này thụ lý"),
    goes=gettext_lazy("Phòng kế thừa thụ lý từ ngày hôm sau."),
    lines=_handled_lines,
    must_go=True,
    begin=_hand_on,
)
