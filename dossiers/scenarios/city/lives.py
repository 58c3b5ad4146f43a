"""What happens to one dossier of the demo city, step by step, through the services of the house.

A life is a generator: each step is an act and the working minutes before it; the player (`play`) lets the clock stand at
the moment of each and stops where the present begins.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from accounts.models import OrgUnit, User
from accounts.queries import cover_of
from dossiers import lateness, loading, money, paper_checks, queries, result_papers, supplement_days
from dossiers.enums import ConsultationAnswer, Delivery, DraftKind, DraftState, PaymentMethod, State
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.scenarios.city import filings
from dossiers.scenarios.city.people import WardHouse
from dossiers.services import (
    apologies,
    consulting,
    decision,
    desk,
    draft_checks,
    drafts,
    expiry,
    fees,
    paper_drafts,
    payments,
    results,
    submission,
)
from portal import clock, worktime
from portal.errors import UserError
from portal.worktime import WorkCalendar
from procedures.enums import StepKind
from procedures.models import Procedure

Step = tuple[str, Callable[[], object], int | datetime]
MORNING = timedelta(hours=7, minutes=10)  # when the sweep of supplements runs
RETURNED = "Ghi sai địa chỉ thường trú ở mục 3; đề nghị đối chiếu với tờ khai rồi trình lại."
BY_POST = "by post"  # the turn of a life whose result goes by post
AWAY = "officer_2"  # goes on leave (happenings)
ASKED = "Tờ khai thiếu chữ ký ở trang 2; bản chụp giấy tờ tùy thân bị mờ."
NO_GROUND = "Hồ sơ không đủ điều kiện theo quy định; giấy tờ kèm theo không phù hợp với nội dung đề nghị."
WISH = "Tôi đã được giải quyết ở nơi khác nên xin rút hồ sơ."
NOT_CHECKED = "Chưa kiểm tra xong thực tế tại hai địa điểm đã khai."
QUESTION = "Đề nghị cho ý kiến về nội dung liên quan đến lĩnh vực của đơn vị."


@dataclass(frozen=True, slots=True)
class LifePlan:
    """One life as it is meant: `turn` is what happens beside the plain way, `until` the step it does not come to any more.

    `pace`: working minutes between two steps, on average. `by`: the account that files; without one it comes at the counter.
    """

    procedure: str
    start: datetime
    pace: int
    turn: str = ""
    until: str = ""
    by: User | None = None
    officer: str = "officer"
    step: str = ""  # of a draft that is not sent: the last step filled in


class Life:
    """One dossier with who handles it."""

    def __init__(self, ward: WardHouse, plan: LifePlan, calendar: WorkCalendar, chance: Random) -> None:
        self.ward, self.plan, self.calendar, self.chance = ward, plan, calendar, chance
        self.pk = 0

    def play(self) -> Iterator[datetime]:
        """Give the moment of the next act; do it when asked on."""
        for name, act, pause in self._steps():
            if name == self.plan.until:
                return
            yield self._moment(pause)
            try:
                act()
            except UserError as error:
                error.add_note(f"{self.plan.procedure} {self.plan.turn}: {name}")
                raise

    def _moment(self, pause: int | datetime) -> datetime:
        if isinstance(pause, datetime):
            return pause
        if self.pk == 0:
            return self.plan.start
        minutes = max(2, round(pause * (0.5 + self.chance.random())))
        return worktime.add_minutes(clock.now(), minutes, self.calendar) + timedelta(seconds=self.chance.randrange(55))

    # ── the way ──────────────────────────────────────────────────────────────────────────────────

    def _steps(self) -> Iterator[Step]:
        pace = self.plan.pace
        if self.plan.by is None:
            yield "file", self._file_at_counter, pace
        else:
            yield "file", self._file_online, pace
            yield from self._at_intake()
            if self._dossier().state != State.SUBMITTED:
                return
            yield "receive", partial(self._do, desk.receive, "receptionist"), pace
        yield "forward", partial(self._do, desk.forward, "receptionist"), pace
        yield "assign", self._assign, pace
        yield from self._turns()
        if self._dossier().state != State.PROCESSING:
            return
        yield from self._decided()
        if self._dossier().state == State.DONE:
            yield "return", self._return, pace * 2

    def _at_intake(self) -> Iterator[Step]:
        """What may come before reception."""
        turn, pace = self.plan.turn, self.plan.pace
        if turn == "taken back":
            yield "take back", self._take_back, pace
        elif turn == "not accepted":
            yield from self._paper(DraftKind.INTAKE_REFUSAL, "receptionist", "desk_head")
            yield "send", partial(self._send, desk.refuse, DraftKind.INTAKE_REFUSAL), pace
        elif turn == "fixed at intake":
            yield from self._supplement("receptionist", "desk_head")

    def _turns(self) -> Iterator[Step]:
        """What may come while the officer has it."""
        turn, pace = self.plan.turn, self.plan.pace
        if turn in {"supplement", "expired"}:
            yield from self._supplement(self.plan.officer, "unit_head")
        elif turn == "withdrawn":
            yield "wish", self._wish, pace
            yield from self._paper(DraftKind.WITHDRAWAL_ANSWER, self.plan.officer, "unit_head")
            yield "send", partial(self._send, desk.approve_withdrawal, DraftKind.WITHDRAWAL_ANSWER), pace
        elif turn == "asks":
            yield "ask", self._ask, pace
        elif turn == "late":
            yield from self._paper(DraftKind.APOLOGY, self.plan.officer, "unit_head")
            yield "send", partial(self._send, apologies.reappoint, DraftKind.APOLOGY), pace
        elif turn == "pays":
            yield "ask payment", self._ask_payment, pace
            yield "pay", self._pay, pace

    def _paper(self, kind: DraftKind, writer: str, signer: str) -> Iterator[Step]:
        """A paper of the small way: written, put before a head, signed."""
        pace = self.plan.pace
        yield "write", partial(self._write, kind, writer), pace
        yield "submit", partial(self._of_kind, paper_drafts.submit, kind, writer), pace // 3
        yield "sign", partial(self._of_kind, paper_drafts.sign, kind, signer), pace

    def _supplement(self, writer: str, signer: str) -> Iterator[Step]:
        pace = self.plan.pace
        yield from self._paper(DraftKind.SUPPLEMENT_REQUEST, writer, signer)
        yield "send", partial(self._send, desk.request_supplement, DraftKind.SUPPLEMENT_REQUEST), pace
        request = self._dossier().supplements.get()
        if self.plan.turn == "expired":
            over = clock.at(request.answer_by + timedelta(days=1), datetime.min.time()) + MORNING
            yield "expire", partial(expiry.expire, request.pk), over
        elif self.plan.by is not None:
            yield "answer", self._answer, pace * 4

    def _decided(self) -> Iterator[Step]:
        """Drafted, checked where asked, proposed, agreed to, issued."""
        pace, answers = self.plan.pace, self._answers()
        for who, item_id in answers:
            yield "opinion", partial(self._opinion, who, item_id), pace
        yield "draft", self._draft, pace * 3
        if self._asks_check():
            yield "send for check", partial(self._with_draft, draft_checks.send), pace // 2
            yield "check", self._check, pace
        yield "propose", partial(self._with_draft, decision.propose), pace // 2
        if self.plan.turn == "sent back":
            yield "send back", partial(self._do, decision.send_back, "unit_head", reason=RETURNED), pace
            yield "draft again", self._draft, pace
            yield "propose again", partial(self._with_draft, decision.propose), pace // 2
        yield "review", partial(self._do, decision.approve, "unit_head"), pace
        if self._lies_at(StepKind.SIGN):
            yield "decide", partial(self._do, decision.approve, "signer"), pace
        yield "issue", partial(self._do, results.issue, "clerk"), pace

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def _who(self, key: str) -> User:
        """Who acts: the person meant, or whoever stands in for them while they are on leave."""
        meant = self.ward.members[key]
        leave = cover_of([meant.pk]).get(meant.pk) if key == AWAY else None
        return meant if leave is None else self.ward.members["officer"]

    def _dossier(self) -> Dossier:
        return Dossier.objects.get(pk=self.pk)

    def _do(self, act: Callable[..., Dossier], key: str, **more: Any) -> None:
        act(dossier_id=self.pk, by=self._who(key), **more)

    def _file_at_counter(self) -> None:
        filing = filings.at_counter(self.ward, self.plan.procedure)
        if self.plan.turn == BY_POST:
            filing = replace(filing, delivery=Delivery.POST)
        self.pk = desk.receive_at_counter(by=self._who("receptionist"), filing=filing).pk

    def _file_online(self) -> None:
        citizen = self.plan.by
        if citizen is None:
            return
        procedure = Procedure.objects.get(code=self.plan.procedure)
        dossier = drafts.start(account=citizen, procedure_id=procedure.pk, unit_id=self.ward.unit.pk)
        self.pk = dossier.pk
        for step_key, answers in filings.online(self.plan.procedure, citizen, self.ward, self.chance).items():
            dossier = drafts.save_step(
                dossier_id=dossier.pk, by=citizen, step_key=step_key, answers=answers, version=dossier.version
            )
            if step_key == self.plan.step:
                return
        drafts.send(dossier_id=dossier.pk, by=citizen, delivery=Delivery.ONLINE, version=dossier.version)

    def _assign(self) -> None:
        self._do(desk.assign, "unit_head", officer_id=self._who(self.plan.officer).pk)

    def _take_back(self) -> None:
        submission.withdraw(dossier_id=self.pk, by=self._account(), reason="Tôi nộp nhầm thủ tục.")

    def _wish(self) -> None:
        submission.request_withdrawal(dossier_id=self.pk, by=self._account(), reason=WISH)

    def _answer(self) -> None:
        submission.answer_supplement(dossier_id=self.pk, by=self._account(), answer="Tôi đã ký và chụp lại rõ nét.")

    def _check(self) -> None:
        """The applicant agrees, on the portal or at the desk; where silence agrees, the desk's call does as well."""
        account = self._dossier().account
        if account is not None:
            draft_checks.confirm(dossier_id=self.pk, by=account)
            return
        visitor = filings.visitor(self._dossier())
        draft_checks.confirm_on_behalf(dossier_id=self.pk, by=self._who("receptionist"), visitor=visitor)

    def _ask(self) -> None:
        unit = OrgUnit.objects.get(code=f"{self.ward.unit.code}-van-xa")
        asker = self._who(self.plan.officer)
        consulting.ask(dossier_id=self.pk, by=asker, unit_id=unit.pk, question=QUESTION, days=2)

    def _ask_payment(self) -> None:
        day = clock.today() + timedelta(days=10)
        asked = {"name": "Phí thẩm định (mẫu)", "amount": 120_000, "law": "Nghị quyết mẫu về phí", "answer_by": day}
        fees.request_payment(dossier_id=self.pk, by=self._who(self.plan.officer), **asked)

    def _pay(self) -> None:
        owed = money.owed(self._dossier()) or 0
        payments.pay(by=self._who("cashier"), taking=payments.Taking(self.pk, owed, PaymentMethod.CASH))

    def _opinion(self, who: User, item_id: int) -> None:
        agrees = {"kind": ConsultationAnswer.AGREES, "text": "Thống nhất với nội dung đề nghị."}
        unit_id = next(item.unit_id for item in queries.open_work(self.pk) if item.pk == item_id)
        if not consulting.needs_signature(unit_id, who):
            consulting.answer(item_id=item_id, by=who, **agrees)
            return
        consulting.submit_answer(item_id=item_id, by=who, **agrees)
        self._of_kind(paper_drafts.sign, DraftKind.CONSULTATION_ANSWER, "unit_head")
        consulting.send_answer(item_id=item_id, by=who)

    def _draft(self) -> None:
        """Draft the result from the answers, or the refusal; what an officer must add is added."""
        officer, dossier = self._who(self.plan.officer), loading.whole(self._dossier())
        known = PaperDraft.objects.filter(dossier_id=self.pk, state=DraftState.SENT_BACK).last()
        refuses = self.plan.turn == "refused"
        kind = DraftKind.REFUSAL if refuses else DraftKind.RESULT
        template = result_papers.template_for(dossier, refuses=refuses)
        first = result_papers.initial_fields(dossier, template, by=officer)
        fields = filings.completed(template, first, self.pk)
        number = known.pk if known else None
        paper_drafts.write(dossier_id=self.pk, by=officer, kind=kind, fields=fields, draft_id=number)

    def _return(self) -> None:
        dossier = self._dossier()
        results.return_to_citizen(dossier_id=self.pk, by=self._who("returner"), handed_to=dossier.owner_name)

    def _with_draft(self, act: Callable[..., Dossier]) -> None:
        act(dossier_id=self.pk, by=self._who(self.plan.officer))

    def _write(self, kind: DraftKind, writer: str) -> None:
        dossier = loading.whole(self._dossier())
        until = clock.today() + timedelta(days=4 if self.plan.turn == "expired" else 10)
        day = supplement_days.last_day(until, queries.supplement_calendar(dossier))
        words: dict[DraftKind, dict[str, Any]] = {
            DraftKind.SUPPLEMENT_REQUEST: {
                "items": [{"paper_code": "TP01", "name": "Tờ khai", "note": "Ký trang 2, chụp lại cho rõ."}],
                "reason": ASKED,
                "answer_by": day.isoformat(),
            },
            DraftKind.INTAKE_REFUSAL: {"reason_code": "other", "reason": NO_GROUND},
            DraftKind.WITHDRAWAL_ANSWER: {"answer": "agree", "reason": "Đồng ý theo đề nghị của người nộp."},
            DraftKind.APOLOGY: self._letter(dossier),
        }
        paper_drafts.write(dossier_id=self.pk, by=self._who(writer), kind=kind, fields=words[kind])

    def _letter(self, dossier: Dossier) -> dict[str, Any]:
        """The words of a letter of apology: three working days behind what was promised."""
        if dossier.due_at is None:
            return {}
        day = max(clock.local(dossier.due_at).date(), clock.today())
        for _number in range(3):
            day = self.calendar.next_workday(day)
        return {
            "cause": "late_checking",
            "reason": NOT_CHECKED,
            "new_due": lateness.end_of(day, self.calendar).isoformat(),
            "due_before": clock.local(dossier.due_at).isoformat(),
        }

    def _of_kind(self, act: Callable[..., Dossier], kind: DraftKind, key: str) -> None:
        act(dossier_id=self.pk, by=self._who(key), draft_id=self._live(kind).pk)

    def _send(self, act: Callable[..., Dossier], kind: DraftKind) -> None:
        act(dossier_id=self.pk, by=self._who("receptionist"), draft_id=self._live(kind).pk)

    def _live(self, kind: DraftKind) -> PaperDraft:
        ended = [DraftState.ISSUED, DraftState.DROPPED]
        return PaperDraft.objects.filter(dossier_id=self.pk, kind=kind).exclude(state__in=ended).get()

    # ── questions ────────────────────────────────────────────────────────────────────────────────

    def _account(self) -> User:
        if self.plan.by is None:
            raise LookupError(f"dossier {self.pk} has no account")
        return self.plan.by

    def _answers(self) -> list[tuple[User, int]]:
        """Who answers the questions that are open, in their units."""
        asked = [item for item in queries.open_work(self.pk) if item.kind == StepKind.CONSULT]
        own = self.ward.members["consulted"]
        code = f"{self.ward.unit.code}-van-xa"
        return [(own if item.unit.code == code else self.ward.members["heritage"], item.pk) for item in asked]

    def _asks_check(self) -> bool:
        return self.plan.turn != "refused" and paper_checks.asks(loading.whole(self._dossier()))

    def _lies_at(self, kind: StepKind) -> bool:
        return any(item.kind == kind for item in queries.open_work(self.pk))
