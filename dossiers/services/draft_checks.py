"""The applicant checks the draft of a result before it is proposed: sent, agreed to, corrected, taken back; silence.

While they look, the clock stands and nobody changes the draft. Where the procedure lets silence agree, it does after the day
that was told; elsewhere only words do, given on the portal or at the desk. Called by pages and by tasks; knows no HTTP.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import User
from accounts.queries import colleagues, cover_of
from dossiers import draft_sheets, loading, notices, paper_checks
from dossiers.enums import Action, CheckAnswer, DraftState, SegmentKind
from dossiers.events import CITIZENS, Audience, Wording
from dossiers.models.call import Call
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import draft_rows, items, on_behalf, paper_drafts, route_drafts, segments, sweeping
from dossiers.services.core import apply, begin, needed, open_by_system
from dossiers.services.opened import Deed, Opened
from dossiers.staff_notices import StaffNotice, tell_staff
from portal import clock, rows
from portal.errors import NotNowError, UserError
from portal.sweeps import SWEEPS, RowSweep
from procedures import result_templates
from procedures.enums import DraftCheck, StepKind

AGREE_SILENTLY = "agree_to_check_silently"
REMINDED_FOR = timedelta(days=30)  # a check nobody answered is called to mind no longer than this

NOT_ASKED = gettext_lazy("Văn bản này không phải gửi người nộp kiểm tra. Hãy trình lãnh đạo.")
AGREED_ALREADY = gettext_lazy(
    "Người nộp đã đồng ý với đúng nội dung này. Hãy trình lãnh đạo, không cần gửi kiểm tra lại."
)
UNCHECKED = gettext_lazy(
    "Thủ tục này yêu cầu người nộp kiểm tra bản dự thảo trước khi trình. Hãy gửi bản dự thảo cho người nộp kiểm tra."
)
CHANGED_SINCE = gettext_lazy(
    "Nội dung dự thảo đã thay đổi sau khi người nộp đồng ý. Hãy gửi lại bản dự thảo cho người nộp kiểm tra."
)
SAY_WHAT_IS_WRONG = gettext_lazy("Hãy ghi rõ chỗ cần sửa và nội dung đúng.")

REMINDED = Wording(
    gettext_lazy("Hồ sơ %(code)s: hôm nay là ngày cuối để xác nhận bản dự thảo"),
    gettext_lazy(
        "Hồ sơ “%(procedure)s” đang chờ bạn kiểm tra và xác nhận bản dự thảo trước hết ngày %(answer_by)s. %(unless)s "
        "Bạn trả lời trên cổng hoặc tại %(desk)s."
    ),
    gettext_lazy("Hồ sơ %(code)s: hôm nay là ngày cuối để xác nhận bản dự thảo, trên cổng hoặc tại quầy."),
)
OVERDUE = Wording(
    gettext_lazy("Hồ sơ %(code)s: vẫn chờ bạn xác nhận bản dự thảo"),
    gettext_lazy(
        "Đã hết ngày %(answer_by)s mà hồ sơ “%(procedure)s” chưa có xác nhận của bạn về bản dự thảo. %(unless)s "
        "Bạn vẫn trả lời được trên cổng hoặc tại %(desk)s."
    ),
    gettext_lazy("Hồ sơ %(code)s vẫn chờ bạn xác nhận bản dự thảo, trên cổng hoặc tại quầy."),
)
# What the officer is told, by what came of a check.
CAME = {
    CheckAnswer.AGREED: (
        gettext_lazy("Hồ sơ %(code)s: người nộp đồng ý với bản dự thảo"),
        gettext_lazy("Người nộp đã đồng ý với bản dự thảo của hồ sơ %(code)s. Hãy trình lãnh đạo."),
    ),
    CheckAnswer.WRONG: (
        gettext_lazy("Hồ sơ %(code)s: người nộp đề nghị sửa bản dự thảo"),
        gettext_lazy("Người nộp đề nghị sửa bản dự thảo của hồ sơ %(code)s. Nội dung đề nghị ở cạnh bản dự thảo."),
    ),
    CheckAnswer.SILENT: (
        gettext_lazy("Hồ sơ %(code)s: hết hạn kiểm tra bản dự thảo"),
        gettext_lazy("Hết hạn, người nộp hồ sơ %(code)s không có ý kiến nên được coi là đồng ý. Hãy trình lãnh đạo."),
    ),
    CheckAnswer.TAKEN_BACK: None,
}
UNANSWERED = (
    gettext_lazy("Hồ sơ %(code)s: người nộp chưa xác nhận bản dự thảo"),
    gettext_lazy(
        "Đã hết ngày hẹn mà người nộp hồ sơ %(code)s chưa xác nhận bản dự thảo. Hãy liên hệ người nộp; quầy ghi nhận được "
        "trả lời, hoặc rút bản dự thảo để sửa."
    ),
)


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def refuse_unchecked(dossier: Dossier, draft: PaperDraft) -> None:
    """Raise UserError when the applicant must check what the draft says now before it is proposed."""
    if not paper_checks.asks(dossier, draft.kind):
        return
    checks = paper_checks.of_dossier(dossier.pk)
    if paper_checks.is_owed(dossier, draft, checks):
        raise UserError(CHANGED_SINCE if any(check.agrees for check in checks) else UNCHECKED)


@transaction.atomic
def send(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    draft_version: int | None = None,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Send the drafted result to the applicant to check; the clock stands until the answer.

    Raises UserError naming what the paper still lacks (numbers that another system owes may be awaited), while something
    hangs on the step, and when it need not be checked; StaleError when it is no longer the version that was shown.
    """
    opened = begin(dossier_id=dossier_id, action=Action.SEND_FOR_CHECK, by=by, version=version, item_id=item_id)
    draft = route_drafts.meant(opened, draft_id, draft_version)
    _refuse_needless(opened.dossier, draft)
    route_drafts.refuse_gaps(result_templates.missing(draft_sheets.template_of(draft), draft.fields))
    items.refuse_while_something_hangs(opened)
    check = PaperCheck(
        dossier=opened.dossier,
        draft=draft,
        draft_version=draft.version,
        content=paper_checks.content(draft),
        asked_by=by,
        asked_at=clock.now(),
        answer_by=_last_day(opened),
        silence_agrees=_silence_agrees(opened.dossier),
    )
    segments.stop(opened.turn(), SegmentKind.STOPPED_CHECK, check.asked_at)
    said = paper_checks.words(check)
    text = _("Đề nghị kiểm tra bản dự thảo và trả lời trước hết ngày %(answer_by)s. %(unless)s") % said
    dossier = apply(opened, Deed(text=text, words=said, extra=_named(check)))
    check.save(force_insert=True)
    draft_rows.changed(draft, state=DraftState.DRAFTING)  # whatever it was given back for is done
    return dossier


def _refuse_needless(dossier: Dossier, draft: PaperDraft) -> None:
    if not paper_checks.asks(dossier, draft.kind):
        raise UserError(NOT_ASKED)
    if not paper_checks.is_owed(dossier, draft, paper_checks.of_dossier(dossier.pk)):
        raise UserError(AGREED_ALREADY)


def _last_day(opened: Opened) -> date:
    """One working day of the desk, at which one may answer: the day after today on which it is open."""
    return opened.turn().calendar(opened.dossier.receiving_unit_id).next_workday(clock.today())


def _silence_agrees(dossier: Dossier) -> bool:
    """Whether silence agrees: where the procedure says so, and somebody could be told that it does."""
    return dossier.revision.draft_check == DraftCheck.SILENCE and notices.can_be_told(dossier, CITIZENS)


# ── answering ────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def confirm(*, dossier_id: int, by: User, version: int | None = None) -> Dossier:
    """Agree to the draft, as the account that filed; the officer may propose it."""
    opened = begin(dossier_id=dossier_id, action=Action.CONFIRM_CHECK, by=by, version=version)
    return _answered(opened, CheckAnswer.AGREED)


@transaction.atomic
def correct(*, dossier_id: int, by: User, words: str, version: int | None = None) -> Dossier:
    """Say what is wrong with the draft, as the account that filed; it goes back to the officer."""
    opened = begin(dossier_id=dossier_id, action=Action.CORRECT_CHECK, by=by, version=version)
    return _answered(opened, CheckAnswer.WRONG, needed(words, SAY_WHAT_IS_WRONG))


@transaction.atomic
def confirm_on_behalf(*, dossier_id: int, by: User, visitor: on_behalf.InPerson, version: int | None = None) -> Dossier:
    """Record at the desk that who came looked at the draft and agreed."""
    opened = begin(dossier_id=dossier_id, action=Action.CONFIRM_CHECK_ON_BEHALF, by=by, version=version)
    return on_behalf.appeared(_answered(opened, CheckAnswer.AGREED), visitor)


@transaction.atomic
def correct_on_behalf(
    *, dossier_id: int, by: User, visitor: on_behalf.InPerson, words: str, version: int | None = None
) -> Dossier:
    """Record at the desk what who came found wrong with the draft."""
    opened = begin(dossier_id=dossier_id, action=Action.CORRECT_CHECK_ON_BEHALF, by=by, version=version)
    return on_behalf.appeared(_answered(opened, CheckAnswer.WRONG, needed(words, SAY_WHAT_IS_WRONG)), visitor)


@transaction.atomic
def take_back(
    *, dossier_id: int, by: User, reason: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Take the draft back from the applicant, for a reason they are told; it may be changed and sent again."""
    opened = begin(dossier_id=dossier_id, action=Action.TAKE_BACK_CHECK, by=by, version=version, item_id=item_id)
    return _answered(opened, CheckAnswer.TAKEN_BACK, needed(reason))


def _answered(opened: Opened, answer: CheckAnswer, text: str = "") -> Dossier:
    """End the check that waits: the clock goes on, and the officer learns what came."""
    check = paper_checks.open_of(opened.dossier)
    if check is None:
        raise NotNowError
    now = clock.now()
    segments.resume(opened.turn(), now)
    dossier = apply(opened, Deed(text=text, extra=_named(check)))
    check.answer, check.answered_at, check.answered_seq = answer, now, dossier.event_count
    rows.update(check, ["answer", "answered_at", "answered_seq"])
    if answer == CheckAnswer.WRONG and check.draft.is_live:
        draft_rows.changed(check.draft, state=DraftState.SENT_BACK)
    words = CAME[answer]
    if words is not None:
        _tell_officer(dossier, check, words, answer)
    return dossier


def _named(check: PaperCheck) -> dict[str, Any]:
    """What the ledger says of the draft that was checked: its content stands for bytes that are not made yet."""
    return paper_drafts.named(check.draft, check.content) | {"draft_version": check.draft_version}


# ── nobody answers ───────────────────────────────────────────────────────────────────────────────


def agree_all() -> int:
    """Record agreement where the day has passed in silence and silence agrees; gives of how many.

    A wish to withdraw is no silence: it is answered first.
    """
    return AGREEING.run()


def remind_all() -> int:
    """Call checks to mind that need words, on their last day and once after it; gives of how many. Nobody twice."""
    return REMINDING.run()


def _silent() -> QuerySet[PaperCheck]:
    """Silence of somebody who was not told before the last day agrees to nothing."""
    owed = Call.objects.filter(dossier=OuterRef("dossier"))
    untold = owed.filter(Q(closed_at__isnull=True) | Q(closed_at__date__gte=OuterRef("answer_by")))
    silent = paper_checks.waiting().filter(
        silence_agrees=True, answer_by__lt=clock.today(), dossier__wants_withdrawal=False
    )
    return silent.exclude(Exists(untold))


def _near() -> QuerySet[PaperCheck]:
    today = clock.today()
    return paper_checks.waiting().filter(
        silence_agrees=False, answer_by__lte=today, answer_by__gte=today - REMINDED_FOR
    )


@transaction.atomic
def _agree(check_id: int) -> bool:
    check = _free(check_id)
    if check is None:
        return False
    opened = open_by_system(dossier_id=check.dossier_id, action=AGREE_SILENTLY)
    text = _("Đã hết ngày %(answer_by)s, người nộp không có ý kiến về bản dự thảo nên được coi là đồng ý.")
    _answered(opened, CheckAnswer.SILENT, text % paper_checks.words(check))
    return True


@transaction.atomic
def _remind(check_id: int) -> bool:
    check = _free(check_id)
    if check is None:
        return False
    is_over = check.answer_by < clock.today()
    dossier = loading.whole(check.dossier)
    key = f"check{check.pk}.{'over' if is_over else 'last'}"
    told = notices.Announcement("dossier.check_reminded", CITIZENS, OVERDUE if is_over else REMINDED, key)
    notices.remind(dossier, told, **paper_checks.words(check))
    if is_over:
        _tell_officer(dossier, check, UNANSWERED, "over")
    return True


def _free(check_id: int) -> PaperCheck | None:
    """The check with its dossier locked, when it still waits; None when it does not, or somebody is acting on it."""
    dossier = sweeping.free_dossier(PaperCheck.objects.filter(pk=check_id).values("dossier_id"))
    check = paper_checks.waiting().filter(pk=check_id).select_related("draft").first()
    if dossier is None or check is None:
        return None
    check.dossier = dossier
    return check


def _tell_officer(dossier: Dossier, check: PaperCheck, words: tuple[Any, Any], key: str) -> None:
    """Tell whoever goes on with the dossier."""
    subject, body = (str(part) % {"code": dossier.code or dossier.reference} for part in words)
    tell_staff(
        _appraisers(dossier),
        StaffNotice(
            kind=f"check.{key}",
            subject=subject,
            body=body,
            link=reverse("desk:draft", args=[dossier.pk, check.draft_id]),
            key=f"check:{check.pk}:{key}",
            audience=Audience.APPRAISER,
        ),
    )


def _appraisers(dossier: Dossier) -> list[User]:
    """Who appraises the dossier now, and who stands in for them; when nobody holds the step, those of its unit who may."""
    steps = list(dossier.work_items.filter(kind=StepKind.APPRAISE, closed_at=None))
    holders = {step.holder_id for step in steps if step.holder_id is not None}
    if not holders:
        return list(colleagues({step.unit_id for step in steps}, [Role.OFFICER]))
    holders |= {leave.cover_id for leave in cover_of(holders).values()}
    return list(User.objects.filter(pk__in=holders))


AGREEING = RowSweep(
    code="checks_over",
    label=gettext_lazy("Ghi nhận đồng ý khi người nộp không trả lời"),
    row=gettext_lazy("lần kiểm tra dự thảo"),
    task="dossiers.tasks.agree_to_silent_checks",
    waiting=_silent,
    serve=_agree,
    names=("dossier__code", "dossier__reference"),
)
REMINDING = RowSweep(
    code="checks_near",
    label=gettext_lazy("Nhắc người nộp kiểm tra dự thảo"),
    row=gettext_lazy("lần kiểm tra dự thảo"),
    task="dossiers.tasks.remind_of_checks",
    waiting=_near,
    serve=_remind,
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(AGREEING)
SWEEPS.add(REMINDING)
