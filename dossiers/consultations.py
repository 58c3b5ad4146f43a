"""Questions to other units as pages read them: those of a dossier, those of a unit, their words, what the asked may see.

Scope first: a unit that was asked sees its questions and what is shown with them, nothing else of the dossier.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.enums import Role, UnitKind
from accounts.models import Membership, OrgUnit, User
from accounts.queries import open_on, with_predecessors
from dossiers import queries
from dossiers.enums import DraftState, State
from dossiers.models.attachment import Attachment
from dossiers.models.consultation import Consultation
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.models.paper_draft import PaperDraft
from portal import clock
from portal.kept import Kept
from procedures import limits, published, routes

# Who may answer for the unit that was asked.
ANSWERERS = frozenset({Role.CONSULTED, Role.OFFICER, Role.UNIT_HEAD})
ANSWER_PAPER = "consultation_answer"  # the code of the answer as a paper
AUTHORITIES = (UnitKind.WARD, UnitKind.CITY, UnitKind.PROVINCE)

_offered: Kept[tuple[int, int | None], list[tuple[str, str]]] = Kept()


def of_dossier(dossier_id: int) -> list[Consultation]:
    """Everything that was asked about a dossier, oldest first, with work item and unit."""
    found = Consultation.objects.filter(work_item__dossier_id=dossier_id)
    return list(found.select_related("work_item__unit").order_by("pk"))


def asked_of(held: Iterable[Membership]) -> QuerySet[Consultation]:
    """Questions to the units where these roles let one work, and to those they succeed; open ones and past ones."""
    units = with_predecessors(queries.unit_ids(held))
    return Consultation.objects.filter(work_item__unit_id__in=units).select_related("work_item")


def silent(now: datetime) -> QuerySet[Consultation]:
    """Open questions whose deadline is over where silence agrees, dossiers under way only."""
    return _running().filter(work_item__due_at__lte=now, silence_agrees=True)


def waiting(until: datetime) -> QuerySet[Consultation]:
    """Open questions that are due before `until`, dossiers under way only."""
    return _running().filter(work_item__due_at__lte=until).select_related("work_item__unit", "work_item__dossier")


def _running() -> QuerySet[Consultation]:
    open_items = {"work_item__closed_at__isnull": True, "work_item__suspended_at__isnull": True}
    return Consultation.objects.filter(**open_items, work_item__dossier__state=State.PROCESSING).order_by("pk")


def words(found: Iterable[Consultation]) -> Mapping[tuple[int, int], str]:
    """The words of question and answer, by (dossier, number of the event)."""
    items = [one.work_item for one in found]
    wanted = Q(pk__in=[])
    for item in items:
        numbers = [seq for seq in (item.opened_seq, item.closed_seq) if seq is not None]
        wanted |= Q(dossier_id=item.dossier_id, seq__in=numbers)
    rows = EventText.objects.filter(wanted).values_list("dossier_id", "seq", "text") if items else []
    return {(dossier_id, seq): text for dossier_id, seq, text in rows}


def question(asked: Consultation, said: Mapping[tuple[int, int], str]) -> str:
    """What is asked: the officer's words, or the name of the step."""
    item = asked.work_item
    own = said.get((item.dossier_id, item.opened_seq or 0), "") if item.parent_id is not None else ""
    return own or item.name


def answer(asked: Consultation, said: Mapping[tuple[int, int], str]) -> str:
    """What was answered, or why the question was taken back; '' while it is open or when words were erased."""
    return said.get((asked.work_item.dossier_id, asked.work_item.closed_seq or 0), "") if asked.answer_kind else ""


def shown_papers(asked: Consultation, dossier: Dossier) -> list[Attachment]:
    """What the asked unit may read: the files chosen by who asked, or papers the route names, and what replaced them since."""
    item = asked.work_item
    given = [row for row in queries.live_attachments(dossier.pk) if row.file_id is not None]
    if item.parent_id is None:
        step = routes.at(limits.steps_of(published.parts(dossier.revision_id).route), item.position)
        return [row for row in given if row.paper_code in step.shows]
    chosen = set(asked.shown)
    papers = {row.paper_code: row.round for row in Attachment.objects.filter(pk__in=chosen) if row.paper_code}
    return [row for row in given if row.pk in chosen or row.round > papers.get(row.paper_code, row.round)]


def draft_of(asked: Consultation) -> PaperDraft | None:
    """The answer that is on its way to being signed or sent, if there is one."""
    live = PaperDraft.objects.filter(work_item_id=asked.pk).exclude(state__in=[DraftState.ISSUED, DraftState.DROPPED])
    return live.select_related("file", "handling", "work_item").order_by("-pk").first()


def askable(dossier: Dossier) -> QuerySet[OrgUnit]:
    """Units that may be asked about a dossier: departments of the authority that decides or of a province; other authorities."""
    competent = dossier.competent_unit
    house = competent.parent_id if competent.kind == UnitKind.DEPARTMENT else competent.pk
    departments = Q(parent_id=house, kind=UnitKind.DEPARTMENT) & ~Q(pk=dossier.department_id)
    others = Q(kind__in=AUTHORITIES) & ~Q(pk=house) | Q(kind=UnitKind.DEPARTMENT, parent__kind=UnitKind.PROVINCE)
    return OrgUnit.objects.filter(open_on(clock.today())).filter(departments | others).order_by("sort_order", "pk")


def askable_names(dossier: Dossier) -> list[tuple[str, str]]:
    """The same as a form offers them, at most a minute old; who asks is checked against `askable`."""
    key = (dossier.competent_unit_id, dossier.department_id)
    return _offered.one(key, lambda: [(str(unit.pk), unit.name) for unit in askable(dossier)])


def answering(unit_id: int) -> QuerySet[User]:
    """People who may answer for a unit today."""
    held = Membership.objects.filter(open_on(clock.today()), unit_id=unit_id, role__in=ANSWERERS)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("pk")
