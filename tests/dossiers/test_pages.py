"""What the main pages and acts ask of the database: how many statements a dossier's page takes, how many tables one joins.

A dossier is taken through its whole life by the pages; every statement on the way is looked at.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from dossiers.enums import DraftKind
from dossiers.models.dossier import Dossier
from dossiers.services import desk, draft_checks, submission
from portal import clock
from tests import houses
from tests.client import StrictClient
from tests.dossiers.citizen.conftest import FULL, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.web]
DESK_STATEMENTS = 15  # session, user, roles and notices of the frame included; names and calendars warm
CITIZEN_STATEMENTS = 12
TABLES = 4
TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?\"?([a-z_][a-z0-9_]*)\"?", re.IGNORECASE)
CTE = re.compile(r"(?:\bWITH(?:\s+RECURSIVE)?|,)\s+\"?([a-z_]+)\"?\s*(?:\([^)]*\))?\s+AS\s+\(", re.IGNORECASE)
STRING = re.compile(r"'(?:[^']|'')*'")


def tables(sql):
    """Tables of a statement, each as often as it stands in it, sub-selects included.

    Statements that travel in one message are planned each by itself: the fullest counts. So are the parts of a statement
    that has no FROM of its own and only bundles sub-selects into one round trip (the numbers on the inbox's
    tabs).
    """
    sql = STRING.sub("''", sql)
    if "; " in sql.rstrip("; "):
        return max((tables(one) for one in sql.split("; ")), key=len)
    if re.match(r"SELECT \((?:SELECT|\()", sql):
        return max((tables(part.strip()[1:-1]) for part in _bundled(sql.removeprefix("SELECT "))), key=len)
    return [name for name in TABLE.findall(sql) if name not in CTE.findall(sql)]


def _bundled(text):
    depth, part = 0, ""
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            yield part
            part = ""
        else:
            part += sign
    yield part


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ('SELECT "a"."x" FROM "a" INNER JOIN "b" ON (1) LEFT OUTER JOIN "b" T3 ON (2)', 3),
        ('SELECT 1 FROM "a" WHERE EXISTS(SELECT 1 FROM "b" U0 WHERE U0."c" = \'x FROM d\')', 2),
        (
            "WITH RECURSIVE up(id) AS (SELECT id FROM a UNION ALL SELECT 1 FROM a u JOIN up ON true) SELECT id FROM up",
            2,
        ),
        ('SELECT (SELECT count(*) FROM (SELECT 1 FROM "a" JOIN "b" ON (1)) AS c), (SELECT count(*) FROM "a")', 2),
        ('INSERT INTO "a" ("x") VALUES (1)', 0),
    ],
)
def test_tables_are_counted(sql, number):
    assert len(tables(sql)) == number


class Watched:
    """A person at a browser whose statements are kept, page by page."""

    def __init__(self, user, kept):
        self.client, self.kept = StrictClient(), kept
        self.client.force_login(user)
        session = self.client.session
        session["demo_person"] = True
        session.save()

    def get(self, name, *args, status=200, **query):
        return self._ask("get", name, args, query, status)

    def post(self, name, *args, status=302, **data):
        return self._ask("post", name, args, data, status)

    def _ask(self, method, name, args, data, status):
        with CaptureQueriesContext(connection) as seen:
            answer = getattr(self.client, method)(reverse(name, args=args), data)
        assert answer.status_code == status, f"{name}: {answer.content.decode()[:2000]}"
        self.kept += [(f"{method} {name} {args}", query["sql"]) for query in seen]
        return len(seen)


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield houses.make_house()


@pytest.fixture
def people(house):
    kept = []
    people = {role: Watched(user, kept) for role, user in house.people.items()}
    return people | {"citizen": Watched(house.citizen, kept), "kept": kept}


ROUTE = [
    (Role.RECEPTIONIST, "receive", {}),
    (Role.RECEPTIONIST, "forward", {}),
    (Role.UNIT_HEAD, "assign", {"officer": ""}),
    (Role.OFFICER, "propose", {}),
    (Role.UNIT_HEAD, "send_back", {"reason": "Ghi rõ căn cứ."}),
    (Role.OFFICER, "propose", {}),
    (Role.UNIT_HEAD, "approve", {}),
    (Role.SIGNER, "approve", {}),
    (Role.CLERK, "issue", {}),
    (Role.RETURNER, "return", {"handed_to": "Nguyễn Văn Mẫu", "identity_seen": "on", "unpaid_seen": "on"}),
]


def ask_for_more(house, dossier, role):
    """A supplement request and its answer: the dossier with most to show."""
    houses.asked(
        house,
        dossier,
        by=house.people[role],
        reason="Không đọc được.",
        answer_by=clock.today() + timedelta(5),
        items=[{"paper_code": "", "name": "Xác nhận cư trú", "note": "Điều 5"}],
    )
    return Dossier.objects.get(pk=dossier.pk)


def budgets(people, dossier, where, over):
    """Look at both pages twice (the first may warm names and calendars) and note those that take too much."""
    for person in {*Role} & people.keys() - {Role.HOME_AFFAIRS, Role.ADMINISTRATOR, Role.POSTAL_CLERK}:
        people[person].get("desk:dossier", dossier.pk)
        took = people[person].get("desk:dossier", dossier.pk)
        if took > DESK_STATEMENTS:
            over.append(f"{where}, {person}: {took} statements on the desk's page")
    people["citizen"].get("my:dossier", dossier.reference)
    took = people["citizen"].get("my:dossier", dossier.reference)
    if took > CITIZEN_STATEMENTS:
        over.append(f"{where}: {took} statements on the citizen's page")


@pytest.mark.slow
def test_pages_of_a_dossier_stay_within_their_budget_through_its_whole_life(house, people):
    over = []
    dossier = ask_for_more(house, houses.submitted(house), Role.RECEPTIONIST)
    budgets(people, dossier, "waiting for a supplement", over)
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã có.")
    for role, action, facts in ROUTE:
        dossier.refresh_from_db()
        budgets(people, dossier, f"before {action}", over)
        if action == "propose":
            houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
        houses.made(dossier)
        told = {**facts, "officer": house.people[Role.OFFICER].pk} if action == "assign" else facts
        people[role].post("desk:act", dossier.pk, action, version=dossier.version, **told)
    dossier.refresh_from_db()
    budgets(people, dossier, "returned", over)
    assert over == []


@pytest.mark.slow
def test_pages_stay_within_their_budget_while_the_applicant_checks_the_draft(house, people):
    over, pages = [], (("my:paper_check", "reference", "citizen"), ("desk:paper_check", "pk", Role.RECEPTIONIST))
    dossier = houses.sent_for_check(houses.has_drafts_checked(house))
    draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words="Sai tên.")
    budgets(people, dossier, "corrected", over)
    houses.sent_for_check(house, dossier, content="Đã sửa.")
    budgets(people, dossier, "with its applicant", over)
    for page, key, person in pages:
        people[person].get(page, getattr(dossier, key))
        took = people[person].get(page, getattr(dossier, key))
        if took > DESK_STATEMENTS:
            over.append(f"{page}: {took} statements")
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    budgets(people, dossier, "agreed", over)
    broad = {str(found) for _page, sql in people["kept"] if len(found := tables(sql)) > TABLES}
    assert (over, broad) == ([], set())


@pytest.mark.slow
def test_no_statement_of_the_main_pages_and_acts_joins_more_than_four_tables(house, people):
    _file(house, people["citizen"])
    dossier = Dossier.objects.get()
    for role, action, facts in ROUTE:
        dossier.refresh_from_db()
        if action == "propose":
            houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
        houses.made(dossier)
        told = {**facts, "officer": house.people[Role.OFFICER].pk} if action == "assign" else facts
        people[role].get("desk:dossier", dossier.pk)
        people[role].post("desk:act", dossier.pk, action, version=dossier.version, **told)
    _follow(house, people)
    _desk(house, people)
    broad = {
        f"{page}: {len(found)} tables {found}: {sql[:400]}"
        for page, sql in people["kept"]
        if len(found := tables(sql)) > TABLES
    }
    assert len(people["kept"]) > 300
    assert broad == set(), "\n".join(sorted(broad))


def _file(house, citizen):
    """Fill, attach, check and send, as a citizen does."""
    citizen.get("procedures:home")
    citizen.get("procedures:search", q="xác nhận")
    citizen.get("procedures:procedure", house.procedure.code)
    citizen.get("my:start", house.procedure.code)
    citizen.post("my:start", house.procedure.code, unit=house.ward.pk)
    draft = Dossier.objects.get()
    citizen.get("my:step", draft.reference, "nguoi_yeu_cau")
    citizen.post("my:step", draft.reference, "nguoi_yeu_cau", version=draft.version, **FULL)
    citizen.get("my:files", draft.reference)
    citizen.post("my:files", draft.reference, paper="TP1", file=pdf())
    citizen.get("my:dossier", draft.reference)
    citizen.get("my:check", draft.reference)
    draft.refresh_from_db()
    citizen.post("my:submit", draft.reference, delivery="desk", declared="on", version=draft.version)
    citizen.get("my:done", draft.reference)


def _follow(house, people):
    """What a citizen does with a sent dossier: follow, answer a supplement, withdraw."""
    citizen = people["citizen"]
    dossier = ask_for_more(house, houses.assigned(house), Role.OFFICER)
    citizen.get("my:list")
    citizen.get("my:dossier", dossier.reference)
    citizen.get("my:supplement", dossier.reference)
    citizen.post("my:supplement", dossier.reference, answer="Đã có.", version=dossier.version)
    citizen.get("my:withdraw", dossier.reference)
    dossier.refresh_from_db()
    citizen.post("my:withdraw", dossier.reference, reason="Nhầm thủ tục.", version=dossier.version)
    answer = houses.signed(house, dossier, DraftKind.WITHDRAWAL_ANSWER, {"answer": "agree", "reason": ""})
    dossier.refresh_from_db()
    said = {"version": dossier.version, "draft": answer.pk, "digest": answer.file.sha256}
    people[Role.RECEPTIONIST].post("desk:act", dossier.pk, "withdraw", **said)
    citizen.get("accounts:notices")
    citizen.get("accounts:profile")
    citizen.get("vault:mine")


def _desk(house, people):
    """Lists, counter, and the acts beside the usual route."""
    head = people[Role.DESK_HEAD]
    for tab in ("cua-toi", "nhom", "cho-tiep-nhan", "sap-han", "qua-han", "cho-dan", "xong"):
        people[Role.RECEPTIONIST].get("desk:inbox", muc=tab)
    head.get("desk:holders")
    head.get("desk:search", q="mau")
    head.get("desk:search", q="H29")
    people[Role.RECEPTIONIST].get("desk:counter", procedure=house.procedure.pk)
    refused, asked = houses.submitted(house), houses.submitted(house)
    why = {"reason_code": "wrong_unit", "reason": "Nơi khác."}
    no = houses.signed(house, refused, DraftKind.INTAKE_REFUSAL, why)
    refused.refresh_from_db()
    said = {"version": refused.version, "draft": no.pk, "digest": no.file.sha256}
    head.post("desk:act", refused.pk, "refuse", **said)
    words = {"items": [{"paper_code": "", "name": "Xác nhận cư trú", "note": "Điều 5"}], "reason": "Không đọc được."}
    day = houses.workday(5).isoformat()
    draft = houses.signed(house, asked, DraftKind.SUPPLEMENT_REQUEST, {**words, "answer_by": day})
    asked.refresh_from_db()
    said = {"version": asked.version, "draft": draft.pk, "digest": draft.file.sha256}
    people[Role.RECEPTIONIST].post("desk:act", asked.pk, "request_supplement", **said)
    desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    people[Role.HOME_AFFAIRS].get("reporting:board")
    people[Role.ADMINISTRATOR].get("accounts:staff")
    people[Role.ADMINISTRATOR].get("accounts:units")
