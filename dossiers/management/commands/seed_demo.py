"""Load the demo city: units, calendar, cast, catalogue, and a few live dossiers made through the services."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

import accounts.seeds
import procedures.seeds
from accounts.enums import IdentityKind, PartyKind
from accounts.models import OrgUnit, User
from accounts.services.facts import PartyFacts
from dossiers import loading, paper_checks, queries, result_papers, supplement_days
from dossiers.enums import Delivery, DraftKind, DraftState, State
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import decision, desk, draft_checks, drafts, paper_drafts, results
from portal import clock
from procedures import result_templates
from procedures.enums import PaperForm
from procedures.models import Procedure

FILINGS = Path(__file__).resolve().parents[2] / "data" / "demo_filings.json"
WARD, CENTER = "p-vung-tau", "p-vung-tau-ttpvhcc"
# What the officer of the story adds to the paper; the rest comes from the answers.
OFFICERS = {"can_bo_xung_ho": "bà", "can_bo_ho_ten": "Lê Thị Mẫu Hộ Tịch", "giay_to_loai": "Số định danh cá nhân"}
CONTENT = "Xác nhận theo đề nghị của người nộp. Văn bản mẫu của hệ thống trình diễn, không có giá trị pháp lý."


class Command(BaseCommand):
    """Idempotent: a second run changes nothing."""

    help = "Load the demo city (demo mode only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to leave out the live dossiers (tests want an empty desk)."""
        parser.add_argument("--without-dossiers", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each part and say so."""
        self.stdout.write("Units, calendar and cast …")
        cast = accounts.seeds.load()
        self.stdout.write("Catalogue …")
        procedures.seeds.load()
        if options["without_dossiers"] or Dossier.objects.exists():
            return
        self.stdout.write("Live dossiers …")
        _live_dossiers(cast)


def _live_dossiers(cast: dict[str, User]) -> None:
    filings = json.loads(FILINGS.read_text(encoding="utf-8"))
    for stage in range(7):
        _advance(_file_online(cast["citizen_email"], filings["online"]), stage, cast)
    for stage, facts in enumerate(filings["counter"]):
        _advance(_file_at_counter(cast["receptionist"], facts), stage, cast, is_received=True)


def _file_online(citizen: User, filing: dict[str, Any]) -> Dossier:
    procedure = Procedure.objects.get(code=filing["procedure"])
    dossier = drafts.start(account=citizen, procedure_id=procedure.pk, unit_id=OrgUnit.objects.get(code=WARD).pk)
    for step_key, answers in filing["answers"].items():
        dossier = drafts.save_step(
            dossier_id=dossier.pk, by=citizen, step_key=step_key, answers=answers, version=dossier.version
        )
    return drafts.send(dossier_id=dossier.pk, by=citizen, delivery=Delivery.ONLINE, version=dossier.version)


def _file_at_counter(clerk: User, facts: dict[str, str]) -> Dossier:
    procedure = Procedure.objects.get(code=facts["procedure"])
    revision = procedure.revisions.order_by("-number").first()
    papers = list(revision.papers.filter(kind="submit").order_by("sort_order", "pk")[:2]) if revision else []
    owner = PartyFacts(
        kind=PartyKind.PERSON,
        full_name=facts["name"],
        birth_date=facts["birth_date"],
        phone="0903000300",
        identity_kind=IdentityKind.CITIZEN_ID,
        identity=facts["identity"],
        place_code="26506",
        address="1 Trần Phú",
    )
    filing = desk.CounterFiling(
        unit_id=OrgUnit.objects.get(code=CENTER).pk,
        procedure_id=procedure.pk,
        competent_unit_id=OrgUnit.objects.get(code=WARD).pk,
        owner=owner,
        papers=[desk.PaperSeen(paper.code, paper.name, PaperForm.ORIGINAL) for paper in papers],
    )
    return desk.receive_at_counter(by=clerk, filing=filing)


def _advance(dossier: Dossier, stage: int, cast: dict[str, User], *, is_received: bool = False) -> None:
    """Take a dossier `stage` steps along its way, so that every screen has something to show."""
    pk = dossier.pk
    steps = [
        lambda: is_received or desk.receive(dossier_id=pk, by=cast["receptionist"]),
        lambda: desk.forward(dossier_id=pk, by=cast["receptionist"]),
        lambda: desk.assign(dossier_id=pk, by=cast["unit_head"], officer_id=cast["officer"].pk),
        lambda: _ask(pk, cast) if is_received else _let_check(pk, cast),
        lambda: None if is_received else _propose(pk, cast),
        lambda: None if is_received else _finish(pk, cast),
    ]
    for step in steps[:stage]:
        step()


def _ask(pk: int, cast: dict[str, User]) -> None:
    dossier = Dossier.objects.get(pk=pk)
    day = supplement_days.last_day(clock.today() + timedelta(days=10), queries.supplement_calendar(dossier))
    words = {
        "items": [{"paper_code": "TP01", "name": "Tờ khai", "note": "Thiếu chữ ký ở trang 2."}],
        "reason": "Tờ khai thiếu chữ ký ở trang 2.",
        "answer_by": day.isoformat(),
    }
    kind = DraftKind.SUPPLEMENT_REQUEST
    draft = paper_drafts.write(dossier_id=pk, by=cast["officer"], kind=kind, fields=words)
    paper_drafts.submit(dossier_id=pk, by=cast["officer"], draft_id=draft.pk)
    paper_drafts.sign(dossier_id=pk, by=cast["unit_head"], draft_id=draft.pk)
    paper_drafts.make_file(draft_id=draft.pk)
    desk.request_supplement(dossier_id=pk, by=cast["receptionist"], draft_id=draft.pk)


def _let_check(pk: int, cast: dict[str, User]) -> None:
    """Draft the paper from the answers, what an officer must add is added; it lies with the applicant where that is asked."""
    officer, dossier = cast["officer"], loading.whole(Dossier.objects.get(pk=pk))
    template = result_papers.template_for(dossier)
    fields = result_papers.initial_fields(dossier, template, by=officer)
    for gap in result_templates.missing(template, fields):
        fields[gap.key] = OFFICERS.get(gap.key, CONTENT)
    draft = paper_drafts.write(dossier_id=pk, by=officer, kind=DraftKind.RESULT, fields=fields)
    if paper_checks.asks(dossier):
        draft_checks.send(dossier_id=pk, by=officer, draft_id=draft.pk, draft_version=draft.version)


def _propose(pk: int, cast: dict[str, User]) -> None:
    dossier = Dossier.objects.get(pk=pk)
    if dossier.state == State.CHECKING and dossier.account is not None:
        draft_checks.confirm(dossier_id=pk, by=dossier.account)
    decision.propose(dossier_id=pk, by=cast["officer"])


def _finish(pk: int, cast: dict[str, User]) -> None:
    decision.approve(dossier_id=pk, by=cast["unit_head"])
    decision.approve(dossier_id=pk, by=cast["signer"])
    draft = PaperDraft.objects.get(dossier_id=pk, state=DraftState.NUMBERED)
    paper_drafts.make_file(draft_id=draft.pk)
    results.issue(dossier_id=pk, by=cast["clerk"], draft_id=draft.pk)
