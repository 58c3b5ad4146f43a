"""The citizen's acts: submit, answer a supplement request, take back. Called by dossiers.citizen; knows no HTTP."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import asked
from dossiers.enums import Action, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.queries import fetch_files
from dossiers.services import corrections, parties, segments, terms, wishes
from dossiers.services.core import apply, begin, locked, open_act
from dossiers.services.opened import Deed
from portal import clock
from portal.errors import MissingPaperError, NotNowError, StaleError, UserError
from procedures.enums import ONLINE_LEVELS
from procedures.queries import offering_of
from vault.enums import ScanState

CHANGED_SINCE_CHECKED = _("Hồ sơ đã thay đổi sau khi bạn kiểm tra. Hãy xem lại nội dung mới rồi gửi.")
TOO_LATE = _(
    "Hạn bổ sung đã hết và hồ sơ đã kết thúc lúc %(at)s nên không nhận thêm phần bổ sung. "
    "Các tệp bạn đã tải lên vẫn được giữ trong hồ sơ; bạn có thể nộp hồ sơ mới."
)
STILL_MISSING = _(
    "Chưa có phần bổ sung cho: %(what)s. Hãy bổ sung; mục nào không bổ sung được thì ghi rõ vì sao vào lời nhắn rồi gửi."
)
NOT_GIVEN = _("Chưa bổ sung: %(what)s.")
INFECTED = _("Tệp “%(name)s” có mã độc nên không gửi được. Hãy bỏ tệp này và tải lên tệp khác.")


class InfectedError(UserError):
    """A file in which the scanner found something."""


@transaction.atomic
def submit(*, dossier_id: int, by: User, version: int | None = None, delivery: str = "") -> Dossier:
    """Send a draft to the desk, with the chosen way of delivery.

    Idempotent: a draft that is already submitted is given back unchanged, so a double click, a replay or the
    back button make one dossier. Raises StaleError when the draft changed since it was checked, InfectedError,
    MissingPaperError, NotNowError (somebody else's, closed unit, service no longer online).
    """
    dossier = locked(dossier_id)
    if dossier.account_id != by.pk:
        raise NotNowError
    if dossier.state != State.DRAFT:
        return dossier
    if version is not None and dossier.version != version:
        raise StaleError(CHANGED_SINCE_CHECKED)
    opened = open_act(dossier, action=Action.SUBMIT, by=by)
    _still_offered(dossier)
    refuse_infected(fetch_files(list(opened.given())))
    terms.refuse_if_incomplete(dossier, opened.given())
    if dossier.owner_id is None:
        raise MissingPaperError
    dossier.delivery = delivery or dossier.delivery
    parties.freeze_own_names(dossier)
    dossier.submitted_at = clock.now()
    dossier.fee_due = terms.fee(dossier)
    segments.start_accept(opened.turn(), dossier.submitted_at)
    return apply(opened)


def refuse_infected(given: Iterable[Attachment]) -> None:
    """Raise InfectedError naming the first file in which the scanner found something."""
    files = (row.file for row in given if row.file)
    infected = next((file for file in files if file.scan_state == ScanState.INFECTED), None)
    if infected is not None:
        raise InfectedError(INFECTED % {"name": infected.name})


@transaction.atomic
def answer_supplement(*, dossier_id: int, by: User, answer: str = "", version: int | None = None) -> Dossier:
    """Say that what was asked for is there; the clock goes on as the procedure says (anew: NĐ 61/2018 Art. 19.4)."""
    dossier = locked(dossier_id)
    if dossier.account_id == by.pk and (told := too_late(dossier)):
        raise NotNowError(told)
    if version is not None and dossier.version != version:
        raise StaleError
    opened = open_act(dossier, action=Action.ANSWER_SUPPLEMENT, by=by)
    request = dossier.supplements.filter(answered_at__isnull=True).get()
    refuse_infected(fetch_files([row for row in opened.given() if row.round == request.round]))
    missing = unanswered(dossier, request, opened.given())
    if missing and not answer.strip():
        raise MissingPaperError(STILL_MISSING % {"what": "; ".join(missing)}, field="answer")
    changed = corrections.settle(dossier, request, by=by)
    now = clock.now()
    request.answered_at, request.answer = now, answer
    request.save(update_fields=["answered_at", "answer", "before"])
    segments.resume(opened.turn(), now)
    left = NOT_GIVEN % {"what": "; ".join(missing)} if missing else ""
    return apply(opened, Deed(text="\n".join(filter(None, (answer, changed, left)))))


def unanswered(dossier: Dossier, request: Supplement, given: Iterable[Attachment]) -> list[str]:
    """Names of the items of an open request to which neither a paper nor another answer was given."""
    here = {row.paper_code for row in given if row.round == request.round}

    def is_answered(place: int) -> bool:
        key = asked.key_of(request.items[place])
        if key:
            return asked.is_changed(key, dossier.answers, request.answers)
        return asked.code_of(request.items, place, round_number=request.round) in here

    return [str(item["name"]) for place, item in enumerate(request.items) if not is_answered(place)]


def too_late(dossier: Dossier) -> str:
    """Why an answer to a supplement request is no longer taken, when its last day ended the dossier; '' otherwise."""
    if dossier.state not in {State.NOT_ACCEPTED, State.STOPPED}:
        return ""
    rounds = dossier.supplements.order_by("-round").values_list("expired_at", flat=True)
    ended_at = rounds.first()
    return "" if ended_at is None else TOO_LATE % {"at": f"{clock.local(ended_at):%H:%M %d/%m/%Y}"}


@transaction.atomic
def withdraw(*, dossier_id: int, by: User, reason: str = "", version: int | None = None) -> Dossier:
    """Take back a dossier nobody has received yet."""
    opened = begin(dossier_id=dossier_id, action=Action.WITHDRAW, by=by, version=version)
    if opened.dossier.state not in {State.SUBMITTED, State.INTAKE_FIX}:
        raise NotNowError
    opened.dossier.finished_at = clock.now()
    return apply(opened, Deed(text=reason))


@transaction.atomic
def request_withdrawal(*, dossier_id: int, by: User, reason: str, version: int | None = None) -> Dossier:
    """Ask to withdraw a received dossier; a head decides."""
    opened = begin(dossier_id=dossier_id, action=Action.REQUEST_WITHDRAWAL, by=by, version=version)
    if opened.dossier.wants_withdrawal:
        raise NotNowError
    return wishes.open_wish(opened, reason)


def _still_offered(dossier: Dossier) -> None:
    today = clock.today()
    unit = dossier.competent_unit
    offering = offering_of(dossier.procedure_id, unit.pk, today)
    if offering is None or offering.level not in ONLINE_LEVELS or (unit.valid_to and unit.valid_to < today):
        raise NotNowError(terms.NO_LONGER_ONLINE)
    dossier.level_offered = offering.level
    if dossier.department_id != offering.department_id:
        dossier.department = offering.department
