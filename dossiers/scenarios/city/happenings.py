"""What happens to the house itself in the demo city: a leave with its cover, an officer who leaves, a merger, messages that failed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from accounts.enums import ClosingRule, UnitKind
from accounts.models import Handover, Membership, OrgUnit, User
from accounts.services import closings as unit_closings
from accounts.services import covers, ends
from accounts.services.units import UnitFacts, create_unit
from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.scenarios.city.people import WardHouse
from dossiers.services import closings, untold
from dossiers.services import ends as work_ends
from integrations.channels.sms import CODE as SMS
from integrations.models import MessageState, OutboxMessage
from portal import clock
from procedures.models import OnlineOffering
from procedures.services import offer

NOT_REACHED = "Thuê bao không liên lạc được (cổng tin nhắn mẫu)."
LATELY = timedelta(days=10)
BASIS = "Nghị quyết mẫu về sắp xếp phường (hệ thống trình diễn)"
SINCE = date(2025, 7, 1)
MERGED = "p-ben-dinh-mau"


def leave(ward: WardHouse, moment: datetime, days: int) -> Iterator[datetime]:
    """An officer is on leave for some days, and a colleague stands in."""
    yield moment
    today = clock.today()
    away, cover = ward.members["officer_2"], ward.members["officer"]
    wanted = covers.Leave(away.pk, cover.pk, today, today + timedelta(days=days), "Nghỉ phép năm")
    covers.set_cover(by=ward.members["unit_head"], leave=wanted)


def departure(ward: WardHouse, administrator: User, moment: datetime) -> Iterator[datetime]:
    """An officer leaves: what lay with them in one department goes to a colleague, elsewhere back to the queue."""
    yield moment
    gone = ward.members["officer_3"]
    for place, row in enumerate(Membership.objects.filter(user=gone).order_by("pk")):
        successor = ward.members["officer"].pk if place == 0 else None
        ends.revoke_role(by=administrator, membership_id=row.pk, successor_id=successor)
    for order in Handover.objects.filter(user=gone, done_at=None).order_by("pk"):
        work_ends.move_all(order.pk)


def unreached(ward: WardHouse, moment: datetime, count: int) -> Iterator[datetime]:
    """The gateway says that the latest text messages about some dossiers did not arrive: the desk owes them a call."""
    yield moment
    here = Dossier.objects.filter(receiving_unit=ward.desk).exclude(state=State.RETURNED)
    sent = OutboxMessage.objects.filter(channel=SMS, kind__startswith=untold.KIND, created_at__gt=moment - LATELY)
    by_dossier = {untold.dossier_of(one): one.pk for one in sent.filter(state=MessageState.SENT).order_by("pk")}
    found = here.filter(pk__in=by_dossier).order_by("-pk").values_list("pk", flat=True)[:count]
    failed = OutboxMessage.objects.filter(pk__in=[by_dossier[pk] for pk in found])
    failed.update(state=MessageState.FAILED, last_error=NOT_REACHED, updated_at=clock.now())
    untold.take_up_all()


def small_ward(into: OrgUnit) -> OrgUnit:
    """A ward of the demo alone, which is merged into its neighbour; with desk, office and what they serve."""
    known = OrgUnit.objects.filter(code=MERGED).first()
    if known is not None:
        return known
    name = "phường Bến Đình (mẫu)"
    about = {"valid_from": SINCE, "is_sample_code": True, "place_code": into.place_code}
    unit = create_unit(
        by=None,
        code=MERGED,
        facts=UnitFacts(
            name=f"Ủy ban nhân dân {name}",
            kind=UnitKind.WARD,
            short_name="Phường Bến Đình (mẫu)",
            authority_code="H29.949",
            parent_id=into.parent_id,
            group_id=into.group_id,
            **about,
        ),
    )
    rooms = (
        ("ttpvhcc", "Trung tâm Phục vụ hành chính công", UnitKind.DESK),
        ("van-phong", "Văn phòng HĐND và UBND", UnitKind.DEPARTMENT),
        ("kinh-te", "Phòng Kinh tế, Hạ tầng và Đô thị", UnitKind.DEPARTMENT),
        ("van-xa", "Phòng Văn hóa - Xã hội", UnitKind.DEPARTMENT),
    )
    made = {}
    for place, (tail, title, kind) in enumerate(rooms, 1):
        facts = UnitFacts(
            name=f"{title} {name}",
            kind=kind,
            short_name=title,
            authority_code=f"H29.949.{place:02d}",
            parent_id=unit.pk,
            **about,
        )
        made[tail] = create_unit(by=None, code=f"{MERGED}-{tail}", facts=facts)
    tails = {row.pk: row.code.removeprefix(f"{into.code}-") for row in into.children.all()}
    for row in OnlineOffering.objects.filter(unit=into, valid_to=None).order_by("pk"):
        department = made.get(tails.get(row.department_id or 0, ""))
        offer(
            procedure_id=row.procedure_id,
            unit_id=unit.pk,
            level=row.level,
            valid_from=SINCE,
            department_id=department.pk if department else None,
            reason=row.reason,
            reason_note=row.reason_note,
            decided_by=row.decided_by,
        )
    return unit


def merger(unit: OrgUnit, into: OrgUnit, administrator: User, moment: datetime) -> Iterator[datetime]:
    """The small ward ends; the next morning its open dossiers follow to the neighbour."""
    yield moment
    facts = unit_closings.ClosingFacts(clock.today(), BASIS, ClosingRule.ONE, {"": into.pk})
    plan = unit_closings.prepare_closing(by=administrator, unit_id=unit.pk, facts=facts)
    unit_closings.order_closing(by=administrator, closing_id=plan.pk)
    yield clock.at(clock.today() + timedelta(days=1), datetime.min.time()) + timedelta(minutes=5)
    closings.follow_all(plan.pk)
