"""Verbs of the one-stop desk and the department's head: receive, refuse, forward, assign, supplement, withdrawal.

Called by desk views, batch and tasks; knows nothing of HTTP.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, OrgUnit, User
from accounts.queries import open_on
from accounts.services.facts import PartyFacts, checked
from dossiers import asked, numbering, queries, reasons, supplement_days, workflow
from dossiers.enums import Action, Delivery, SegmentKind, State, SubChannel
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import Supplement
from dossiers.services import counter_answers, paper_drafts, parties, postal, segments, terms
from dossiers.services.core import apply, begin, membership_for, needed, refuse_own
from dossiers.services.moving import fitting
from dossiers.services.opened import Actor, Deed, Opened
from portal import clock, once, sealing
from portal.errors import NotNowError, UserError
from procedures import postal as postal_rules
from procedures import published, reception, routes
from procedures.enums import Channel
from procedures.models import OnlineOffering, Procedure
from procedures.queries import current_revision, offering_on
from procedures.start_rules import Begins

OUT_OF_REACH = _(
    "Bộ phận này không được tiếp nhận hồ sơ thuộc thẩm quyền của cơ quan đã chọn (%(basis)s). Hãy hướng dẫn người nộp đến "
    "đúng nơi hoặc nộp trực tuyến."
)
NOT_LISTED = _(
    "Thủ tục này không có trong danh mục điểm bưu điện được nhận. Hãy hướng dẫn người nộp đến Bộ phận Một cửa hoặc nộp "
    "trực tuyến."
)
FOR_THE_APPLICANT = _("Hãy ghi rõ lý do để người nộp hiểu và làm theo được.")


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """A paper handed over at the counter: its code and name, in which form, how many of it, perhaps already scanned."""

    code: str
    name: str
    form: str
    file_id: uuid.UUID | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class CounterFiling:
    """What the counter page knows about a paper dossier; `answers`: those of the counter form, numbers as typed."""

    unit_id: int
    procedure_id: int
    competent_unit_id: int
    owner: PartyFacts
    channel: int = Channel.DESK
    case_code: str = ""
    submitter: PartyFacts | None = None
    papers: Sequence[PaperSeen] = ()
    delivery: str = Delivery.DESK
    answers: dict[str, Any] = field(default_factory=dict)
    fee_facts: dict[str, Any] = field(default_factory=dict)  # what Dossier.fee_facts holds
    idempotency_key: uuid.UUID = field(default_factory=uuid.uuid4)


@transaction.atomic
def receive(*, dossier_id: int, by: User, version: int | None = None, item_id: int | None = None) -> Dossier:
    """Receive an online submission: official code, due time, receipt.

    The clock runs from here, for another authority from the moment it gets the dossier (NĐ 118/2025 Art. 17.3).
    """
    return _receive(begin(dossier_id=dossier_id, action=Action.RECEIVE, by=by, version=version, item_id=item_id))


def receive_at_counter(*, by: User, filing: CounterFiling) -> Dossier:
    """Receive a paper dossier at the desk or from the post. The same form sent again gives the same dossier.

    At the post they are prepared only, since 05/8/2026: a civil servant receives them at the desk (NĐ 309/2026).
    Raises UsedFormError when the form's key comes with other data or from another person, UserError when the procedure
    is internal (online only since 20/5/2022), not served by the unit, or the person may not receive there.
    """
    mark = once.mark(by.pk, filing)
    known = _by_key(filing.idempotency_key)
    if known is None:
        try:
            return _receive_at_counter(by=by, filing=filing, mark=mark)
        except IntegrityError:
            known = _by_key(filing.idempotency_key)  # the same form arrived twice at once and the other one won
            if known is None:
                raise
    once.refuse_other(known.pk, known.form_mark, mark)
    return known


@transaction.atomic
def _receive_at_counter(*, by: User, filing: CounterFiling, mark: str) -> Dossier:
    desk = _open_unit(filing.unit_id)
    procedure = Procedure.objects.get(pk=filing.procedure_id)
    offering = _served(procedure, filing.competent_unit_id)
    memberships = queries.memberships(by)
    roles = frozenset(row.role for row in memberships if row.unit_id == desk.pk)
    action, receiving = _taken_as(desk, procedure, roles)
    if not reception.may_receive(receiving, offering.unit, procedure.code):  # at the post: the desk it works for
        raise UserError(OUT_OF_REACH % {"basis": reception.rule_on().basis}, field="unit")
    row = workflow.check(action, state=State.DRAFT, work=(), roles=roles, actor_id=by.pk, past=()).row
    revision = _revision(procedure)
    others = counter_answers.numbers(revision.pk, filing.answers)
    owner, submitter = parties.at_counter(filing.owner, filing.submitter, besides=others)
    secret = sealing.speakable_code(2)
    dossier = Dossier(
        reference=sealing.speakable_code(),
        secret_sealed=sealing.seal(secret),
        secret_index=sealing.blind_index(secret),
        idempotency_key=filing.idempotency_key,
        form_mark=mark,
        authority_code=offering.unit.authority_code,
        procedure=procedure,
        revision=revision,
        case_code=filing.case_code,
        fee_facts=filing.fee_facts,
        submitter=submitter,
        submitter_name=checked(filing.submitter or filing.owner).full_name,
        submitter_phone=checked(filing.submitter or filing.owner).phone,
        receiving_unit=receiving,
        competent_unit=offering.unit,
        counting_unit=offering.unit,
        department=offering.department,
        channel=filing.channel,
        is_internal=procedure.is_internal,
        sub_channel=SubChannel.POST if filing.channel == Channel.POST else SubChannel.COUNTER,
        level_offered=offering.level,
        delivery=filing.delivery,
        submitted_at=clock.now(),
    )
    parties.file_under(dossier, owner, checked(filing.owner), confirmed=True)
    refuse_own(dossier, by)
    counter_answers.keep(dossier, filing.answers)
    dossier.save()
    given = Attachment.objects.bulk_create(_attachment(dossier, paper) for paper in filing.papers)
    dossier.fee_due = terms.fee(dossier)
    opened = Opened(dossier, row, _receiver(by, memberships, desk, row), papers=given)
    return _receive(opened) if action == Action.RECEIVE_AT_COUNTER else _prepare(opened, desk)


def _taken_as(desk: OrgUnit, procedure: Procedure, roles: frozenset[str]) -> tuple[Action, OrgUnit]:
    """Whether papers are received here or only prepared, and the desk that answers for them.

    The post takes what is listed for it, and accepts it itself only by the rule of an earlier day.
    """
    receiving = {role for row in workflow.rows() if row.action == Action.RECEIVE_AT_COUNTER for role in row.roles}
    if roles & (receiving - {Role.POSTAL_CLERK}) or Role.POSTAL_CLERK not in roles:
        return Action.RECEIVE_AT_COUNTER, desk
    rule, listing = postal_rules.rule_on(), postal_rules.listed(desk.pk, procedure.pk)
    if rule is None or listing is None:
        raise UserError(NOT_LISTED, field="procedure")
    if rule.accepts:
        return Action.RECEIVE_AT_COUNTER, desk
    return Action.PREPARE_AT_POST, _open_unit(listing.desk_id)


def _prepare(opened: Opened, office: OrgUnit) -> Dossier:
    """Take papers in for the desk, which receives them: they lie with the post until the desk has signed for them."""
    first = routes.first(terms.route(opened.dossier))
    if office.pk == opened.dossier.receiving_unit_id:  # the post's people sit at the desk itself
        opened.row = replace(opened.row, moves=workflow.Moves.FIRST)
        segments.start_accept(opened.turn(), clock.now())
        return apply(opened)
    return apply(opened, Deed(beside=postal.with_post(opened, office, first.position)))


def _attachment(dossier: Dossier, paper: PaperSeen) -> Attachment:
    facts = {"form": paper.form, "count": paper.count, "file_id": paper.file_id}
    return Attachment(dossier=dossier, paper_code=paper.code, paper_name=paper.name[:500], **facts)


def _receiver(by: User, memberships: list[Membership], desk: OrgUnit, row: workflow.Transition) -> Actor:
    found = membership_for(memberships, desk.pk, row.roles)
    if found is None:
        raise NotNowError
    return Actor(by.pk, str(found.role), desk.pk, found.pk)


@transaction.atomic
def refuse(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    digest: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Send a signed refusal to receive (form 03); the dossier ends. Raises UserError while the paper's file is not there."""
    opened = begin(dossier_id=dossier_id, action=Action.REFUSE, by=by, version=version, item_id=item_id)
    draft = paper_drafts.ready(opened, draft_id, digest)
    fields = draft.fields
    opened.dossier.finished_at = clock.now()
    return paper_drafts.send(opened, draft, text=fields["reason"], reason_code=fields["reason_code"])


def check_refusal(_opened: Opened, fields: Mapping[str, Any]) -> None:
    """Refuse a refusal without a reason of the list, or without words the citizen can follow."""
    if fields.get("reason_code") not in dict(reasons.choices(Action.REFUSE)):
        raise UserError(_("Hãy chọn lý do từ chối trong danh sách."), field="reason_code")
    needed(fields.get("reason", ""), FOR_THE_APPLICANT)


@transaction.atomic
def forward(*, dossier_id: int, by: User, version: int | None = None, item_id: int | None = None) -> Dossier:
    """Pass a received dossier on to the department that handles it."""
    opened = begin(dossier_id=dossier_id, action=Action.FORWARD, by=by, version=version, item_id=item_id)
    segments.start(opened.turn(), Begins.FORWARDED, clock.now())
    return apply(opened)


@transaction.atomic
def assign(
    *,
    dossier_id: int,
    by: User,
    officer_id: int,
    despite_leave: bool = False,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Give the dossier to a case officer of the department."""
    opened = begin(dossier_id=dossier_id, action=Action.ASSIGN, by=by, version=version, item_id=item_id)
    unit = opened.dossier.department or opened.dossier.competent_unit
    fitting(opened.dossier, officer_id, unit.pk, frozenset({Role.OFFICER}), despite_leave=despite_leave)
    return apply(opened, Deed(next_holder_id=officer_id))


@transaction.atomic
def request_supplement(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    digest: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Send a signed request for more to the applicant; the clock stops (NĐ 61/2018 Art. 19.4).

    `digest`: of the bytes that were shown. Raises UserError while the paper's file is not there, or when the day by which
    to answer has passed meanwhile.
    """
    opened = begin(dossier_id=dossier_id, action=Action.REQUEST_SUPPLEMENT, by=by, version=version, item_id=item_id)
    draft = paper_drafts.ready(opened, draft_id, digest)
    dossier, fields, now = opened.dossier, draft.fields, clock.now()
    answer_by = _day_to_answer(opened, fields)
    Supplement.objects.create(
        dossier=dossier,
        round=dossier.supplements.count() + 1,
        items=fields["items"],
        reason=fields["reason"],
        requested_by_id=draft.signer_id or by.pk,
        requested_at=now,
        answer_by=answer_by,
    )
    segments.stop(opened.turn(), SegmentKind.STOPPED_SUPPLEMENT, now)
    last = supplement_days.last_day(answer_by, opened.turn().calendar(dossier.receiving_unit_id))
    return paper_drafts.send(opened, draft, text=fields["reason"], words={"answer_by": f"{last:%d/%m/%Y}"})


def check_supplement(opened: Opened, fields: Mapping[str, Any]) -> None:
    """Refuse a request that asks for nothing, gives no reason or no time, or comes a second time without a head."""
    if not fields.get("items"):
        raise UserError(_("Hãy chọn ít nhất một thành phần cần bổ sung và ghi rõ nội dung."), field="items")
    known = {field.key for field in published.parts(opened.dossier.revision_id).form.fields()}
    if not set(asked.keys(fields["items"])) <= known:
        raise UserError(
            _("Tờ khai của hồ sơ này không có mục được yêu cầu. Hãy tải lại trang và chọn lại."), field="items"
        )
    needed(fields.get("reason", ""), FOR_THE_APPLICANT)
    _day_to_answer(opened, fields)
    if opened.actor.role not in {Role.UNIT_HEAD, Role.DESK_HEAD, Role.SIGNER} and opened.dossier.supplements.exists():
        raise UserError(
            _("Hồ sơ đã được yêu cầu bổ sung một lần. Lần tiếp theo phải do lãnh đạo yêu cầu, nêu rõ lý do.")
        )


def _day_to_answer(opened: Opened, fields: Mapping[str, Any]) -> date:
    day = date.fromisoformat(str(fields.get("answer_by")))
    supplement_days.refuse_unfit(day, clock.today(), opened.turn().calendar(opened.dossier.receiving_unit_id))
    return day


@transaction.atomic
def approve_withdrawal(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    digest: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Send the signed answer that lets the owner withdraw; the dossier ends."""
    opened = begin(dossier_id=dossier_id, action=Action.WITHDRAW, by=by, version=version, item_id=item_id)
    draft = paper_drafts.ready(opened, draft_id, digest)
    _refuse_other_answer(draft, agrees=True)
    opened.dossier.finished_at = clock.now()
    return paper_drafts.send(opened, draft, text=draft.fields.get("reason", ""))


@transaction.atomic
def decline_withdrawal(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    digest: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Send the signed answer that the dossier goes on, with the reason; the wish is then answered."""
    opened = begin(dossier_id=dossier_id, action=Action.DECLINE_WITHDRAWAL, by=by, version=version, item_id=item_id)
    draft = paper_drafts.ready(opened, draft_id, digest)
    _refuse_other_answer(draft, agrees=False)
    opened.dossier.wants_withdrawal = False
    return paper_drafts.send(opened, draft, text=draft.fields["reason"])


def check_withdrawal_answer(opened: Opened, fields: Mapping[str, Any]) -> None:
    """Refuse an answer to a wish nobody has, one that says neither yes nor no, and a no without its reason."""
    if not opened.dossier.wants_withdrawal:
        raise NotNowError
    if fields.get("answer") not in {"agree", "decline"}:
        raise UserError(_("Hãy chọn đồng ý hoặc không đồng ý cho rút hồ sơ."), field="answer")
    if fields["answer"] == "decline":
        needed(fields.get("reason", ""), FOR_THE_APPLICANT)


def _refuse_other_answer(draft: PaperDraft, *, agrees: bool) -> None:
    if (draft.fields["answer"] == "agree") != agrees:
        raise NotNowError


def _receive(opened: Opened) -> Dossier:
    dossier, now = opened.dossier, clock.now()
    dossier.received_at = now
    segments.start(opened.turn(), Begins.RECEIVED, now)
    deed = Deed(
        number=lambda: numbering.dossier_code(dossier.authority_code, clock.local(now).date()),
    )
    return apply(opened, deed)


def _by_key(key: uuid.UUID) -> Dossier | None:
    return Dossier.objects.filter(idempotency_key=key).first()


def _served(procedure: Procedure, unit_id: int) -> OnlineOffering:
    if procedure.is_internal:
        raise UserError(
            _("Thủ tục nội bộ giữa các cơ quan nhà nước chỉ nhận trực tuyến từ ngày 20/5/2022, không nhận tại quầy."),
            field="procedure",
        )
    offering = offering_on(procedure, _open_unit(unit_id), clock.today())
    if offering is None:
        raise UserError(_("Đơn vị được chọn không giải quyết thủ tục này. Vui lòng chọn đơn vị khác."), field="unit")
    return offering


def _open_unit(unit_id: int) -> OrgUnit:
    unit = OrgUnit.objects.filter(open_on(clock.today()), pk=unit_id).first()
    if unit is None:
        raise UserError(_("Đơn vị được chọn không còn hoạt động. Vui lòng chọn đơn vị kế thừa."), field="unit")
    return unit


def _revision(procedure: Procedure) -> Any:
    revision = current_revision(procedure, clock.today())
    if revision is None:
        raise UserError(
            _("Thủ tục này chưa có phiên bản đang có hiệu lực nên chưa nhận được hồ sơ."), field="procedure"
        )
    return revision
