"""Acts on letters that remind of a target: drafted by one, issued with a number by another, printed and kept."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import OrgUnit, User
from accounts.queries import ancestor_ids, roles_today
from dossiers import numbering
from portal import clock, letters
from portal.celery import enqueue
from portal.clock import Month
from portal.db import named_violation
from portal.errors import NotNowError, StaleError, UserError
from portal.pdf import PaperFaultError, render_pdf
from portal.sweeps import SWEEPS, RowSweep
from reporting.enums import LetterState
from reporting.follow_up.letters import context, numbered
from reporting.follow_up.posts import home_affairs_of, post_of
from reporting.follow_up.services.explaining import OutsideHomeAffairsError
from reporting.follow_up.telling import addressees, tell_unit
from reporting.models import ReminderLetter, Shortfall
from vault.services import store_bytes

TEMPLATE = "reporting/print/reminder.html"
LONGEST_WORD = 30  # signs in a row that the narrow column of the head can hold


class NotADraftLetterError(NotNowError):
    """It was issued or dropped."""

    default_message = gettext_lazy("Văn bản này đã phát hành hoặc đã bỏ nên không sửa được nữa.")


class ChangedLetterError(StaleError):
    """Somebody else saved meanwhile, or began a draft of the same matter."""

    default_message = gettext_lazy(
        "Dự thảo vừa được lưu ở nơi khác. Những gì bạn nhập vẫn còn trên trang; hãy mở lại để so rồi lưu."
    )


class OwnLetterError(UserError):
    """Who wrote in it may not issue it."""

    default_message = gettext_lazy(
        "Bạn đã soạn văn bản này nên không tự phát hành được. Hãy nhờ người thứ hai của Nội vụ."
    )


@transaction.atomic
def save_draft(
    *, by: User, shortfall_id: int, letter_id: int | None, revision: int, subject: str, words: str
) -> ReminderLetter:
    """Keep a draft. Raises OutsideHomeAffairsError, NotADraftLetterError, ChangedLetterError, UserError."""
    if home_affairs_of(by) is None:
        raise OutsideHomeAffairsError
    if not subject or not words:
        raise UserError(_("Chưa ghi đủ trích yếu và nội dung. Hãy ghi cả hai rồi lưu."))
    letters.refuse([subject, words])
    if any(len(word) > LONGEST_WORD for word in f"{subject} {words}".split()):
        raise UserError(_("Có chữ viết liền quá dài, in ra ngoài khổ giấy. Hãy thêm dấu cách rồi lưu."))
    letter = (
        ReminderLetter(shortfall_id=shortfall_id, written_by=by) if letter_id is None else _draft(letter_id, revision)
    )
    letter.subject, letter.words = subject, words
    letter.editors = sorted({*letter.editors, by.pk})
    with named_violation("letter_one_draft_at_a_time", ChangedLetterError()):
        letter.save()
    return letter


@transaction.atomic
def drop(*, by: User, letter_id: int, revision: int) -> None:
    """Set a draft aside; it bore no number yet. Raises what `save_draft` raises."""
    if home_affairs_of(by) is None:
        raise OutsideHomeAffairsError
    letter = _draft(letter_id, revision)
    letter.state = LetterState.DROPPED
    letter.save()


@transaction.atomic
def issue(*, by: User, letter_id: int, revision: int) -> ReminderLetter:
    """Issue a draft under the next number, and tell the head, or who hears it instead; the paper is printed afterwards. By who wrote nothing of it.

    Raises OutsideHomeAffairsError, OwnLetterError, NotADraftLetterError, ChangedLetterError; UserError when the authority
    has no code to keep a book under.
    """
    acting = home_affairs_of(by)
    if acting is None:
        raise OutsideHomeAffairsError
    letter = _draft(letter_id, revision)
    if by.pk in letter.editors:
        raise OwnLetterError
    shortfall = Shortfall.objects.select_related("unit").get(pk=letter.shortfall_id)
    letter.state, letter.issued_by, letter.issued_at = LetterState.ISSUED, by, clock.now()
    letter.signer_name, letter.signer_post = acting.name, acting.post
    told = addressees(shortfall.unit_id)
    if told.head is not None:
        letter.to_name, letter.to_post = told.head.user.full_name, post_of(told.head)
    letter.told = told.names
    for name, value in numbered(_scope(by, shortfall), clock.today().year).items():
        setattr(letter, name, value)
    letter.save()
    _tell(letter, shortfall)
    enqueue("reporting.tasks.print_letters")
    return letter


def print_letter(*, letter_id: int) -> bool:
    """Make the file of an issued letter; False when it has one. Rendered outside of any transaction, kept for ever."""
    letter = (
        ReminderLetter.objects.select_related("shortfall__unit", "shortfall__run")
        .filter(pk=letter_id, state=LetterState.ISSUED, file__isnull=True)
        .first()
    )
    if letter is None:
        return False
    _html, content = render_pdf(TEMPLATE, context(letter) | {"authority": authority_of(letter)})
    return _kept(letter.pk, content)


def authority_of(letter: ReminderLetter) -> OrgUnit | None:
    """In whose book the letter stands."""
    _kind, scope = numbering.book_of(letter.book)
    return OrgUnit.objects.filter(authority_code=scope).order_by("-valid_from", "pk").first() if scope else None


@transaction.atomic
def _kept(letter_id: int, content: bytes) -> bool:
    """Keep the bytes, unless another worker was faster."""
    free = ReminderLetter.objects.select_for_update(of=("self",), no_key=True)
    letter = free.filter(pk=letter_id, file__isnull=True).first()
    if letter is None:
        return False
    name = f"nhac-{letter.book_year}-{letter.book_number:02d}.pdf"
    letter.file = store_bytes(name=name, mime="application/pdf", content=content)
    letter.save(update_fields=["file"])
    return True


PRINTING = RowSweep(
    code="reminder_letters",
    label=gettext_lazy("In văn bản nhắc"),
    row=gettext_lazy("văn bản"),
    task="reporting.tasks.print_letters",
    waiting=lambda: ReminderLetter.objects.filter(state=LetterState.ISSUED, file__isnull=True),
    serve=lambda pk: print_letter(letter_id=pk),
    names=("number",),
    claims=True,
    batch=50,
    final=(PaperFaultError,),
)
SWEEPS.add(PRINTING)


def _draft(letter_id: int, revision: int) -> ReminderLetter:
    letter = ReminderLetter.objects.select_for_update(of=("self",), no_key=True).get(pk=letter_id)
    if letter.state != LetterState.DRAFT:
        raise NotADraftLetterError
    if letter.revision != revision:
        raise ChangedLetterError
    letter.revision += 1
    return letter


def _scope(by: User, shortfall: Shortfall) -> str:
    """The authority in whose book home affairs writes: the nearest above the unit for which the signer works."""
    held = {row.unit_id: row for row in roles_today(by.pk) if row.role == Role.HOME_AFFAIRS}
    above = [pk for pk in ancestor_ids(shortfall.unit_id) if pk in held]
    unit = OrgUnit.objects.select_related("parent").get(pk=above[0] if above else next(iter(held)))
    scope = numbering.scope_of(unit)
    if not scope:
        raise UserError(_("Đơn vị của Nội vụ chưa có mã định danh nên chưa cấp số được. Hãy báo quản trị viên."))
    return scope


def _tell(letter: ReminderLetter, shortfall: Shortfall) -> None:
    said = {"number": letter.number, "month": Month.of(shortfall.month).label}
    tell_unit(
        shortfall.unit_id,
        kind="reminder_issued",
        words=(
            _("Văn bản nhắc số %(number)s") % said,
            _("Nội vụ gửi văn bản số %(number)s nhắc thực hiện chỉ tiêu tháng %(month)s, kèm danh sách hồ sơ.") % said,
        ),
        link=reverse("reporting:letter", kwargs={"letter_id": letter.pk}),
        key=str(letter.pk),
    )
