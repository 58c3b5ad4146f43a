"""The ladder of warnings: which promises come near, whom that concerns, told once and bundled. Run by a task every ten minutes.

Two sweeps, row by row. The first looks at a clock that runs when its next rung is reached, under the dossier's lock, and writes one
row for each rung of a limit, which the database takes once. The second tells what was written, one notice a person and unit
however many dossiers are meant. Both may run twice at once and may be killed. A clock that stands is looked at by nobody;
when it goes on, its rungs are reckoned anew, and those that were told stay told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendars_for
from accounts.enums import Role, UnitKind
from accounts.models import Membership, OrgUnit, User
from accounts.queries import administering, colleagues, open_on, standing_for
from dossiers import lateness, rungs, supplement_days
from dossiers.enums import FINAL_STATES, Rung, State
from dossiers.events import Audience
from dossiers.models.clock import ClockSegment, ClockWarning
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import sweeping
from dossiers.staff_notices import StaffNotice, tell_staff
from portal import clock
from portal.sweeps import SWEEPS, RowSweep

log = structlog.get_logger(__name__)

BATCH = 500
NAMED = 10
ONE = _("Hồ sơ %(code)s: %(what)s")
SEVERAL = _("Cảnh báo hạn: %(count)s hồ sơ")
LINE = _("%(what)s: %(codes)s.")
AND_MORE = _("%(codes)s và %(count)s hồ sơ khác")
WHAT = {
    Rung.HALF: _("đã qua một nửa thời hạn"),
    Rung.MOST: _("đã qua 80 phần trăm thời hạn"),
    Rung.ASK: _("có kịp hạn không; nếu không, hãy soạn văn bản xin lỗi và hẹn lại"),
    Rung.LETTER: _("còn nợ văn bản xin lỗi, gửi sau lúc này là xin lỗi muộn"),
    Rung.DUE: _("đến hạn trả"),
    Rung.LATE: _("đã quá hạn trả"),
    Rung.SUPPLEMENT: _("hôm nay là ngày cuối nên yêu cầu bổ sung"),
    Rung.INTAKE: _("sắp hết 8 giờ tiếp nhận"),
}
# Who hears of which rung: whoever has the step; who leads there; home affairs.
HEADS_HEAR = frozenset(Rung) - {Rung.HALF, Rung.SUPPLEMENT}
HOME_HEARS = frozenset({Rung.LATE})
LEADS = {UnitKind.DESK: Role.DESK_HEAD, UnitKind.DEPARTMENT: Role.UNIT_HEAD}


@dataclass(slots=True)
class Heard:
    """What one person hears, as which audience, by rung."""

    audience: Audience
    codes: dict[Rung, list[Dossier]] = field(default_factory=lambda: defaultdict(list))


def warn_all() -> int:
    """Climb the ladder, then tell; gives how many clocks were looked at."""
    looked = LOOKING.run()
    TELLING.run()
    return looked


# ── climbing ─────────────────────────────────────────────────────────────────────────────────────


def _reached() -> QuerySet[ClockSegment]:
    return ClockSegment.objects.filter(ended_at__isnull=True, warn_at__lte=clock.now())


@transaction.atomic
def _look(segment_id: int) -> bool:
    """Note the rungs that a clock has reached, and when to look again; False when it stands or somebody acts on its dossier."""
    dossier = sweeping.free_dossier(ClockSegment.objects.filter(pk=segment_id).values("dossier_id"))
    row = _reached().filter(pk=segment_id).first()
    if dossier is None or row is None:
        return False
    stretches = list(ClockSegment.objects.filter(dossier=dossier).order_by("position"))
    calendar = calendars_for([row.calendar_unit_id])[row.calendar_unit_id]
    count, now = lateness.count_of(stretches, row.clock), clock.now()
    found = (
        [] if count is None else rungs.of_count(count, row.clock, calendar, last_to_ask=_last_to_ask(dossier, count))
    )
    if count is not None:
        _note(dossier, count.first, [one for one in found if one.at <= now])
    row.warn_at = min((one.at for one in found if one.at > now), default=None)
    by_rung = {one.rung: one.at for one in found}
    row.ask_at, row.letter_by = by_rung.get(Rung.ASK), by_rung.get(Rung.LETTER)
    row.save(update_fields=["warn_at", "ask_at", "letter_by"])
    return True


def _last_to_ask(dossier: Dossier, count: lateness.Count) -> date | None:
    """The last day on which a dossier should be asked for more; None when it is past, or the dossier has been asked."""
    if dossier.received_at is None or count.is_apology or dossier.supplements.exists():
        return None
    standing = calendars_for([dossier.competent_unit_id])[dossier.competent_unit_id]
    day = supplement_days.ask_until(clock.local(dossier.received_at).date(), standing)
    return day if day >= clock.today() else None


def _note(dossier: Dossier, first: int, reached: Iterable[rungs.RungAt]) -> None:
    """Write what is reached and not known yet; the loudest waits to be told, the others are passed over."""
    known = set(ClockWarning.objects.filter(dossier=dossier, count=first).values_list("rung", flat=True))
    new = [one for one in reached if one.rung not in known]
    if not new:
        return
    loudest, now = rungs.loudest(one.rung for one in new), clock.now()
    unit_id = _lies_in(dossier)
    ClockWarning.objects.bulk_create(
        ClockWarning(
            dossier=dossier,
            count=first,
            rung=one.rung,
            unit_id=unit_id,
            reached_at=one.at,
            noted_at=now,
            told_at=None if one.rung == loudest else now,
        )
        for one in new
    )


def _lies_in(dossier: Dossier) -> int:
    """The unit that has the dossier: that of its open step, else the one that handles it."""
    steps = WorkItem.objects.filter(dossier=dossier, closed_at__isnull=True, parent__isnull=True, position__gt=0)
    unit_id = steps.order_by("pk").values_list("unit_id", flat=True).first()
    return unit_id or dossier.department_id or dossier.competent_unit_id


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def _untold() -> QuerySet[ClockWarning]:
    return ClockWarning.objects.filter(told_at__isnull=True)


@transaction.atomic
def _tell(warning_id: int) -> bool:
    """Tell a unit's people all that waits to be told of it, in one notice each; False when that was done meanwhile."""
    unit_id = _untold().filter(pk=warning_id).values_list("unit_id", flat=True).first()
    if unit_id is None:
        return False
    locked = _untold().filter(unit_id=unit_id).select_for_update(of=("self",), skip_locked=True)
    batch = list(locked.select_related("dossier", "unit").order_by("pk")[:BATCH])
    if all(row.pk != warning_id for row in batch):
        return False
    now = clock.now()
    waiting = [row for row in batch if _still_concerns(row.dossier)]
    if waiting:
        _put(waiting[0].unit, waiting, key=f"clock:{unit_id}:{batch[-1].pk}")
    ClockWarning.objects.filter(pk__in=[row.pk for row in batch]).update(told_at=now)
    return True


def _still_concerns(dossier: Dossier) -> bool:
    """A clock that has been stopped meanwhile, or has ended, warns nobody."""
    return dossier.state not in {*FINAL_STATES, State.DONE} and dossier.clock_stopped_at is None


def _put(unit: OrgUnit, warnings: list[ClockWarning], *, key: str) -> None:
    holders = _holders(row.dossier_id for row in warnings)
    heard: dict[int, Heard] = {}
    people: dict[int, User] = {}
    leading: dict[int, list[User]] = {}  # by authority: a desk receives for several
    home = _home_affairs() if any(row.rung in HOME_HEARS for row in warnings) else []
    for row in warnings:
        rung = Rung(row.rung)
        holding = holders.get(row.dossier_id, [])
        hearing = [(Audience.HOLDER, holding)]
        if rung in HEADS_HEAR or not holding:
            authority = row.dossier.competent_unit_id
            if authority not in leading:
                leading[authority] = heads_of(unit, row.dossier)
            hearing.append((Audience.HEAD, leading[authority]))
        if rung in HOME_HEARS:
            hearing.append((Audience.HOME_AFFAIRS, home))
        for audience, group in hearing:
            for person in group:
                people[person.pk] = person
                told = heard.setdefault(person.pk, Heard(audience)).codes[rung]
                if row.dossier not in told:
                    told.append(row.dossier)
    for user_id, news in heard.items():
        tell_staff([people[user_id]], _notice(news, key=f"{key}:{user_id}"))


def _notice(heard: Heard, *, key: str) -> StaffNotice:
    found = [(rung, heard.codes[rung]) for rung in reversed(rungs.ORDER) if heard.codes.get(rung)]
    dossiers = {dossier.pk: dossier for _rung, group in found for dossier in group}
    lines = [str(LINE) % {"what": _what(rung), "codes": _codes(group)} for rung, group in found]
    if len(dossiers) == 1:
        (only,) = dossiers.values()
        subject = str(ONE) % {"code": _code(only), "what": _what(found[0][0])}
    else:
        subject = str(SEVERAL) % {"count": len(dossiers)}
    body = " ".join(line[:1].upper() + line[1:] for line in lines)
    return StaffNotice("work.clock", subject, body, _link(heard.audience, dossiers), key, heard.audience)


def _what(rung: Rung) -> str:
    return str(WHAT[rung])


def _code(dossier: Dossier) -> str:
    return dossier.code or dossier.reference


def _codes(group: list[Dossier]) -> str:
    named = ", ".join(_code(dossier) for dossier in group[:NAMED])
    return str(AND_MORE) % {"codes": named, "count": len(group) - NAMED} if len(group) > NAMED else named


def _link(audience: Audience, dossiers: Mapping[int, Dossier]) -> str:
    """Where the notice leads: home affairs opens no dossier."""
    if audience == Audience.HOME_AFFAIRS:
        return reverse("accounts:notices")
    if len(dossiers) == 1:
        return reverse("desk:dossier", args=list(dossiers))
    return reverse("desk:inbox")


def _holders(dossier_ids: Iterable[int]) -> dict[int, list[User]]:
    """Who has open steps of dossiers now, by dossier."""
    items = WorkItem.objects.filter(dossier_id__in=set(dossier_ids), closed_at__isnull=True, holder__isnull=False)
    found: dict[int, list[User]] = defaultdict(list)
    for item in items.filter(parent__isnull=True).select_related("holder").order_by("pk"):
        if item.holder is not None:
            found[item.dossier_id].append(item.holder)
    return found


def heads_of(unit: OrgUnit, dossier: Dossier, *, but: frozenset[int] = frozenset()) -> list[User]:
    """Who leads a unit, else who signs for the authority, else who appoints them; of closed units those that go on with them.

    `but`: people whose matter it is, and who therefore cannot answer it.
    """
    role = LEADS.get(UnitKind(unit.kind), Role.SIGNER)
    standing = standing_for([unit.pk, dossier.competent_unit_id])
    here = standing.get(unit.pk, unit.pk)
    authority = standing.get(dossier.competent_unit_id, dossier.competent_unit_id)
    for unit_id, leads in ((here, role), (authority, Role.SIGNER)):
        found = [person for person in colleagues([unit_id], [leads]) if person.pk not in but]
        if found:
            return found
    found = [row.user for row in administering(OrgUnit.objects.get(pk=here)) if row.user_id not in but]
    if not found:
        log.error("ladder.nobody_to_tell", unit=here)
    return found


def _home_affairs() -> list[User]:
    held = Membership.objects.filter(open_on(clock.today()), role=Role.HOME_AFFAIRS)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("pk"))


LOOKING = RowSweep(
    code="clocks_near",
    label=_("Theo dõi hạn của hồ sơ"),
    row=_("hồ sơ"),
    task="dossiers.tasks.warn_of_clocks",
    waiting=_reached,
    serve=_look,
    names=("dossier__code", "dossier__reference"),
)
TELLING = RowSweep(
    code="clock_warnings",
    label=_("Báo cảnh báo hạn cho cán bộ"),
    row=_("cảnh báo"),
    task="dossiers.tasks.warn_of_clocks",
    waiting=_untold,
    serve=_tell,
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(LOOKING)
SWEEPS.add(TELLING)
