"""A small working house for tests: a ward with desk and department, one person per role, one procedure on offer."""

import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

from accounts.enums import IdentityKind, PartyKind, Role, UnitKind
from accounts.services.facts import PartyFacts
from dossiers.enums import State, SubChannel
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.services import decision, desk, results, submission
from portal import sealing
from procedures.enums import Channel, PaperForm, ServiceLevel
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


def make_house(route=ROUTE) -> SimpleNamespace:
    """Units, people, calendar, procedure; everything a dossier needs to run. `route`: as RevisionFactory takes it."""
    CalendarFactory()
    group = UnitFactory(kind=UnitKind.GROUP, name="Khối phường")
    ward = UnitFactory(name="UBND phường Mẫu", short_name="Phường Mẫu", group=group, authority_code="H29.951")
    center = UnitFactory(name="Trung tâm Phục vụ hành chính công phường Mẫu", kind=UnitKind.DESK, parent=ward)
    office = UnitFactory(name="Văn phòng HĐND và UBND phường Mẫu", kind=UnitKind.DEPARTMENT, parent=ward)
    procedure = ProcedureFactory(name="Cấp Giấy xác nhận thử")
    revision = RevisionFactory(procedure=procedure, parts__route=route)
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


def approved(house: SimpleNamespace, proposal: str = "grant") -> Dossier:
    """A dossier signed by head and leader, waiting for the clerk."""
    dossier = assigned(house)
    decision.propose(
        dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision=proposal, content="Nội dung kết quả thử."
    )
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    return decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])


def issued(house: SimpleNamespace) -> Dossier:
    """A dossier whose result lies at the desk."""
    return results.issue(dossier_id=approved(house).pk, by=house.people[Role.CLERK])


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
