"""Verbs of filling: start a draft, save a step, attach and remove files, discard. Called by dossiers.citizen.

A draft belongs to one account. Its version counts every change, so that two tabs cannot overwrite each other and
what is submitted is what was checked.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import OrgUnit, User
from accounts.queries import desk_of, memberships_of
from accounts.services import own_party
from dossiers import asked
from dossiers.answers import prefilled
from dossiers.enums import State, SubChannel
from dossiers.loading import with_revision
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.queries import live_attachments
from dossiers.services import parties, submission, terms
from dossiers.services.core import locked
from portal import clock, rows, sealing
from portal.db import advisory_lock
from portal.errors import LimitError, NotNowError, StaleError, UserError
from procedures import formspec, published
from procedures.enums import ONLINE_LEVELS, Channel, PaperForm
from procedures.models import OnlineOffering, Procedure, Revision
from procedures.queries import in_force_id, offering_of, standing
from vault import services as vault
from vault.models import StoredFile, VaultItem
from vault.opening import OpenedFile, TooLargeError, open_upload
from vault.queries import reusable_for

MAX_DRAFTS = 50
MAX_FILES = 60
FIXING = frozenset({State.SUPPLEMENT, State.INTAKE_FIX})
NO_REVISION = _(
    "Phiên bản thủ tục này đã hết hiệu lực và chưa có phiên bản mới nên chưa nộp được. "
    "Vui lòng quay lại sau hoặc gọi tổng đài để được hướng dẫn."
)

INTERNAL_ONLY = _(
    "Đây là thủ tục nội bộ giữa các cơ quan nhà nước. Hãy đăng nhập bằng tài khoản cán bộ của cơ quan đề nghị."
)


@dataclass(frozen=True, slots=True)
class RoundPaper:
    """Which paper a file is for: its code and name, and the round of papers it comes with."""

    code: str
    name: str
    round: int


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that stands with a paper; `is_twin`: the very same stood there already, and nothing was added."""

    attachment: Attachment
    is_twin: bool = False


def start(*, account: User, procedure_id: int, unit_id: int, case_code: str = "") -> Dossier:
    """Open a draft, or the one already open for the same procedure, unit and case.

    Raises UserError when the unit is closed, does not serve the procedure online, no revision is in force, or the
    procedure is internal and the person belongs to no agency.
    """
    procedure = rows.by_key(Procedure, procedure_id)
    if procedure.is_internal and not memberships_of(account).exists():
        raise UserError(INTERNAL_ONLY)
    with transaction.atomic(), advisory_lock(f"draft:{account.pk}:{procedure_id}"):
        offering = _offered(procedure_id, unit_id)
        revision = _in_force(procedure_id)
        case_code = _case(revision, case_code)
        wanted = (procedure_id, unit_id, case_code)
        drafts = rows.where(
            Dossier, account.pk, column="account_id", also="state = %s", given=[State.DRAFT], order="id DESC"
        )
        for known in drafts:
            if (known.procedure_id, known.competent_unit_id, known.case_code) == wanted:
                return known
        if len(drafts) >= MAX_DRAFTS:
            raise LimitError(_("Bạn đang có quá nhiều bản nháp. Hãy gửi hoặc bỏ bớt bản nháp cũ rồi nộp hồ sơ mới."))
        return _create(account, procedure, revision, offering, case_code)


def _create(
    account: User, procedure: Procedure, revision: Revision, offering: OnlineOffering, case_code: str
) -> Dossier:
    secret = sealing.speakable_code(2)
    unit = offering.unit
    own = own_party(account)
    dossier = Dossier(
        reference=sealing.speakable_code(),
        secret_sealed=sealing.seal(secret),
        secret_index=sealing.blind_index(secret),
        authority_code=unit.authority_code,
        procedure=procedure,
        revision=revision,
        case_code=case_code,
        account=account,
        submitter=own,
        submitter_name=own.full_name,
        receiving_unit=desk_of(unit) or unit,
        competent_unit=unit,
        counting_unit=unit,
        department=offering.department,
        channel=Channel.ONLINE,
        sub_channel=SubChannel.PORTAL,
        is_internal=procedure.is_internal,
        level_offered=offering.level,
    )
    if _asks_no_owner(revision):
        parties.file_under(dossier, own, parties.facts_of(own), confirmed=True)
    return rows.insert(dossier)


@transaction.atomic
def bring_up_to_date(*, dossier_id: int, by: User) -> tuple[Dossier, list[str]]:
    """Move a draft to the revision in force and say, in sentences, what changed. Happens whenever a draft is opened.

    Raises UserError when the unit closed, stopped serving the procedure online, or no revision is in force; the
    draft stays as it is.
    """
    dossier = _draft(dossier_id, by)
    offering = _offered(dossier.procedure_id, dossier.competent_unit_id)
    revision = _in_force(dossier.procedure_id)
    if revision.pk == dossier.revision_id:
        return dossier, []
    old, new = published.parts(dossier.revision_id).form, published.parts(revision.pk).form
    dossier.answers, told = formspec.carry_over(old, new, dossier.answers)
    dossier.revision = revision
    if dossier.case_code not in _cases(revision):
        dossier.case_code = next(iter(_cases(revision)))
        told.append(str(_("Các trường hợp của thủ tục đã đổi. Hãy kiểm tra lại trường hợp của bạn.")))
    told += _drop_unasked_files(dossier)
    dossier.department_id, dossier.level_offered = offering.department_id, offering.level
    parties.set_owner(dossier, by)
    changed = ("answers", "revision", "case_code", "department", "level_offered", *parties.OWNER_COLUMNS)
    return _touched(dossier, *changed), told


@transaction.atomic
def save_step(*, dossier_id: int, by: User, step_key: str, answers: dict[str, Any], version: int) -> Dossier:
    """Keep the answers of one step; those of fields hidden by them are dropped.

    Identity numbers come as typed and are sealed into parties. Raises StaleError, NotNowError, and UserError with
    `field` when a number cannot be kept.
    """
    dossier = _draft(dossier_id, by, version)
    spec = published.parts(dossier.revision_id).form
    step = spec.step(step_key)
    if step is None:
        raise NotNowError(_("Biểu mẫu vừa được cập nhật nên không còn bước này. Hãy mở lại hồ sơ."))
    here = {field.key for field in step.fields}
    elsewhere = {key: value for key, value in dossier.answers.items() if key not in here}
    typed = {key: value for key, value in answers.items() if key in here}
    before = {**prefilled(by, step, dossier.answers), **dossier.answers}  # what the page showed
    sealed = parties.seal_numbers(step, typed, before=before, merged={**elsewhere, **typed}, by=by)
    dossier.answers = formspec.prune(spec, {**elsewhere, **sealed})
    parties.set_owner(dossier, by)
    return _touched(dossier, "answers", *parties.OWNER_COLUMNS)


def attach(*, dossier_id: int, by: User, paper_code: str, upload: "UploadedFile[bytes]") -> TakenFile:
    """Keep one file for one paper: of a draft, or of what a supplement request asked for. The same file comes in once.

    Raises vault's TooLargeError for one file or all together, UserError for a file that is not taken or an unknown paper.
    """
    opened = open_upload(upload)  # before anything is locked: opening takes its time
    with transaction.atomic():
        dossier, round_number, name = _open_for_files(dossier_id, by, paper_code)
        return keep_upload(dossier, RoundPaper(paper_code, name, round_number), by=by, opened=opened)


def keep_upload(
    dossier: Dossier, paper: RoundPaper, *, by: User, opened: OpenedFile, onto: Attachment | None = None
) -> TakenFile:
    """Keep one opened file for a paper of a locked dossier; raises as `attach`. `onto`: the paper seen, whose file it is."""
    given = live_attachments(dossier.pk)
    twin = next((row for row in _same(given, paper.code, paper.round) if _is_twin(row, opened)), None)
    if twin is not None:
        return TakenFile(twin, is_twin=True)
    _refuse_too_much(given, opened.size)
    file = vault.store_upload(opened, by=by)
    if onto is None:
        return TakenFile(_attached(dossier, paper, form=PaperForm.E_COPY, file=file))
    onto.file = file
    rows.update(onto, ["file"])
    _touched(dossier)
    return TakenFile(onto)


def _is_twin(row: Attachment, opened: OpenedFile) -> bool:
    """Tell whether these bytes are there: as they were sent, or as they are kept."""
    known = {row.file.sha256, row.file.sent_sha256} if row.file else set()
    return opened.sha256 in known or opened.sent_sha256 in known


@transaction.atomic
def attach_from_vault(*, dossier_id: int, by: User, paper_code: str, item_id: int) -> TakenFile:
    """Use a paper of one's own vault again instead of sending it once more. Raises UserError when it does not fit."""
    dossier, round_number, name = _open_for_files(dossier_id, by, paper_code)
    kinds = dossier.revision.papers.filter(code=paper_code).values_list("vault_kind", flat=True)
    item: VaultItem | None = reusable_for(own_party(by), kinds).filter(pk=item_id).first()
    if item is None:
        raise UserError(_("Giấy tờ này không còn dùng lại được. Hãy chọn giấy tờ khác hoặc tải tệp lên."))
    given = live_attachments(dossier.pk)
    twin = next((row for row in _same(given, paper_code, round_number) if row.file_id == item.file_id), None)
    if twin is not None:
        return TakenFile(twin, is_twin=True)
    _refuse_too_much(given, item.file.size)
    paper = RoundPaper(paper_code, name, round_number)
    return TakenFile(_attached(dossier, paper, form=PaperForm.REUSED, file=item.file))


@transaction.atomic
def remove_attachment(*, dossier_id: int, by: User, attachment_id: int) -> Dossier:
    """Take one file out again, as long as it has not been sent; doing so twice is no error."""
    dossier = _of_account(dossier_id, by)
    return take_out(dossier, attachment_id=attachment_id, round_number=_round(dossier))


def take_out(dossier: Dossier, *, attachment_id: int, round_number: int) -> Dossier:
    """Take a file of the open round out of a locked dossier."""
    found = dossier.attachments.filter(pk=attachment_id, round=round_number, removed_at__isnull=True).first()
    if found is None:
        return dossier
    file_id = found.file_id
    found.delete()
    if file_id is not None:
        vault.erase(file_id=file_id)
    return _touched(dossier)


@transaction.atomic
def discard(*, dossier_id: int, by: User) -> None:
    """Erase a draft with its answers and files. Only drafts: what was sent is never deleted."""
    dossier = _draft(dossier_id, by)
    files = [file_id for file_id in dossier.attachments.values_list("file_id", flat=True) if file_id]
    dossier.attachments.all().delete()
    dossier.delete()
    for file_id in files:
        vault.erase(file_id=file_id)


def send(*, dossier_id: int, by: User, delivery: str, version: int) -> Dossier:
    """Submit a draft with the chosen way of delivery; see submission.submit."""
    return submission.submit(dossier_id=dossier_id, by=by, delivery=delivery, version=version)


def is_current(dossier: Dossier) -> bool:
    """Tell whether a draft stands on the revision in force; raises UserError when it cannot be filed any more."""
    here = standing(dossier.procedure_id, dossier.competent_unit_id)
    if here.unit_is_open and here.level in ONLINE_LEVELS and here.revision_id == dossier.revision_id:
        return True  # the usual case, in one statement; what follows finds the sentence
    _offered(dossier.procedure_id, dossier.competent_unit_id)
    return _in_force(dossier.procedure_id).pk == dossier.revision_id


# ── checks ───────────────────────────────────────────────────────────────────────────────────────


def _of_account(dossier_id: int, by: User) -> Dossier:
    """Lock a dossier of this account; its pinned revision comes with it."""
    dossier = locked(dossier_id)
    if dossier.account_id != by.pk:
        raise NotNowError
    dossier.account = by
    return with_revision(dossier)


def _draft(dossier_id: int, by: User, version: int | None = None) -> Dossier:
    dossier = _of_account(dossier_id, by)
    if dossier.state != State.DRAFT:
        raise NotNowError(_("Hồ sơ này đã gửi nên không sửa được nữa. Hãy xem tình trạng của hồ sơ."))
    if version is not None and dossier.version != version:
        raise StaleError
    return dossier


def _offered(procedure_id: int, unit_id: int) -> OnlineOffering:
    today = clock.today()
    unit = rows.by_keys(OrgUnit, [unit_id]).get(unit_id)
    if unit is None or unit.kind not in {UnitKind.WARD, UnitKind.CITY, UnitKind.PROVINCE}:
        raise UserError(_("Không có đơn vị này. Hãy chọn lại nơi giải quyết."), field="unit")
    if unit.valid_from > today or (unit.valid_to is not None and unit.valid_to < today):
        heirs = ", ".join(heir.name for heir in unit.successors.all())
        raise UserError(_closed_sentence(unit, heirs), field="unit")
    offering = offering_of(procedure_id, unit_id, today)
    if offering is None or offering.level not in ONLINE_LEVELS:
        raise UserError(terms.NO_LONGER_ONLINE, field="unit")
    offering.unit = unit
    return offering


def _closed_sentence(unit: OrgUnit, heirs: str) -> str:
    if heirs:
        return str(_("%(unit)s đã ngừng hoạt động. Hãy nộp tại đơn vị kế thừa: %(heirs)s.")) % {
            "unit": unit.name,
            "heirs": heirs,
        }
    return str(_("%(unit)s không còn hoạt động. Hãy chọn đơn vị khác.")) % {"unit": unit.name}


def _in_force(procedure_id: int) -> Revision:
    revision_id = in_force_id(procedure_id)
    if revision_id is None:
        raise UserError(NO_REVISION)
    return published.parts(revision_id).revision


def _cases(revision: Revision) -> dict[str, str]:
    return {case["code"]: case["name"] for case in revision.cases} or {"": ""}


def _case(revision: Revision, case_code: str) -> str:
    cases = _cases(revision)
    if case_code in cases:
        return case_code
    if len(cases) == 1:
        return next(iter(cases))
    raise UserError(_("Hãy chọn trường hợp của bạn."), field="case")


def _asks_no_owner(revision: Revision) -> bool:
    return published.parts(revision.pk).form.owner is None


def _round(dossier: Dossier) -> int:
    """Which round of papers is open: 0 for a draft, the supplement's number later."""
    if dossier.state == State.DRAFT:
        return 0
    if dossier.state in FIXING:
        return int(dossier.supplements.get(answered_at__isnull=True).round)
    raise NotNowError(
        _("Hồ sơ không ở bước thêm giấy tờ nên không thay đổi được tệp. Hãy tải lại trang để xem hiện trạng.")
    )


def _open_for_files(dossier_id: int, by: User, paper_code: str) -> tuple[Dossier, int, str]:
    """Lock the dossier; give it with the open round and the name of the paper."""
    dossier = _of_account(dossier_id, by)
    round_number = _round(dossier)
    names = {paper.code: paper.name for paper in terms.papers_for(dossier)}
    if round_number:
        items = dossier.supplements.get(round=round_number).items
        names = {
            asked.code_of(items, place, round_number=round_number): item["name"]
            for place, item in enumerate(items)
            if not asked.key_of(item)
        }
    if paper_code not in names:
        raise UserError(_("Hồ sơ này không cần loại giấy tờ đó. Hãy tải lại trang và chọn đúng mục."), field="file")
    return dossier, round_number, names[paper_code]


def _same(given: list[Attachment], paper_code: str, round_number: int) -> list[Attachment]:
    return [row for row in given if row.file and row.paper_code == paper_code and row.round == round_number]


def _refuse_too_much(given: list[Attachment], size: int) -> None:
    if len(given) >= MAX_FILES:
        raise LimitError(
            _("Hồ sơ đã có %(count)s tệp, không thêm được nữa. Hãy gộp các trang vào một tệp.") % {"count": MAX_FILES}
        )
    total = sum(row.file.size for row in given if row.file)
    if total + size > settings.UPLOAD_MAX_DOSSIER:
        raise TooLargeError(
            _("Tổng dung lượng các tệp vượt %(limit)s MB. Hãy bỏ bớt tệp hoặc quét lại ở độ phân giải thấp hơn.")
            % {"limit": settings.UPLOAD_MAX_DOSSIER // (1024 * 1024)}
        )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _attached(dossier: Dossier, paper: RoundPaper, *, form: PaperForm, file: StoredFile) -> Attachment:
    named = {"paper_code": paper.code, "paper_name": paper.name[:500], "round": paper.round}
    attachment = rows.insert(Attachment(dossier=dossier, form=form, file=file, **named))
    _touched(dossier)
    return attachment


def _drop_unasked_files(dossier: Dossier) -> list[str]:
    asked = {paper.code for paper in terms.papers_for(dossier)}
    told = []
    for attachment in dossier.attachments.exclude(paper_code__in=asked).select_related("file").order_by("pk"):
        told.append(str(_("Không còn cần giấy tờ “%(name)s”; tệp đã được bỏ ra.")) % {"name": attachment.paper_name})
        file_id: uuid.UUID | None = attachment.file_id
        attachment.delete()
        if file_id is not None:
            vault.erase(file_id=file_id)
    return told


def _touched(dossier: Dossier, *changed: str) -> Dossier:
    """Count a change of the draft and write it; `changed` names columns, everything else stays unwritten."""
    dossier.version += 1
    rows.update(dossier, ["version", *changed])
    return dossier
