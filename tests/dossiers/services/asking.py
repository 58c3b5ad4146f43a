"""A house that asks: the permit's route with two questions beside the appraisal, a second department, a second ward."""

from accounts.enums import Role, UnitKind
from dossiers.models.work import WorkItem
from dossiers.services import consulting
from procedures.enums import StepKind, StepPlace
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

# Appraisal (3) beside a department of the ward (4) and another ward (5), whose silence agrees; joined by the review (6).
ROUTE = [
    (StepKind.INTAKE, Role.RECEPTIONIST, StepPlace.DESK, 1),
    (StepKind.ASSIGN, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 1),
    (StepKind.APPRAISE, Role.OFFICER, StepPlace.DEPARTMENT, 8, {"after": [2]}),
    (
        StepKind.CONSULT,
        Role.CONSULTED,
        StepPlace.OTHER,
        8,
        {"after": [2], "asks": "van hoa", "name": "Hỏi Phòng Văn hóa", "shows": ["TP1"]},
    ),
    (
        StepKind.CONSULT,
        Role.CONSULTED,
        StepPlace.OTHER,
        8,
        {"after": [2], "asks": "phuong-ben", "name": "Hỏi phường bên", "silence_agrees": True},
    ),
    (StepKind.REVIEW, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 2, {"after": [3, 4, 5]}),
    (StepKind.STAMP, Role.CLERK, StepPlace.AUTHORITY, 1),
    (StepKind.RETURN, Role.RETURNER, StepPlace.DESK, 1),
]


def make_house(route=None):
    """The usual house with units to ask; without a route of its own it asks by the officer alone."""
    house = houses.make_house(route) if route else houses.make_house()
    house.culture = UnitFactory(name="Phòng Văn hóa - Xã hội", kind=UnitKind.DEPARTMENT, parent=house.ward)
    house.beside = UnitFactory(code="phuong-ben", name="UBND phường Bên", short_name="Phường Bên")
    house.adviser = MembershipFactory(role=Role.CONSULTED, unit=house.culture, user__full_name="Lê Văn Góp").user
    house.neighbour = MembershipFactory(role=Role.CONSULTED, unit=house.beside, user__full_name="Mai Thị Bên").user
    return house


def ask(house, dossier, **changes):
    """The officer asks the culture department; gives the question's work item."""
    given = {"unit_id": house.culture.pk, "question": "Công trình có ảnh hưởng di tích không?", "days": 1}
    consulting.ask(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **{**given, **changes})
    return WorkItem.objects.filter(dossier=dossier, kind=StepKind.CONSULT).order_by("-pk").first()


def open_items(dossier):
    """Open work items by position; what hangs on another stands under its kind."""
    rows = WorkItem.objects.filter(dossier=dossier, closed_at=None).select_related("unit")
    return {row.kind if row.parent_id else row.position: row for row in rows}
