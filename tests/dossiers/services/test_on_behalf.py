"""What the desk records for somebody who comes: a supplement in full or in part, a wish to withdraw and who must answer it."""

from datetime import date, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role, UnitKind
from dossiers import queries
from dossiers.desk import inbox
from dossiers.desk.rows import ITEM_VALUES, item_rows
from dossiers.enums import Action, Appeared, EventCode, PrintedName, SeenPaper, State
from dossiers.models.appearance import Appearance
from dossiers.models.attachment import Attachment
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import PrintedForm, Supplement
from dossiers.models.work import WorkItem
from dossiers.services import decision, desk, on_behalf, submission
from dossiers.services.on_behalf import MET, InPerson
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import MissingPaperError, NotNowError, StaleError, UserError
from procedures.enums import PaperForm, StepKind
from tests import houses
from tests.factories import MembershipFactory, UnitFactory
from tests.vault.samples import PDF
from vault.enums import ScanState
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.unit, pytest.mark.slow]
OWNER = InPerson(Appeared.OWNER, "Lê Thị Mẫu", SeenPaper.IDENTITY_CARD)
PROXY = InPerson(Appeared.OTHER, "Trần Văn Thay", SeenPaper.E_IDENTITY, "Giấy ủy quyền số 12 ngày 01/11/2026")
TWO = (
    {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Ảnh mờ."},
    {"paper_code": "", "name": "Xác nhận cư trú", "note": "Điều 5"},
)
LATER = "2026-11-20T09:00+07:00"


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def clerk(house):
    return house.people[Role.RECEPTIONIST]


def on_paper(house):
    """A paper dossier at the officer's desk: nobody has an account for it."""
    received = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    return houses.at_the_officer(house, received)


def asked(house, dossier, items=TWO):
    return houses.asked(house, dossier, answer_by=date(2026, 11, 25), items=list(items))


def last_event(dossier):
    return DossierEvent.objects.filter(dossier_id=dossier.pk).latest("seq")


def open_kinds(dossier):
    return list(WorkItem.objects.filter(dossier=dossier, closed_at=None).values_list("kind", "unit_id", "role"))


def test_a_paper_dossier_goes_on_when_all_was_brought(house, clerk):
    dossier = asked(house, on_paper(house))
    due_before = dossier.due_at
    with time_machine.travel(LATER, tick=False):
        done = on_behalf.supplement_done(
            dossier_id=dossier.pk,
            by=clerk,
            visitor=OWNER,
            brought={0: PaperForm.ORIGINAL, 1: PaperForm.COPY},
            version=dossier.version,
        )
        now = clock.now()
    assert (done.state, done.clock_stopped_at) == (State.PROCESSING, None)
    assert done.due_at > due_before
    event = last_event(done)
    assert (event.code, event.actor_id, event.actor_role, event.actor_unit_id) == (
        EventCode.SUPPLEMENT_ANSWERED,
        clerk.pk,
        Role.RECEPTIONIST,
        house.center.pk,
    )
    request = Supplement.objects.get()
    assert (request.answered_at, request.answer) == (now, "Đã bổ sung tại quầy.")
    came = (
        Attachment.objects.filter(dossier=done, round=1).order_by("pk").values_list("paper_code", "form", "paper_name")
    )
    assert list(came) == [
        ("TP1", PaperForm.ORIGINAL, "Giấy tờ chứng minh"),
        ("bo-sung-1-2", PaperForm.COPY, "Xác nhận cư trú"),
    ]
    assert event.papers_total == 2
    item = WorkItem.objects.get(dossier=done, closed_at=None)
    assert (item.suspended_at, item.due_at > now) == (None, True)
    assert PrintedForm.objects.filter(dossier=done, name=PrintedName.RECEIPT).count() == 2  # printed anew
    visit = Appearance.objects.get(dossier=done)
    assert (visit.event_seq, visit.appeared, visit.name, visit.seen) == (
        event.seq,
        Appeared.OWNER,
        "Lê Thị Mẫu",
        SeenPaper.IDENTITY_CARD,
    )
    assert OutboxMessage.objects.filter(kind="dossier.supplement_answered").count() == 0  # it has no short sentence


def test_what_is_missing_is_named_and_nothing_is_recorded(house, clerk):
    dossier = asked(house, on_paper(house))
    with pytest.raises(MissingPaperError, match="Còn thiếu: Xác nhận cư trú"):
        on_behalf.supplement_done(dossier_id=dossier.pk, by=clerk, visitor=OWNER, brought={0: PaperForm.ORIGINAL})
    assert not Attachment.objects.filter(dossier=dossier, round=1).exists()
    assert not Appearance.objects.exists()
    dossier.refresh_from_db()
    assert dossier.state == State.SUPPLEMENT


def test_a_visit_that_brought_part_is_noted_and_told(house, clerk):
    dossier = asked(house, on_paper(house))
    facts = {"dossier_id": dossier.pk, "by": clerk, "visitor": PROXY}
    done = on_behalf.note_visit(**facts, brought={0: PaperForm.ORIGINAL}, note="Hẹn thứ sáu.")
    event = last_event(done)
    assert (done.state, event.code) == (State.SUPPLEMENT, EventCode.SUPPLEMENT_PARTLY)
    said = EventText.objects.get(dossier=done, seq=event.seq)
    assert said.text == "Còn thiếu: Xác nhận cư trú. Hạn bổ sung: hết ngày 25/11/2026.\nHẹn thứ sáu."
    assert said.is_public
    short = OutboxMessage.objects.get(kind="dossier.supplement_partly", channel="sms")
    assert "còn thiếu" in short.body
    with pytest.raises(UserError, match="đã đủ"):
        on_behalf.note_visit(**facts, brought={1: MET})
    done = on_behalf.supplement_done(**facts, brought={1: MET})
    assert done.state == State.PROCESSING
    assert list(Appearance.objects.values_list("authority", flat=True)) == [PROXY.authority] * 2
    assert Attachment.objects.filter(dossier=done, round=1).count() == 1


def test_before_reception_and_for_an_online_dossier_it_works_alike(house, clerk):
    dossier = asked(house, houses.submitted(house))
    done = on_behalf.supplement_done(
        dossier_id=dossier.pk, by=clerk, visitor=OWNER, brought={0: PaperForm.COPY, 1: MET}
    )
    assert (done.state, done.accept_by is not None) == (State.SUBMITTED, True)
    assert OutboxMessage.objects.filter(kind="dossier.supplement_answered", channel="email").exists()
    assert desk.receive(dossier_id=done.pk, by=clerk).code


def test_scans_are_kept_with_the_round_and_take_the_form_of_their_paper(house, clerk):

    dossier = asked(house, on_paper(house))
    upload = SimpleUploadedFile("giay.pdf", PDF, content_type="application/pdf")
    kept = on_behalf.attach(dossier_id=dossier.pk, by=clerk, place=1, upload=upload).attachment
    assert (kept.paper_code, kept.round, kept.form) == ("bo-sung-1-2", 1, PaperForm.E_COPY)
    done = on_behalf.supplement_done(
        dossier_id=dossier.pk, by=clerk, visitor=OWNER, brought={0: PaperForm.ORIGINAL, 1: PaperForm.ORIGINAL}
    )
    kept.refresh_from_db()
    assert (done.state, kept.form, kept.file_id is not None) == (State.PROCESSING, PaperForm.ORIGINAL, True)
    assert last_event(done).papers_digitised == 1
    with pytest.raises(UserError):
        on_behalf.attach(dossier_id=dossier.pk, by=clerk, place=0, upload=upload)


def test_a_scan_taken_in_by_mistake_goes_out_again_and_an_unknown_item_is_refused(house, clerk):

    dossier = asked(house, on_paper(house))
    upload = SimpleUploadedFile("giay.pdf", PDF, content_type="application/pdf")
    with pytest.raises(UserError, match="không có mục này"):
        on_behalf.attach(dossier_id=dossier.pk, by=clerk, place=2, upload=upload)
    kept = on_behalf.attach(dossier_id=dossier.pk, by=clerk, place=0, upload=upload).attachment
    on_behalf.remove(dossier_id=dossier.pk, by=clerk, attachment_id=kept.pk)
    on_behalf.remove(dossier_id=dossier.pk, by=clerk, attachment_id=kept.pk)
    assert not Attachment.objects.filter(dossier=dossier, round=1).exists()


def test_an_infected_scan_is_not_taken_for_a_paper(house, clerk):
    dossier = asked(house, on_paper(house))
    file = StoredFile.objects.create(
        key="x", name="xấu.pdf", mime="application/pdf", size=1, sha256="0" * 64, scan_state=ScanState.INFECTED
    )
    Attachment.objects.create(
        dossier=dossier, paper_code="TP1", paper_name="x", form=PaperForm.E_COPY, round=1, file=file
    )
    with pytest.raises(UserError, match="mã độc"):
        on_behalf.supplement_done(dossier_id=dossier.pk, by=clerk, visitor=OWNER, brought={1: MET})


@pytest.mark.parametrize("role", [Role.OFFICER, Role.UNIT_HEAD, Role.CLERK, Role.RETURNER])
def test_only_the_desk_records_for_others(house, role):
    dossier = asked(house, on_paper(house))
    for act in (on_behalf.supplement_done, on_behalf.note_visit):
        with pytest.raises(NotNowError):
            act(dossier_id=dossier.pk, by=house.people[role], visitor=OWNER, brought={0: MET, 1: MET})
    with pytest.raises(NotNowError):
        on_behalf.withdraw(dossier_id=dossier.pk, by=house.people[role], visitor=OWNER, reason="Thôi.")


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK])
def test_everybody_who_receives_at_the_counter_may(house, role):
    dossier = asked(house, on_paper(house))
    done = on_behalf.supplement_done(
        dossier_id=dossier.pk, by=house.people[role], visitor=OWNER, brought={0: MET, 1: MET}
    )
    assert last_event(done).actor_role == role


def test_the_desk_that_took_over_a_closed_one_records_too(house):
    dossier = asked(house, on_paper(house))
    heir = UnitFactory(name="Trung tâm kế thừa", kind=UnitKind.DESK)
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(kind=UnitKind.DESK)).user
    successor = MembershipFactory(role=Role.RECEPTIONIST, unit=heir).user
    house.center.successors.add(heir)
    house.center.valid_to = clock.today() - timedelta(days=1)
    house.center.save()
    assert list(queries.for_desk(successor)) == [dossier]
    facts = {"dossier_id": dossier.pk, "visitor": OWNER, "brought": {0: MET, 1: MET}}
    with pytest.raises(NotNowError):
        on_behalf.supplement_done(**facts, by=stranger)
    done = on_behalf.supplement_done(**facts, by=successor)
    assert (done.state, last_event(done).actor_unit_id) == (State.PROCESSING, heir.pk)


def test_a_stale_page_and_a_proxy_without_paper_are_told(house, clerk):
    dossier = asked(house, on_paper(house))
    with pytest.raises(StaleError):
        on_behalf.supplement_done(
            dossier_id=dossier.pk, by=clerk, visitor=OWNER, brought={0: MET, 1: MET}, version=dossier.version - 1
        )
    nobody = InPerson(Appeared.OTHER, "Trần Văn Thay", SeenPaper.PASSPORT)
    with pytest.raises(UserError, match="giấy ủy quyền"):
        on_behalf.supplement_done(dossier_id=dossier.pk, by=clerk, visitor=nobody, brought={0: MET, 1: MET})
    dossier.refresh_from_db()
    assert dossier.state == State.SUPPLEMENT


# ── withdrawal ───────────────────────────────────────────────────────────────────────────────────


def test_before_reception_a_paper_wish_withdraws_at_once(house, clerk):
    done = on_behalf.withdraw(
        dossier_id=houses.submitted(house).pk, by=clerk, visitor=OWNER, reason="Đơn ngày 18/11/2026."
    )
    assert (done.state, done.finished_at, open_kinds(done)) == (State.WITHDRAWN, clock.now(), [])
    assert Appearance.objects.get().event_seq == last_event(done).seq


def test_after_reception_the_wish_lies_with_the_head_of_the_unit_that_has_the_dossier(house, clerk):
    dossier = on_paper(house)
    done = on_behalf.withdraw(dossier_id=dossier.pk, by=clerk, visitor=OWNER, reason="Đơn ngày 18/11/2026.")
    assert (done.state, done.wants_withdrawal) == (State.PROCESSING, True)
    assert ("withdrawal", house.office.pk, Role.UNIT_HEAD) in open_kinds(done)
    event = last_event(done)
    assert (event.code, event.actor_role) == (EventCode.WITHDRAWAL_REQUESTED, Role.RECEPTIONIST)
    with pytest.raises(NotNowError):
        on_behalf.withdraw(dossier_id=dossier.pk, by=clerk, visitor=OWNER, reason="Lần nữa.")
    done = houses.let_withdraw(house, dossier)
    assert (done.state, open_kinds(done)) == (State.WITHDRAWN, [])


@pytest.mark.parametrize(
    ("make", "unit", "role"),
    [("received", "center", Role.DESK_HEAD), ("assigned", "office", Role.UNIT_HEAD), ("approved", "ward", Role.SIGNER)],
)
def test_the_wish_follows_where_the_dossier_lies(house, make, unit, role):
    dossier = getattr(houses, make)(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    assert ("withdrawal", getattr(house, unit).pk, role) in open_kinds(dossier)
    head = house.people[role]
    found = inbox.tab_items("nhom", user_id=head.pk, memberships=queries.memberships(head), now=clock.now())
    assert found.filter(kind=StepKind.WITHDRAWAL, dossier=dossier).exists()


def test_a_wish_is_work_while_the_dossier_waits_for_its_citizen_too(house):
    dossier = asked(house, houses.assigned(house))
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    head = house.people[Role.UNIT_HEAD]
    found = inbox.tab_items("nhom", user_id=head.pk, memberships=queries.memberships(head), now=clock.now())
    assert list(found.values_list("kind", "suspended_at")) == [("withdrawal", None)]
    (row,) = item_rows(found.values(*ITEM_VALUES), units=[house.office], now=clock.now())
    assert row["step"] == "Trả lời đề nghị rút hồ sơ"
    assert "tạm dừng" not in row["left"]
    due_at = found.get().due_at
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã gửi.")
    assert WorkItem.objects.get(kind=StepKind.WITHDRAWAL).due_at == due_at


def test_no_result_passes_over_a_wish_and_other_steps_go_on(house):
    dossier = houses.assigned(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    people = house.people
    houses.proposed(dossier_id=dossier.pk, by=people[Role.OFFICER], decision="grant", content="Đủ.")
    decision.approve(dossier_id=dossier.pk, by=people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=people[Role.SIGNER])
    before = DossierEvent.objects.filter(dossier_id=dossier.pk).count()
    with pytest.raises(UserError, match="đề nghị rút hồ sơ này"):
        houses.issue(dossier_id=dossier.pk, by=people[Role.CLERK])
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == before
    assert not hasattr(type(dossier).objects.get(pk=dossier.pk), "result")
    assert Action.SUBMIT_DRAFT in queries.allowed_actions(
        type(dossier).objects.get(pk=dossier.pk), people[Role.UNIT_HEAD]
    )


def test_a_received_dossier_may_be_forwarded_beside_its_wish(house, clerk):
    dossier = houses.received(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    done = desk.forward(dossier_id=dossier.pk, by=clerk)
    assert [kind for kind, _unit, _role in open_kinds(done)] == ["withdrawal", "assign"]


def test_wishes_from_before_they_were_work_become_work(house):
    dossier = houses.assigned(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    WorkItem.objects.filter(kind=StepKind.WITHDRAWAL).delete()
    module = import_module("dossiers.migrations.0008_wishes_are_work")
    for _turn in range(2):
        module.open_items(apps, None)
    item = WorkItem.objects.get(kind=StepKind.WITHDRAWAL)
    assert (item.unit, item.role, item.name) == (house.office, Role.UNIT_HEAD, StepKind.WITHDRAWAL.label)
    done = houses.let_withdraw(house, dossier)
    assert (done.state, open_kinds(done)) == (State.WITHDRAWN, [])
