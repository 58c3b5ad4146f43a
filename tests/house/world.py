"""People and things for the URL × role matrix: one ward at work, a second ward next door, a citizen and a stranger."""

import hashlib
import uuid
from datetime import timedelta
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.enums import Role, UnitKind
from accounts.models import LeaveCover
from dossiers import calls
from dossiers.enums import CallReason, DraftKind, SheetWay
from dossiers.models.attachment import Attachment
from dossiers.models.handover import HandoverSheet
from dossiers.models.money import CashDay
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import consulting
from integrations.models import MessageState, Notice, OutboxMessage
from portal import clock
from procedures.enums import StepKind
from reporting.models import (
    IntegrityCase,
    IntegritySample,
    MeetingMinutes,
    Remedy,
    ReminderLetter,
    Run,
    Shortfall,
    ShortfallAct,
    TargetPlan,
)
from tests import houses
from tests.factories import MembershipFactory, PartyFactory, UnitFactory, UserFactory
from vault.enums import ItemKind, ScanState
from vault.models import FilePages, PagePicture, StoredFile, VaultItem

DESK = ["receptionist", "cashier", "returner", "desk_head", "postal_clerk"]
CASE = ["officer", "unit_head", "signer", "clerk", "consulted"]
MANAGERS = ["home_affairs", "desk_head", "unit_head", "signer"]
NEIGHBOURS = ["other_receptionist", "other_officer", "adviser"]
CITIZENS = ["owner", "stranger"]
REST = ["helper", "home_affairs", "procedure_controller"]
ADMINISTRATORS = ["administrator", "other_administrator"]
SIGNED_IN = [*CITIZENS, *DESK, *CASE, *REST, *ADMINISTRATORS, *NEIGHBOURS]
EVERYBODY = ["anonymous", *SIGNED_IN]


def make_world() -> SimpleNamespace:
    """Build it through the services where there is one."""
    house = houses.make_house()
    next_door = UnitFactory(name="UBND phường Bên Cạnh", group=house.group, authority_code="H29.952")
    next_desk = UnitFactory(
        name="Trung tâm Phục vụ hành chính công phường Bên Cạnh", kind=UnitKind.DESK, parent=next_door
    )
    people = {str(role): user for role, user in house.people.items()}
    for role, unit in (
        (Role.CASHIER, house.center),
        (Role.HELPER, house.ward),
        (Role.CONSULTED, house.office),
        (Role.PROCEDURE_CONTROLLER, house.ward),
    ):
        people[str(role)] = MembershipFactory(role=role, unit=unit).user
    people["other_receptionist"] = MembershipFactory(role=Role.RECEPTIONIST, unit=next_desk).user
    people["other_officer"] = MembershipFactory(role=Role.OFFICER, unit=next_door).user
    culture = UnitFactory(name="Phòng Văn hóa - Xã hội phường Mẫu", kind=UnitKind.DEPARTMENT, parent=house.ward)
    people["adviser"] = MembershipFactory(role=Role.CONSULTED, unit=culture).user
    people["other_administrator"] = MembershipFactory(role=Role.ADMINISTRATOR, unit=next_door).user
    stranger = UserFactory(full_name="Người Lạ")
    PartyFactory(full_name="Người Lạ", user=stranger)
    people |= {"owner": house.citizen, "stranger": stranger}
    assert set(people) == set(SIGNED_IN)

    dossier = houses.assigned(house)
    attachment = dossier.attachments.first()
    attachment.file = _file("giay-to.pdf")
    attachment.save(update_fields=["file"])
    looked_at = FilePages.objects.create(source=attachment.file, asked_at=clock.now(), drawn_at=clock.now(), count=1)
    PagePicture.objects.create(pages=looked_at, number=1, picture=_file("1.jpg"), small=_file("1-small.jpg"))
    consulting.ask(
        dossier_id=dossier.pk,
        by=house.people[Role.OFFICER],
        unit_id=culture.pk,
        question="Có ảnh hưởng di tích không?",
        days=1,
        shown=[attachment.pk],
    )
    draft = houses.draft(house)
    draft_attachment = Attachment.objects.filter(dossier=draft).first()
    draft_attachment.file = _file("nhap.pdf")
    draft_attachment.save(update_fields=["file"])
    item = VaultItem.objects.create(
        owner=house.party,
        file=_file("ket-qua.pdf"),
        kind=ItemKind.RESULT,
        paper_kind="KQ",
        title="Kết quả",
        issued_on=clock.today(),
    )
    calls.owe(dossier, calls.Untold("owner", "0903000111", "dossier.received", "Đã tiếp nhận.", CallReason.FAILED))
    return SimpleNamespace(
        house=house,
        people=people,
        owed_call=dossier.calls.get(),
        dossier=dossier,
        paper_draft=_paper_draft(house),
        question=dossier.work_items.get(kind=StepKind.CONSULT),
        attachment=attachment,
        printed=_printed(dossier),
        drawer=CashDay.objects.create(
            cashier=people["cashier"], desk=house.center, day=clock.today(), opened_at=clock.now()
        ),
        sheet=_sheet(house),
        draft=draft,
        draft_attachment=draft_attachment,
        item=item,
        notice=_notice(house.citizen.pk),
        leave=_leave(house),
        month=_counted_month(),
        plan=_plan(house),
        **_after_a_miss(house),
    )


def _sheet(house: SimpleNamespace) -> HandoverSheet:
    """A bag that somebody of a post office gave, and the desk has not signed for."""
    office = UnitFactory(kind=UnitKind.POST, parent=house.ward)
    return HandoverSheet.objects.create(
        way=SheetWay.TO_DESK,
        from_unit=office,
        to_unit=house.center,
        number="01/2026/PGN",
        book="handover:H29",
        book_year=2026,
        book_number=1,
        given_by=UserFactory(),
        given_at=clock.now(),
        idempotency_key=uuid.uuid4(),
    )


def _after_a_miss(house: SimpleNamespace) -> dict[str, object]:
    """An explanation the ward owes, and a measure of it."""
    run = Run.objects.latest("pk")
    shortfall = Shortfall.objects.create(unit=house.ward, month=run.month, run=run, due_on=clock.today())
    ShortfallAct.objects.create(shortfall=shortfall, seq=1, step="opened", at=clock.now())
    remedy = Remedy.objects.create(
        unit=house.ward,
        shortfall=shortfall,
        text="Hướng dẫn nộp trực tuyến",
        base_month=run.month,
        owner="Tổ một cửa",
        due_on=clock.today(),
    )
    minutes = MeetingMinutes.objects.create(written_by=house.people[Role.HOME_AFFAIRS])
    letter = ReminderLetter.objects.create(
        shortfall=shortfall, state="dropped", subject="Nhắc", words="Nhắc.", written_by=house.people[Role.HOME_AFFAIRS]
    )
    sample = IntegritySample.objects.create(run=run, unit=house.ward, seed="mau", population=1)
    case = IntegrityCase.objects.create(sample=sample, place=1, dossier_id=1)
    return {"shortfall": shortfall, "remedy": remedy, "minutes": minutes, "letter": letter, "case": case}


def _plan(house: SimpleNamespace) -> TargetPlan:
    """A plan of targets as a draft."""
    return TargetPlan.objects.create(
        name="Kế hoạch",
        decision_number="1/QĐ-UBND",
        decided_on=clock.today(),
        issuer="UBND tỉnh",
        entered_by=house.people[Role.HOME_AFFAIRS],
        editors=[house.people[Role.HOME_AFFAIRS].pk],
    )


def _paper_draft(house: SimpleNamespace) -> PaperDraft:
    """A request for more that is signed and waits to be sent."""
    items = [{"paper_code": "TP1", "name": "Giấy tờ", "note": "mờ"}]
    words = {"items": items, "reason": "Mờ.", "answer_by": houses.workday(9).isoformat()}
    return houses.signed(house, houses.assigned(house), DraftKind.SUPPLEMENT_REQUEST, words)


def _file(name: str) -> StoredFile:
    content = b"%PDF-1.4\n%%EOF\n" + name.encode()
    key = default_storage.save(f"matrix/{name}", ContentFile(content))
    return StoredFile.objects.create(
        name=name,
        key=key,
        size=len(content),
        mime="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        scan_state=ScanState.CLEAN,
    )


def _leave(house) -> LeaveCover:
    """The officer on leave from tomorrow, the head stands in."""
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    days = {"valid_from": clock.today() + timedelta(days=1), "valid_to": clock.today() + timedelta(days=3)}
    return LeaveCover.objects.create(user=officer, cover=head, reason="Nghỉ phép năm", named_by=officer, **days)


def _notice(user_id: int) -> Notice:
    message = OutboxMessage.objects.create(
        kind="thu",
        channel="inapp",
        address=f"user:{user_id}",
        subject="Thử",
        body="Thử",
        dedupe_key="matrix",
        state=MessageState.SENT,
    )
    return Notice.objects.create(message=message, address=message.address, title="Thử", body="Thử")


def _printed(dossier):
    form = dossier.printed_forms.order_by("pk").first()
    form.file = _file("giay-tiep-nhan.pdf")
    form.save(update_fields=["file"])
    return form


def _counted_month() -> str:
    """A run of this month without figures; counting itself has tests of its own."""
    month = clock.Month.of(clock.today())
    Run.objects.create(month=month.first_day, computed_at=clock.now(), counted_until=clock.now(), digest="")
    return str(month)
