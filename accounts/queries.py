"""Questions about people and units that screens and other rooms ask."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection
from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from accounts.enums import HEAD_ROLES, WORK_ROLES, Role, UnitKind
from accounts.models import Handover, LeaveCover, Membership, OrgUnit, Party, PersonalDataRead, Place, User
from integrations.models import Notice, OutboxMessage
from integrations.registry import mailbox_channels, user_address
from portal import clock, rows
from portal.sealing import blind_index

STANDING_FOR = """
    WITH RECURSIVE heir(origin, id, depth) AS (
        SELECT id, id, 0 FROM accounts_orgunit WHERE id = ANY(%(units)s)
        UNION ALL
        SELECT heir.origin, s.to_orgunit_id, depth + 1
        FROM heir JOIN accounts_orgunit u ON u.id = heir.id JOIN accounts_orgunit_successors s ON s.from_orgunit_id = u.id
        WHERE u.valid_to < %(day)s AND depth < 10
    )
    SELECT DISTINCT ON (origin) origin, heir.id
    FROM heir JOIN accounts_orgunit u ON u.id = heir.id
    ORDER BY origin, (valid_from <= %(day)s AND coalesce(valid_to >= %(day)s, true)) DESC, depth, sort_order, heir.id
"""
BELOW_AUTHORITY = frozenset({UnitKind.DEPARTMENT, UnitKind.DESK, UnitKind.POST})


def open_on(day: date, of: str = "") -> Q:
    """Filter for dated rows that are valid on `day`; `of` names the relation whose dates are meant (`unit__`)."""
    begun, for_ever, not_over = (
        {f"{of}valid_from__lte": day},
        {f"{of}valid_to__isnull": True},
        {f"{of}valid_to__gte": day},
    )
    return Q(**begun) & (Q(**for_ever) | Q(**not_over))


def memberships_of(user: User, day: date | None = None) -> QuerySet[Membership]:
    """Roles of a person that are in force on `day` (today), units joined."""
    return (
        Membership.objects.filter(open_on(day or clock.today()), user=user)
        .select_related("unit")
        .order_by("unit__sort_order", "pk")
    )


def roles_today(user_id: int) -> list[Membership]:
    """The same of today as a list: every page of a signed-in person asks it."""
    today, role = clock.today(), "accounts_membership"
    still = f"{role}.valid_from <= %s AND ({role}.valid_to IS NULL OR {role}.valid_to >= %s)"
    held = rows.with_one(Membership, "unit", user_id, column="user_id", also=still, given=[today, today])
    return sorted(held, key=lambda row: (row.unit.sort_order, row.pk))


def roles_in(user: User, unit_id: int) -> frozenset[str]:
    """Roles a person holds today in one unit."""
    return frozenset(memberships_of(user).filter(unit_id=unit_id).values_list("role", flat=True))


def units_of(user: User, *roles: Role) -> list[OrgUnit]:
    """Units where a person holds one of the roles today."""
    held = memberships_of(user).filter(role__in=roles) if roles else memberships_of(user)
    return units_held(held)


def units_held(held: Iterable[Membership]) -> list[OrgUnit]:
    """The units of these roles, each once."""
    return list({row.unit_id: row.unit for row in held}.values())


def units_under(unit_id: int) -> list[int]:
    """Ids of a unit and everything below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE below(id) AS (SELECT %s::bigint UNION ALL "
            "SELECT u.id FROM accounts_orgunit u JOIN below b ON u.parent_id = b.id) SELECT id FROM below",
            [unit_id],
        )
        return [row[0] for row in cursor.fetchall()]


def with_predecessors(unit_ids: Iterable[int]) -> list[int]:
    """These units and every closed one whose work they go on with, directly or not."""
    units = list(unit_ids)
    if not units:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE before(id) AS (SELECT unnest(%s::bigint[]) UNION SELECT s.from_orgunit_id "
            "FROM accounts_orgunit_successors s JOIN before b ON s.to_orgunit_id = b.id) SELECT id FROM before ORDER BY id",
            [units],
        )
        return [row[0] for row in cursor.fetchall()]


def ancestor_ids(unit_id: int) -> list[int]:
    """Ids of a unit, its parent, and so on to the root."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM accounts_orgunit WHERE id = %s "
            "UNION ALL SELECT u.id, u.parent_id, depth + 1 FROM accounts_orgunit u JOIN up ON u.id = up.parent_id) "
            "SELECT id FROM up ORDER BY depth",
            [unit_id],
        )
        return [row[0] for row in cursor.fetchall()]


def ancestors(unit: OrgUnit) -> list[OrgUnit]:
    """The unit, its parent, and so on to the root."""
    ids = ancestor_ids(unit.pk)
    found = rows.by_keys(OrgUnit, ids)
    return [found[unit_id] for unit_id in ids]


def colleagues(unit_ids: Iterable[int], roles: Iterable[str]) -> QuerySet[User]:
    """People who hold one of the roles in one of the units today."""
    valid = Membership.objects.filter(open_on(clock.today()), unit_id__in=list(unit_ids), role__in=list(roles))
    return User.objects.filter(pk__in=valid.values("user_id"), is_active=True).order_by("full_name", "pk")


def administering(unit: OrgUnit) -> list[Membership]:
    """Who administers a unit, or the nearest unit above it that anybody administers: they appoint people there."""
    held = Membership.objects.filter(open_on(clock.today()), role=Role.ADMINISTRATOR, user__is_active=True)
    rows_of: dict[int, list[Membership]] = {}
    above = ancestor_ids(unit.pk)
    for row in held.filter(unit_id__in=above).select_related("user", "unit").order_by("user__full_name", "pk"):
        rows_of.setdefault(row.unit_id, []).append(row)
    return next((rows_of[pk] for pk in above if pk in rows_of), [])


def present(unit_ids: Iterable[int], roles: Iterable[str]) -> QuerySet[User]:
    """Colleagues who are there today: nobody who is on leave."""
    away = LeaveCover.objects.filter(open_on(clock.today()), user_id=OuterRef("pk"))
    return colleagues(unit_ids, roles).filter(~Exists(away))


# ── leave and cover ──────────────────────────────────────────────────────────────────────────────


def covered_by(user_id: int, day: date | None = None) -> frozenset[int]:
    """Ids of the people for whom a person stands in on `day` (today). Every list of work asks it."""
    on, names = day or clock.today(), ("user_id", "valid_from", "valid_to")
    found = rows.run(rows.seek_tuples(LeaveCover, user_id, column="cover_id", names=names, order="id"))
    return frozenset(away for away, since, until in found if since <= on and (until is None or until >= on))


def cover_of(user_ids: Iterable[int], day: date | None = None) -> dict[int, LeaveCover]:
    """The leave of each of these people on `day` (today), by person, with who stands in; nobody else is in the answer."""
    rows_today = LeaveCover.objects.filter(open_on(day or clock.today()), user_id__in=list(user_ids))
    return {row.user_id: row for row in rows_today.select_related("cover")}


def people_led(user: User) -> QuerySet[User]:
    """Other people whose leave a head may arrange: they work in a unit that the head leads, or below it."""
    return _people_in(user, HEAD_ROLES)


def people_arranged(user: User) -> QuerySet[User]:
    """Other people whose leave a head or an administrator may arrange."""
    return _people_in(user, HEAD_ROLES | {Role.ADMINISTRATOR})


def _people_in(user: User, roles: frozenset[Role]) -> QuerySet[User]:
    unit_ids = units_administered([row for row in roles_today(user.pk) if row.role in roles])
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    inside = Membership.objects.filter(still, unit_id__in=unit_ids, role__in=WORK_ROLES)
    return User.objects.filter(pk__in=inside.values("user_id")).exclude(pk=user.pk).order_by("pk")


def leaves_of(user_ids: Iterable[int]) -> QuerySet[LeaveCover]:
    """Leave of these people that is not over, soonest first, with who stands in."""
    still = LeaveCover.objects.filter(valid_to__gte=clock.today(), user_id__in=list(user_ids))
    return still.select_related("user", "cover", "named_by").order_by("valid_from", "pk")


def standing_in(user_id: int) -> QuerySet[LeaveCover]:
    """Leave of others, not over, for which a person stands in, soonest first."""
    still = LeaveCover.objects.filter(valid_to__gte=clock.today(), cover_id=user_id)
    return still.select_related("user", "named_by").order_by("valid_from", "pk")


def cover_candidates(user: User) -> QuerySet[User]:
    """People who may be asked to stand in: in a unit of the person they hold one of the same roles or lead."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    own = Membership.objects.filter(still, user=user, role__in=WORK_ROLES)
    fits = Q()
    for unit_id, role in own.values_list("unit_id", "role"):
        fits |= Q(unit_id=unit_id, role__in=HEAD_ROLES | {role})
    beside = Membership.objects.filter(still & fits) if fits else Membership.objects.none()
    found = User.objects.filter(pk__in=beside.values("user_id"), is_active=True).exclude(pk=user.pk)
    return found.order_by("full_name", "pk")


def filing_units(day: date | None = None) -> QuerySet[OrgUnit]:
    """Authorities that exist on `day`: wards and cities that may be competent for a dossier."""
    return OrgUnit.objects.filter(open_on(day or clock.today()), kind__in=[UnitKind.WARD, UnitKind.CITY]).order_by(
        "sort_order", "pk"
    )


def desk_of(unit: OrgUnit, day: date | None = None) -> OrgUnit | None:
    """The one-stop desk that works for an authority: its own, or the nearest above it."""
    moment = day or clock.today()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM accounts_orgunit WHERE id = %s "
            "UNION ALL SELECT u.id, u.parent_id, depth + 1 FROM accounts_orgunit u JOIN up ON u.id = up.parent_id) "
            "SELECT d.id FROM up JOIN accounts_orgunit d ON d.parent_id = up.id AND d.kind = %s AND d.valid_from <= %s "
            "AND (d.valid_to IS NULL OR d.valid_to >= %s) ORDER BY up.depth, d.sort_order, d.id LIMIT 1",
            [unit.pk, UnitKind.DESK, moment, moment],
        )
        found = cursor.fetchone()
    return rows.by_key(OrgUnit, found[0]) if found else None


def standing_for(unit_ids: Iterable[int], day: date | None = None) -> dict[int, int]:
    """The unit that does the work of each of these on `day` (today): itself while it is open, else its first successor that is.

    A unit closed without a successor stands for itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING_FOR, {"units": list(unit_ids), "day": day or clock.today()})
        return dict(cursor.fetchall())


def find_party_by_identity(number: str) -> QuerySet[Party]:
    """Parties with exactly this identity number, found through the keyed index."""
    index = blind_index(number.strip().upper())
    return Party.objects.filter(Q(identity_index=index) | Q(same_as__identity_index=index)).order_by("pk")


def bearers_beside(party_id: int) -> QuerySet[Party]:
    """Everybody who bears the number of a party, itself included: a person, their household business, former rows."""
    known = Party.objects.filter(pk=party_id).values_list("identity_index", "same_as__identity_index").first()
    index = next((found for found in known or () if found), "")
    if not index:
        return Party.objects.filter(pk=party_id)
    return Party.objects.filter(Q(identity_index=index) | Q(same_as__identity_index=index))


def parties_of(user: User) -> QuerySet[Party]:
    """The party of an account, with the rows whose number it took over."""
    return Party.objects.filter(Q(user=user) | Q(same_as__user=user))


def place_name(code: str, day: date | None = None) -> str:
    """The name a place code has on `day` (codes are reused); '' for an unknown one."""
    return Place.objects.filter(open_on(day or clock.today()), code=code).values_list("name", flat=True).first() or ""


# ── one's own pages ──────────────────────────────────────────────────────────────────────────────


def notices_of(user_id: int) -> QuerySet[Notice]:
    """Notices of an account, newest first."""
    return Notice.objects.filter(address=user_address(user_id)).order_by("-created_at", "-pk")


def unread_notices(user_id: int, cap: int) -> int:
    """How many notices wait to be read, counted no further than `cap`. Every page of a signed-in person asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM integrations_notice WHERE address = %s AND read_at IS NULL LIMIT %s) n",
            [user_address(user_id), cap],
        )
        return int(cursor.fetchone()[0])


def reads_of(party: Party) -> QuerySet[PersonalDataRead]:
    """Who looked at a party's data, newest first, with the unit they worked for."""
    return (
        PersonalDataRead.objects.filter(Q(party=party) | Q(party__same_as=party))
        .select_related("unit")
        .order_by("-at", "-pk")
    )


def demo_mail() -> QuerySet[OutboxMessage]:
    """What went out by channels that have no page of their own, newest first; shown in demo mode only."""
    return OutboxMessage.objects.filter(channel__in=mailbox_channels()).order_by("-pk")


# ── administration ───────────────────────────────────────────────────────────────────────────────


def units_administered(memberships: list[Membership]) -> frozenset[int]:
    """Ids of the units an administrator runs: those named in their memberships and everything below."""
    ids: set[int] = set()
    for row in memberships:
        if row.unit_id not in ids:
            ids.update(units_under(row.unit_id))
    return frozenset(ids)


def runs_province(user_id: int) -> bool:
    """Whether somebody administers a whole province today, and so the installation."""
    return any(row.role == Role.ADMINISTRATOR and row.unit.kind == UnitKind.PROVINCE for row in roles_today(user_id))


def holders(unit_id: int, role: str, day: date) -> QuerySet[User]:
    """People who can act in a role of a unit on `day`: the role is in force and the account is not locked."""
    held = Membership.objects.filter(open_on(day), unit_id=unit_id, role=role)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True)


def still_held(user_id: int) -> QuerySet[Membership]:
    """The working roles of a person that are in force or yet to begin."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    return Membership.objects.filter(still, user_id=user_id, role__in=WORK_ROLES)


def ending_alone(unit_ids: frozenset[int], until: date) -> list[Membership]:
    """Working roles that end by themselves from today to `until` in an open unit while nobody else holds them after."""
    today = clock.today()
    day_after = ExpressionWrapper(OuterRef("valid_to") + timedelta(days=1), output_field=DateField())
    others = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day_after),
        unit_id=OuterRef("unit_id"),
        role=OuterRef("role"),
        valid_from__lte=day_after,
        user__is_active=True,
    )
    ending = Membership.objects.filter(
        unit_id__in=unit_ids, role__in=WORK_ROLES, valid_to__gte=today, valid_to__lte=until, user__is_active=True
    )
    found = list(ending.filter(~Exists(others)).select_related("user").order_by("valid_to", "pk"))
    units = rows.by_keys(OrgUnit, (row.unit_id for row in found))
    for row in found:
        row.unit = units[row.unit_id]
    return [row for row in found if row.unit.valid_to is None or (row.valid_to and row.unit.valid_to > row.valid_to)]


def successor_candidates(unit_id: int, role: str, scope: frozenset[int], besides: int) -> tuple[list[User], list[User]]:
    """Who may take over a role in a unit: those who hold it already, and others of the same authority whose number is known."""
    above = OrgUnit.objects.filter(pk=unit_id, kind__in=BELOW_AUTHORITY).values_list("parent_id", flat=True).first()
    around = (frozenset(units_under(above or unit_id)) & scope) | {unit_id}
    people = User.objects.filter(is_active=True).exclude(pk=besides).order_by("full_name", "pk")
    holding = list(people.filter(pk__in=holders(unit_id, role, clock.today())))
    beside = Membership.objects.filter(open_on(clock.today()), unit_id__in=around).values("user_id")
    others = people.filter(pk__in=beside).exclude(identity_index="").exclude(pk__in=[user.pk for user in holding])
    return holding, list(others)


def handovers_of(user_id: int, unit_ids: frozenset[int]) -> QuerySet[Handover]:
    """What a person's ended roles left to be moved, newest first."""
    orders = Handover.objects.filter(user_id=user_id, unit_id__in=unit_ids)
    return orders.select_related("unit", "successor", "ordered_by").order_by("-pk")


def staff_of(unit_ids: frozenset[int]) -> QuerySet[User]:
    """Accounts that hold, held or will hold a role in these units, roles joined."""
    inside = Membership.objects.filter(unit_id__in=unit_ids)
    return User.objects.filter(pk__in=inside.values("user_id")).order_by("pk")
