"""No form of the desk answers with a 500, whatever is sent; nothing is half-saved."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import Membership
from dossiers.desk import acts
from dossiers.enums import Action, DraftKind
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import fees, paper_drafts, submission
from portal import clock
from tests import houses
from tests.dossiers import post as posts
from tests.dossiers.desk.test_counter import typed
from tests.dossiers.money.till import make_till

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]

BOUNDED = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1",
            "on",
            "grant",
            "31/02/2027",
            "31/12/2026",
            "other",
            "9" * 25,
            "\x00",
            "a\x00b",
            "x" * 10_000,
            "'; DROP TABLE x; --",
            "{{ 7 }}",
            "<script>alert(1)</script>",
            "\u0065\u0302\u0301",
            "\ud7ff",
            "٣",
            "1e309",
            "NaN",
        ]
    ),
)
NAMES = [
    "version",
    "item",
    "despite_leave",
    "draft",
    "draft_version",
    "digest",
    "reason",
    "reason_code",
    "officer",
    "decision",
    "content",
    "handed_to",
    "identity_seen",
    "unpaid_seen",
    "appeared",
    "name",
    "seen",
    "authority",
    "paper_0",
    "note_0",
    "note_99",
    "extra_name",
    "extra_basis",
    "answer_by",
    "unit",
    "question",
    "days",
    "shown",
    "shows_owner",
    "amount",
    "law",
    "copies",
    "pages",
    "persons",
    "subject",
]
COUNTER_NAMES = [
    "owner_kind",
    "identity_kind",
    "identity",
    "full_name",
    "birth_date",
    "phone",
    "address",
    "submitter_name",
    "submitter_identity",
    "submitter_phone",
    "unit",
    "competent",
    "channel",
    "procedure",
    "case_code",
    "delivery",
    "paper_0",
    "paper_9",
    "danh_muc",
    "idempotency_key",
    "buoc",
    "loc",
]
ASKED = {"items": [{"paper_code": "TP1", "name": "Giấy", "note": "mờ"}], "reason": "Mờ.", "answer_by": "2026-12-30"}


def _with_request(house):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=DraftKind.SUPPLEMENT_REQUEST, fields=ASKED)
    return dossier


def _with_submitted_request(house):
    dossier = _with_request(house)
    return paper_drafts.submit(dossier_id=dossier.pk, by=house.people[Role.OFFICER])


def _with_signed_request(house):
    dossier = houses.assigned(house)
    houses.signed(house, dossier, DraftKind.SUPPLEMENT_REQUEST, ASKED)
    return dossier


def _with_signed_refusal(house):
    dossier = houses.submitted(house)
    houses.signed(house, dossier, DraftKind.INTAKE_REFUSAL, {"reason_code": "other", "reason": "Sai."})
    return dossier


def _with_signed_answer(house):
    dossier = houses.received(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    houses.signed(house, dossier, DraftKind.WITHDRAWAL_ANSWER, {"answer": "agree", "reason": ""})
    return dossier


def _with_signed_letter(house):
    dossier = houses.assigned(house)
    words = {"cause": "late_other", "reason": "Máy hỏng.", "new_due": f"{houses.workday(10)}T17:00:00+07:00"}
    due = clock.local(dossier.due_at).isoformat()
    houses.signed(house, dossier, DraftKind.APOLOGY, {**words, "due_before": due})
    return dossier


def _with_drafted_result(house):
    dossier = houses.assigned(house)
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    return dossier


def _with_result_to_check(house):
    return _with_drafted_result(houses.has_drafts_checked(house))


def _with_its_applicant(house):
    return houses.sent_for_check(house, _with_result_to_check(house))


def _asked_to_pay(house):
    dossier = houses.assigned(make_till(house))
    asked = {"name": "Lệ phí thử", "amount": 50_000, "law": "Thông báo thử", "answer_by": houses.workday(5)}
    return fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **asked)


def _post(house):
    if not hasattr(house, "post"):
        house.post = posts.make_post(house)
        house.people[Role.POSTAL_CLERK] = house.post.clerk
    return house.post


def _left_at_the_post(house):
    dossier = posts.prepared(_post(house))
    Membership.objects.filter(unit=house.post.office).update(valid_to=clock.today() - timedelta(days=1))
    return dossier


STAGES = {
    Action.RECEIVE: (houses.submitted, Role.RECEPTIONIST),
    Action.REFUSE: (_with_signed_refusal, Role.RECEPTIONIST),
    Action.FORWARD: (houses.received, Role.RECEPTIONIST),
    Action.PROPOSE: (_with_drafted_result, Role.OFFICER),
    Action.SEND_FOR_CHECK: (_with_result_to_check, Role.OFFICER),
    Action.TAKE_BACK_CHECK: (_with_its_applicant, Role.OFFICER),
    Action.REQUEST_SUPPLEMENT: (_with_signed_request, Role.RECEPTIONIST),
    Action.REAPPOINT: (_with_signed_letter, Role.RECEPTIONIST),
    Action.SUBMIT_DRAFT: (_with_request, Role.OFFICER),
    Action.DROP_DRAFT: (_with_request, Role.OFFICER),
    Action.SIGN_DRAFT: (_with_submitted_request, Role.UNIT_HEAD),
    Action.RETURN_DRAFT: (_with_submitted_request, Role.UNIT_HEAD),
    Action.ISSUE: (houses.approved, Role.CLERK),
    Action.RETURN: (houses.issued, Role.RETURNER),
    Action.WITHDRAW: (_with_signed_answer, Role.RECEPTIONIST),
    Action.DECLINE_WITHDRAWAL: (_with_signed_answer, Role.RECEPTIONIST),
    Action.ASSIGN: (houses.assigned, Role.UNIT_HEAD),
    Action.APPROVE: (houses.assigned, Role.UNIT_HEAD),
    Action.SEND_BACK: (houses.assigned, Role.UNIT_HEAD),
    Action.TAKE: (houses.received, Role.RECEPTIONIST),
    Action.RELEASE: (houses.assigned, Role.OFFICER),
    Action.REASSIGN: (houses.assigned, Role.UNIT_HEAD),
    Action.RECALL: (houses.assigned, Role.UNIT_HEAD),
    Action.CONSULT: (houses.assigned, Role.OFFICER),
    Action.WITHDRAW_ON_BEHALF: (houses.received, Role.RECEPTIONIST),
    Action.SET_FEE: (houses.received, Role.RECEPTIONIST),
    Action.REQUEST_PAYMENT: (houses.assigned, Role.OFFICER),
    Action.TAKE_BACK_PAYMENT: (_asked_to_pay, Role.OFFICER),
    Action.TAKE_FROM_POST: (_left_at_the_post, Role.DESK_HEAD),
    Action.FAIL_DELIVERY: (lambda house: posts.with_post(_post(house)), Role.POSTAL_CLERK),
}


def test_every_act_is_fuzzed():
    assert set(STAGES) == {act.code for act in acts.ACTS}


@pytest.mark.parametrize("action", list(STAGES))
def test_acts_never_break(house, enter, action):
    make, role = STAGES[action]
    dossiers = [make(house)]
    client = enter(house.people[role], Client)  # the strict client takes typed braces for template syntax

    @BOUNDED
    @given(st.dictionaries(st.sampled_from(NAMES), NASTY, max_size=6), st.booleans())
    def check(facts, knows_version):
        dossier = Dossier.objects.get(pk=dossiers[0].pk)
        if knows_version:
            facts = {**facts, "version": dossier.version}
        before = DossierEvent.objects.filter(dossier_id=dossier.pk).count()
        response = client.post(f"/mot-cua/{dossier.pk}/viec/{action.value}/", facts)
        after = Dossier.objects.get(pk=dossier.pk)
        assert response.status_code in (302, 400, 409)
        done = response.status_code == 302
        assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == before + done
        assert after.version == dossier.version + done
        if done:
            dossiers[0] = make(house)

    check()


def test_the_answer_at_the_desk_never_breaks(house, enter):
    client = enter(house.people[Role.RECEPTIONIST], Client)
    dossiers = [_with_its_applicant(house)]

    @BOUNDED
    @given(st.dictionaries(st.sampled_from([*NAMES, "answer", "words", "visitor"]), NASTY, max_size=6), st.booleans())
    def check(facts, is_whole):
        dossier = Dossier.objects.get(pk=dossiers[0].pk)
        said = {"version": dossier.version, "answer": "agrees", "appeared": "owner", "visitor": "Lê Thị Mẫu"}
        sent = {**said, "seen": "passport", "words": "", "authority": "", **facts} if is_whole else facts
        response = client.post(f"/mot-cua/{dossier.pk}/kiem-tra-du-thao/", sent)
        assert response.status_code in (302, 400, 409)
        done = response.status_code == 302
        assert Dossier.objects.get(pk=dossier.pk).version == dossier.version + done
        if done:
            dossiers[0] = _with_its_applicant(house)

    check()


def test_counter_never_breaks(house, enter):
    client = enter(house.people[Role.RECEPTIONIST], Client)

    @BOUNDED
    @given(st.dictionaries(st.sampled_from(COUNTER_NAMES), NASTY, max_size=5))
    def check(facts):
        before = Dossier.objects.count()
        response = client.post("/mot-cua/tai-quay/", {**typed(house), **facts})
        assert response.status_code in (200, 302, 400, 409)
        assert Dossier.objects.count() == before + (response.status_code == 302)

    check()


def test_search_and_lists_never_break(house, enter):
    client = enter(house.people[Role.DESK_HEAD], Client)

    @BOUNDED
    @given(NASTY, st.sampled_from(["q", "nguoi", "sau", "truoc", "muc"]))
    def check(text, name):
        for address in ("/mot-cua/", "/mot-cua/tim/", "/mot-cua/nguoi-giu/"):
            assert client.get(address, {name: text}).status_code in (200, 404)
        assert client.post("/mot-cua/tim/", {"q": text}).status_code in (200, 302, 400)

    check()
