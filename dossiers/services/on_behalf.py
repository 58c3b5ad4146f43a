"""What the desk records for somebody who comes in person: a supplement brought, in full or in part, and a wish to withdraw.

The papers of a visit are kept with the round of the request, as files of the citizen are; who came and what was seen stands
in Appearance. Called by desk pages; knows no HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dossiers import asked
from dossiers.enums import Action, Appeared, State
from dossiers.models.appearance import Appearance
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.queries import fetch_files, last_day_of, live_attachments
from dossiers.services import corrections, drafts, segments, submission, wishes
from dossiers.services.core import apply, begin
from dossiers.services.opened import Deed, Opened
from portal import clock, rows
from portal.errors import MissingPaperError, NotNowError, UserError
from procedures.enums import PaperForm
from vault.opening import open_upload

AUTHORITY_MISSING = gettext_lazy("Hãy ghi giấy ủy quyền mà người đến thay đã xuất trình.")
MET = "met"  # of an item: done without a paper, such as a statement corrected


@dataclass(frozen=True, slots=True)
class InPerson:
    """Who came, and which paper showed it (values of Appeared and SeenPaper); `authority`: by which paper for another."""

    appeared: str
    name: str
    seen: str
    authority: str = ""


@transaction.atomic
def supplement_done(
    *,
    dossier_id: int,
    by: User,
    visitor: InPerson,
    brought: Mapping[int, str],
    typed: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
) -> Dossier:
    """Record that all that was asked has been brought: the dossier goes on as after the citizen's own answer.

    `brought`: by the place of an item in the request, the form it came in (PaperForm, or MET). `typed`: answers of the form
    that were asked anew, as who came gave them. What came in this round before counts. Raises MissingPaperError naming what
    is still missing; nothing is recorded then.
    """
    opened = begin(dossier_id=dossier_id, action=Action.SUPPLEMENT_DONE, by=by, version=version)
    request = _waiting(opened.dossier)
    _keep(opened, request, brought, typed)
    missing = missing_of(request, live_attachments(dossier_id), brought)
    if missing:
        raise MissingPaperError(
            _("Còn thiếu: %(what)s. Hãy ghi nhận là chưa đủ, hoặc đánh dấu khi người nộp đã mang đủ.")
            % {"what": "; ".join(missing)}
        )
    changed = corrections.settle(opened.dossier, request, by=None)
    now = clock.now()
    request.answered_at, request.answer = now, note or _("Đã bổ sung tại quầy.")
    request.save(update_fields=["answered_at", "answer", "before"])
    segments.resume(opened.turn(), now)
    return appeared(apply(opened, Deed(text="\n".join(filter(None, (note, changed))))), visitor)


@transaction.atomic
def note_visit(
    *,
    dossier_id: int,
    by: User,
    visitor: InPerson,
    brought: Mapping[int, str],
    typed: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
) -> Dossier:
    """Record a visit that did not bring all: what came is kept, what is missing is told, the dossier waits on."""
    opened = begin(dossier_id=dossier_id, action=Action.NOTE_VISIT, by=by, version=version)
    request = _waiting(opened.dossier)
    _keep(opened, request, brought, typed)
    missing = missing_of(request, live_attachments(dossier_id), brought)
    if not missing:
        raise UserError(_("Các mục được yêu cầu đã đủ. Hãy ghi nhận là đã bổ sung đủ."))
    told = _("Còn thiếu: %(what)s. Hạn bổ sung: hết ngày %(day)s.") % {
        "what": "; ".join(missing),
        "day": f"{last_day_of(request):%d/%m/%Y}",
    }
    return appeared(apply(opened, Deed(text=f"{told}\n{note}".strip())), visitor)


@transaction.atomic
def withdraw(
    *, dossier_id: int, by: User, visitor: InPerson, reason: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Record a wish to withdraw that came on paper: at once before reception, for a head to answer afterwards."""
    del item_id  # the act is done on no step; pages name the one they were drawn with
    opened = begin(dossier_id=dossier_id, action=Action.WITHDRAW_ON_BEHALF, by=by, version=version)
    if opened.row.target != State.WITHDRAWN:
        return appeared(wishes.open_wish(opened, reason), visitor)
    opened.dossier.finished_at = clock.now()
    return appeared(apply(opened, Deed(text=reason)), visitor)


def attach(*, dossier_id: int, by: User, place: int, upload: "UploadedFile[bytes]") -> drafts.TakenFile:
    """Keep a scan of what was brought for one item of the request; it stays when the visit itself is not recorded."""
    file = open_upload(upload)  # before anything is locked: opening takes its time
    with transaction.atomic():
        opened = begin(dossier_id=dossier_id, action=Action.SUPPLEMENT_DONE, by=by, version=None)
        request = _waiting(opened.dossier)
        if not 0 <= place < len(request.items) or asked.key_of(request.items[place]):
            raise UserError(_("Yêu cầu bổ sung không có mục này. Hãy tải lại trang và chọn đúng mục."), field="file")
        paper = drafts.RoundPaper(code_of(request, place), request.items[place]["name"], request.round)
        return drafts.keep_upload(opened.dossier, paper, by=by, opened=file)


@transaction.atomic
def remove(*, dossier_id: int, by: User, attachment_id: int) -> Dossier:
    """Take out one paper of the open round that was taken in by mistake; doing so twice is no error."""
    opened = begin(dossier_id=dossier_id, action=Action.SUPPLEMENT_DONE, by=by, version=None)
    request = _waiting(opened.dossier)
    return drafts.take_out(opened.dossier, attachment_id=attachment_id, round_number=request.round)


def code_of(request: Supplement, place: int) -> str:
    """The code under which papers for one item are kept; an item outside the list of papers has one of its own."""
    return asked.code_of(request.items, place, round_number=request.round)


def missing_of(request: Supplement, given: list[Attachment], brought: Mapping[int, str]) -> list[str]:
    """Names of the items for which nothing came, now or before in this round."""
    return [request.items[place]["name"] for place in missing_places(request, given, brought)]


def missing_places(request: Supplement, given: list[Attachment], brought: Mapping[int, str]) -> list[int]:
    """Places of the items for which nothing came, now or before in this round; the dossier of the request is loaded."""
    here = {row.paper_code for row in given if row.round == request.round}

    def came(place: int) -> bool:
        key = asked.key_of(request.items[place])
        if key:
            return brought.get(place) == MET or asked.is_changed(key, request.dossier.answers, request.answers)
        return bool(brought.get(place)) or code_of(request, place) in here

    return [place for place in range(len(request.items)) if not came(place)]


def appeared(dossier: Dossier, visitor: InPerson) -> Dossier:
    """Write who came beside the event that was just written."""
    if visitor.appeared == Appeared.OTHER and not visitor.authority:
        raise UserError(AUTHORITY_MISSING, field="authority")
    Appearance.objects.create(
        dossier=dossier,
        event_seq=dossier.event_count,
        appeared=visitor.appeared,
        name=visitor.name[:200],
        seen=visitor.seen,
        authority=visitor.authority[:300],
    )
    return dossier


def _waiting(dossier: Dossier) -> Supplement:
    request = dossier.supplements.filter(answered_at=None, expired_at=None).first()
    if request is None:
        raise NotNowError
    request.dossier = dossier
    return request


def _keep(opened: Opened, request: Supplement, brought: Mapping[int, str], typed: Mapping[str, Any] | None) -> None:
    """Keep what was handed over: a scan that lies there gets the form of its paper, a paper without one a row of its own.

    Answers that were typed lie with the request until all is there.
    """
    if typed is not None:
        corrections.take(opened.dossier, request, typed, by=None)
    here = [row for row in live_attachments(opened.dossier.pk, with_files=False) if row.round == request.round]
    submission.refuse_infected(fetch_files(here))
    for place, form in brought.items():
        if form not in PaperForm.values or asked.key_of(request.items[place]):
            continue
        code = code_of(request, place)
        known = [row for row in here if row.paper_code == code]
        for row in known:
            row.form = form
            rows.update(row, ["form"])
        if not known:
            name = request.items[place]["name"][:500]
            new = Attachment(dossier=opened.dossier, paper_code=code, paper_name=name, form=form, round=request.round)
            rows.insert(new)
    opened.papers = None
