"""A small working house for tests: a ward with desk and department, one person per role, one procedure on offer."""

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from accounts.enums import IdentityKind, PartyKind, Role, UnitKind
from accounts.models import User
from accounts.services.facts import PartyFacts
from dossiers.draft_kinds import route_kinds
from dossiers.enums import DraftKind, DraftState, State, SubChannel
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import decision as deciding
from dossiers.services import desk, draft_checks, paper_drafts, results, submission
from portal import clock, sealing
from procedures.enums import Channel, DraftCheck, PaperForm, ServiceLevel, StepKind, StepPlace
from procedures.models import Field
from tests import images
from tests.factories import (
    ROUTE,
    CalendarFactory,
    MembershipFactory,
    OfferingFactory,
    PartyFactory,
    ProcedureFactory,
    RevisionFactory,
    UnitFactory,
    UserFactory,
)

WEDNESDAY_MORNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # 09:00 in Vietnam


# Two appraisals side by side (3 and 4), joined by the head's review (5); no signing step.
BRANCHES = [
    (StepKind.INTAKE, Role.RECEPTIONIST, StepPlace.DESK, 1),
    (StepKind.ASSIGN, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 1),
    (StepKind.APPRAISE, Role.OFFICER, StepPlace.DEPARTMENT, 8, {"after": [2], "name": "Thẩm định hồ sơ"}),
    (StepKind.APPRAISE, Role.OFFICER, StepPlace.DEPARTMENT, 4, {"after": [2], "name": "Kiểm tra thực địa"}),
    (StepKind.REVIEW, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 2, {"after": [3, 4]}),
    (StepKind.STAMP, Role.CLERK, StepPlace.AUTHORITY, 1),
    (StepKind.RETURN, Role.RETURNER, StepPlace.DESK, 1),
]


def make_house(
    route=ROUTE,
    *,
    beside: SimpleNamespace | None = None,
    called: tuple[str, str] = ("Láng Giềng", "H29.952"),
    draft_check: str = DraftCheck.NONE,
) -> SimpleNamespace:
    """Units, people, calendar, procedure; everything a dossier needs to run. `route`: as RevisionFactory takes it.

    `beside`: a house that stands already in the same city; the new one is its neighbour, `called` so with that code.
    `draft_check`: whether the applicant checks the draft of the result.
    """
    if beside is None and not Field.objects.exists():  # an empty city
        return images.again(f"house {draft_check} {route!r}", lambda: _first_house(route, draft_check))
    return _first_house(route, draft_check) if beside is None else _make_house(route, called, draft_check)


def _first_house(route, draft_check: str) -> SimpleNamespace:
    CalendarFactory()
    return _make_house(route, ("Mẫu", "H29.951"), draft_check)


def _make_house(route, called: tuple[str, str], draft_check: str) -> SimpleNamespace:
    name, code = called
    group = UnitFactory(kind=UnitKind.GROUP, name="Khối phường")
    ward = UnitFactory(name=f"UBND phường {name}", short_name=f"Phường {name}", group=group, authority_code=code)
    center = UnitFactory(name=f"Trung tâm Phục vụ hành chính công phường {name}", kind=UnitKind.DESK, parent=ward)
    office = UnitFactory(name=f"Văn phòng HĐND và UBND phường {name}", kind=UnitKind.DEPARTMENT, parent=ward)
    procedure = ProcedureFactory(name="Cấp Giấy xác nhận thử")
    revision = RevisionFactory(procedure=procedure, draft_check=draft_check, parts__route=route)
    OfferingFactory(procedure=procedure, unit=ward, department=office, level=ServiceLevel.FULL)
    where = {
        Role.RECEPTIONIST: center,
        Role.RETURNER: center,
        Role.DESK_HEAD: center,
        Role.POSTAL_CLERK: center,
        Role.OFFICER: office,
        Role.UNIT_HEAD: office,
        Role.SIGNER: ward,
        Role.CLERK: ward,
        Role.HOME_AFFAIRS: group,
        Role.ADMINISTRATOR: ward,
    }
    people = {
        role: MembershipFactory(role=role, unit=unit, user__full_name=f"Cán bộ {role}").user
        for role, unit in where.items()
    }
    citizen = UserFactory(full_name="Nguyễn Văn Mẫu")
    party = PartyFactory(full_name="Nguyễn Văn Mẫu", user=citizen, email=citizen.email)
    return SimpleNamespace(
        group=group,
        ward=ward,
        center=center,
        office=office,
        procedure=procedure,
        revision=revision,
        people=people,
        citizen=citizen,
        party=party,
    )


def draft(house: SimpleNamespace, **changes) -> Dossier:
    """A complete draft of the house's citizen."""
    secret = sealing.speakable_code(2)
    values = {
        "reference": sealing.speakable_code(),
        "secret_sealed": sealing.seal(secret),
        "secret_index": sealing.blind_index(secret),
        "authority_code": house.ward.authority_code,
        "procedure": house.procedure,
        "revision": house.revision,
        "owner": house.party,
        "submitter": house.party,
        "owner_name": house.party.full_name,
        "owner_search_name": house.party.search_name,
        "owner_email": house.party.email,
        "owner_place_code": house.party.place_code,
        "owner_is_confirmed": True,
        "submitter_name": house.party.full_name,
        "account": house.citizen,
        "receiving_unit": house.center,
        "competent_unit": house.ward,
        "counting_unit": house.ward,
        "department": house.office,
        "channel": Channel.ONLINE,
        "sub_channel": SubChannel.PORTAL,
        "level_offered": ServiceLevel.FULL,
        "state": State.DRAFT,
        "answers": {"ho_ten": "Nguyễn Văn Mẫu", "ngay_sinh": "1990-01-02", "so_dinh_danh": {"party": house.party.pk}},
    }
    dossier = Dossier.objects.create(**{**values, **changes})
    Attachment.objects.create(dossier=dossier, paper_code="TP1", paper_name="Giấy tờ chứng minh", form=PaperForm.E_COPY)
    return dossier


def submitted(house: SimpleNamespace, **changes) -> Dossier:
    """A dossier the citizen has sent."""
    return submission.submit(dossier_id=draft(house, **changes).pk, by=house.citizen)


def received(house: SimpleNamespace) -> Dossier:
    """A dossier with an official code."""
    return desk.receive(dossier_id=submitted(house).pk, by=house.people[Role.RECEPTIONIST])


def assigned(house: SimpleNamespace) -> Dossier:
    """A dossier on the officer's desk."""
    dossier = desk.forward(dossier_id=received(house).pk, by=house.people[Role.RECEPTIONIST])
    return desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.OFFICER].pk)


def drafted(
    *, dossier_id: int, by: User, decision: str = "grant", content: str = "Nội dung kết quả thử.", item_id=None
) -> PaperDraft:
    """Draft the result (or the refusal) in the officer's words, on what is drafted already if there is something."""
    kind = DraftKind.REFUSAL if decision == "refuse" else DraftKind.RESULT
    dossier = Dossier.objects.get(pk=dossier_id)
    words = {"ly_do": content, "can_cu": "Điều 1."} if decision == "refuse" else {"noi_dung": content}
    for other in PaperDraft.objects.filter(dossier_id=dossier_id, kind__in=route_kinds()).exclude(kind=kind):
        if other.is_live:  # the officer has changed their mind
            paper_drafts.drop_draft(dossier_id=dossier_id, by=by, draft_id=other.pk, reason="Đổi đề xuất.")
    known = PaperDraft.objects.filter(dossier_id=dossier_id, kind=kind).exclude(state__in=["issued", "dropped"]).last()
    return paper_drafts.write(
        dossier_id=dossier_id,
        by=by,
        kind=kind,
        fields={"kinh_gui": dossier.owner_name, **words},
        draft_id=known.pk if known else None,
        item_id=item_id,
    )


def proposed(*, dossier_id: int, by: User, item_id=None, **words) -> Dossier:
    """Draft the result (or the refusal) and propose it."""
    row = drafted(dossier_id=dossier_id, by=by, item_id=item_id, **words)
    return deciding.propose(dossier_id=dossier_id, by=by, draft_id=row.pk, draft_version=row.version, item_id=item_id)


def has_drafts_checked(house: SimpleNamespace, rule: str = DraftCheck.SILENCE) -> SimpleNamespace:
    """The house with a further revision of its procedure whose applicants check drafts; what is filed next has it."""
    if house.revision.draft_check != rule:
        number = house.revision.number + 1
        house.revision = RevisionFactory(procedure=house.procedure, number=number, draft_check=rule)
    return house


def sent_for_check(house: SimpleNamespace, dossier: Dossier | None = None, **words) -> Dossier:
    """A dossier whose applicant has the draft of the result to check."""
    dossier = dossier or assigned(house)
    row = drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **words)
    return draft_checks.send(
        dossier_id=dossier.pk, by=house.people[Role.OFFICER], draft_id=row.pk, draft_version=row.version
    )


def issue(*, dossier_id: int, by: User, **more) -> Dossier:
    """Let a worker make the file of the signed result, then issue it."""
    made(Dossier.objects.get(pk=dossier_id))
    return results.issue(dossier_id=dossier_id, by=by, **more)


def approved(house: SimpleNamespace, proposal: str = "grant") -> Dossier:
    """A dossier whose paper is signed by head and leader and made: it waits for the clerk."""
    dossier = assigned(house)
    proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision=proposal)
    deciding.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    dossier = deciding.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    made(dossier)
    return dossier


def issued(house: SimpleNamespace) -> Dossier:
    """A dossier whose result lies at the desk."""
    return issue(dossier_id=approved(house).pk, by=house.people[Role.CLERK])


def quick_sheet(html: str) -> bytes:
    """The sheet itself instead of its PDF: a hole in it shows, and the test is spared a second."""
    return b"%PDF-1.7\n" + html.encode()


def made(dossier: Dossier) -> None:
    """Let a worker make the files of what has been numbered."""
    for draft in PaperDraft.objects.filter(dossier=dossier, state=DraftState.NUMBERED):
        paper_drafts.make_file(draft_id=draft.pk, to_pdf=quick_sheet)


def signed(house: SimpleNamespace, dossier: Dossier, kind: str, fields: dict, *, by: User | None = None) -> PaperDraft:
    """A paper drafted where the dossier lies, signed by the head there, its file made: it waits to be sent."""
    at_desk = dossier.work_items.filter(closed_at=None, kind=StepKind.INTAKE).exists()
    writer = by or house.people[Role.RECEPTIONIST if at_desk else Role.OFFICER]
    row = paper_drafts.write(dossier_id=dossier.pk, by=writer, kind=kind, fields=fields)
    paper_drafts.submit(dossier_id=dossier.pk, by=writer, draft_id=row.pk)
    row.refresh_from_db()
    place = row.handling
    head = MembershipFactory._meta.model.objects.filter(unit=place.unit, role=place.role).first().user
    paper_drafts.sign(dossier_id=dossier.pk, by=head, draft_id=row.pk)
    made(dossier)
    row.refresh_from_db()
    return row


def workday(days: int) -> date:
    """A day so far ahead, or the Monday after it: a request for more ends on a working day."""
    day = clock.today() + timedelta(days=days)
    return day + timedelta(days=max(0, 8 - day.isoweekday()) % 7 if day.isoweekday() > 5 else 0)


def asked(house: SimpleNamespace, dossier: Dossier, *, by: User | None = None, **fields) -> Dossier:
    """A dossier whose applicant is asked for more: drafted, signed, sent by the desk."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}
    answer_by = fields.pop("answer_by", workday(5))
    words = {"items": [item], "reason": "Ảnh mờ.", "answer_by": answer_by.isoformat(), **fields}
    row = signed(house, dossier, DraftKind.SUPPLEMENT_REQUEST, words, by=by)
    return desk.request_supplement(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)


def at_the_officer(house: SimpleNamespace, dossier: Dossier) -> Dossier:
    """A received dossier handed on to the officer's desk."""
    desk.forward(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    return desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.OFFICER].pk)


def refuse(house: SimpleNamespace, dossier: Dossier, reason_code: str = "other", reason: str = "Sai mẫu.") -> Dossier:
    """A dossier the desk does not accept: drafted, signed by its head, sent."""
    fields = {"reason_code": reason_code, "reason": reason}
    row = signed(house, dossier, DraftKind.INTAKE_REFUSAL, fields)
    return desk.refuse(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)


def let_withdraw(house: SimpleNamespace, dossier: Dossier, reason: str = "", answer: str = "agree") -> Dossier:
    """The wish to withdraw answered with a paper: agreed, or declined."""
    row = signed(house, dossier, DraftKind.WITHDRAWAL_ANSWER, {"answer": answer, "reason": reason})
    send = desk.approve_withdrawal if answer == "agree" else desk.decline_withdrawal
    return send(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)


def counter_filing(house: SimpleNamespace, **changes) -> desk.CounterFiling:
    """What the counter page would send."""
    owner = PartyFacts(
        kind=PartyKind.PERSON,
        full_name="Lê Thị Mẫu",
        birth_date="1985-05-06",
        phone="0900000001",
        identity_kind=IdentityKind.CITIZEN_ID,
        identity="077185000001",
    )
    values = {
        "unit_id": house.center.pk,
        "procedure_id": house.procedure.pk,
        "competent_unit_id": house.ward.pk,
        "owner": owner,
        "papers": [desk.PaperSeen("TP1", "Giấy tờ chứng minh", PaperForm.ORIGINAL)],
        "idempotency_key": uuid.uuid4(),
    }
    return desk.CounterFiling(**{**values, **changes})
