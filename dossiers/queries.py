"""Questions about dossiers that screens, services and reports ask. Scope first: everything starts from whose it is."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import WORK_ROLES, Role
from accounts.models import User
from accounts.queries import memberships_of
from dossiers import workflow
from dossiers.enums import Action, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem


def for_citizen(user: User) -> QuerySet[Dossier]:
    """Dossiers of an account: what it filed, or what it owns as a party."""
    return Dossier.objects.filter(Q(account=user) | Q(owner__user=user, state__in=_NOT_DRAFT))


def for_desk(user: User) -> QuerySet[Dossier]:
    """Dossiers a member of staff may see: their units received, decide, handle, or worked on them. Drafts never."""
    units = unit_ids(user)
    worked = WorkItem.objects.filter(dossier=OuterRef("pk"), unit_id__in=units)
    mine = Q(receiving_unit_id__in=units) | Q(competent_unit_id__in=units) | Q(department_id__in=units)
    return Dossier.objects.filter(mine | Exists(worked), state__in=_NOT_DRAFT)


def unit_ids(user: User) -> list[int]:
    """Units where the person works on dossiers today; administrators and home affairs get none by those roles."""
    return sorted({row.unit_id for row in memberships_of(user) if row.role in WORK_ROLES})


def open_work(dossier_id: int) -> QuerySet[WorkItem]:
    """Open work items of a dossier, units joined."""
    return (
        WorkItem.objects.filter(dossier_id=dossier_id, closed_at__isnull=True)
        .select_related("unit", "holder")
        .order_by("pk")
    )


def past_actors(dossier_id: int) -> list[tuple[str, int | None]]:
    """(event code, actor id) pairs of a dossier, oldest first."""
    return list(DossierEvent.objects.filter(dossier_id=dossier_id).order_by("seq").values_list("code", "actor_id"))


def roles_by_unit(user: User) -> dict[int, frozenset[str]]:
    """Roles of a person today, by unit id."""
    found: dict[int, set[str]] = {}
    for row in memberships_of(user):
        found.setdefault(row.unit_id, set()).add(row.role)
    return {unit_id: frozenset(roles) for unit_id, roles in found.items()}


def facts_for_check(dossier: Dossier, user: User | None) -> tuple[list[workflow.Work], frozenset[str]]:
    """Open work and step-free roles of `user`, as workflow.check wants them."""
    by_unit = roles_by_unit(user) if user else {}
    work = [
        workflow.Work(item.kind, item.role, by_unit.get(item.unit_id, frozenset()), item.holder_id)
        for item in open_work(dossier.pk)
    ]
    roles: set[str] = set()
    for unit_id in (dossier.receiving_unit_id, dossier.competent_unit_id, dossier.department_id):
        roles |= by_unit.get(unit_id, frozenset()) if unit_id else frozenset()
    if user is not None and dossier.account_id == user.pk:
        roles.add(workflow.CITIZEN)
    return work, frozenset(roles)


def allowed_actions(dossier: Dossier, user: User) -> list[Action]:
    """Acts this person may do on this dossier now."""
    work, roles = facts_for_check(dossier, user)
    return workflow.allowed(state=dossier.state, work=work, roles=roles, actor_id=user.pk, past=past_actors(dossier.pk))


def event_role(roles: Iterable[str], wanted: Iterable[str]) -> str:
    """The role an act is recorded under: the first wanted one the person holds."""
    held = frozenset(roles)
    return next((str(role) for role in Role if role in held and role in frozenset(wanted)), workflow.CITIZEN)


_NOT_DRAFT = [state for state in State if state != State.DRAFT]
