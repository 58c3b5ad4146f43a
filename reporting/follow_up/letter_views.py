"""Pages of letters that remind of a target: drafted and issued by home affairs, read by the head they are for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import managers_only, roles_only
from accounts.enums import Role
from portal.errors import StaleError, UserError
from portal.text import clean, clean_lines
from reporting import queries as figures
from reporting.enums import LetterState
from reporting.follow_up.letters import first_words, missed_of
from reporting.follow_up.queries import month_of, sight
from reporting.follow_up.services import reminding
from reporting.follow_up.telling import addressees
from reporting.models import ReminderLetter, Shortfall
from reporting.second_person import second_person
from vault.views import serve

LONGEST_SUBJECT, LONGEST_WORDS = 300, 8000
LOOK = "look"  # what Enter in a field does for whoever may issue: the page again as it was typed


@roles_only(Role.HOME_AFFAIRS)
def add_letter(request: HttpRequest, shortfall_id: int) -> HttpResponse:
    """A new letter about a miss, with the gap written out; where a draft is under way, that one."""
    shortfall = get_object_or_404(Shortfall.objects.select_related("unit", "run"), pk=shortfall_id)
    under_way = ReminderLetter.objects.filter(shortfall=shortfall, state=LetterState.DRAFT).first()
    if under_way is not None and request.method != "POST":
        return redirect("reporting:letter", letter_id=under_way.pk)
    return _edit(request, shortfall, None)


@managers_only
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """A letter: a draft is home affairs' own; an issued one is read by the head too."""
    found, seen = _letter(request, letter_id)
    if found.state == LetterState.DRAFT:
        return _edit(request, found.shortfall, found)
    if request.method == "POST":
        messages.error(request, reminding.NotADraftLetterError.default_message)
        return redirect("reporting:letter", letter_id=found.pk)
    context = {
        "letter": found,
        "month": month_of(found.shortfall),
        "problem": reminding.PRINTING.problem(found.pk) if seen and found.file_id is None else "",
    }
    return render(request, "reporting/letter.html", context)


@managers_only
@require_safe
def letter_file(request: HttpRequest, letter_id: int) -> HttpResponseBase:
    """The letter as it was printed."""
    found, _everything = _letter(request, letter_id)
    if found.file is None:
        raise Http404
    return serve(found.file)


def _letter(request: HttpRequest, letter_id: int) -> tuple[ReminderLetter, bool]:
    """A letter the reader may see, and whether the reader is of home affairs; 404 otherwise."""
    rows = ReminderLetter.objects.select_related("shortfall__unit", "shortfall__run", "file", "written_by")
    found = get_object_or_404(rows, pk=letter_id)
    seen = sight(request.scope, figures.board_units())  # type: ignore[attr-defined]
    if not seen.everything and (found.state != LetterState.ISSUED or not seen.covers(found.shortfall.unit_id)):
        raise Http404
    return found, seen.everything


def _edit(request: HttpRequest, shortfall: Shortfall, found: ReminderLetter | None) -> HttpResponse:
    typed = (found.subject, found.words) if found else first_words(shortfall)
    told, status = "", 200
    if request.method == "POST":
        typed = clean(request.POST.get("subject", "")), clean_lines(request.POST.get("words", ""))
    if request.method == "POST" and request.POST.get("act") != LOOK:
        try:
            kept = _written(request, shortfall, found, *typed)
        except UserError as error:
            told, status = error.message, 409 if isinstance(error, StaleError) else 400
        else:
            return redirect("reporting:letter", letter_id=kept)
    context = {
        "letter": found,
        "shortfall": shortfall,
        "month": month_of(shortfall),
        "subject": typed[0],
        "words": typed[1],
        "told": told,
        "revision": request.POST.get("revision", "") or str(found.revision if found else 0),
        "missed": missed_of(shortfall),
        "may_issue": found is not None and request.user.pk not in found.editors,
        "second": second_person(request.user, found.editors if found else [request.user.pk]),  # type: ignore[arg-type, list-item]
        "told_to": addressees(shortfall.unit_id),
    }
    return render(request, "reporting/letter_edit.html", context, status=status)


def _written(request: HttpRequest, shortfall: Shortfall, found: ReminderLetter | None, subject: str, words: str) -> int:
    """Save, issue or drop; gives the letter. Raises UserError."""
    if len(subject) > LONGEST_SUBJECT or len(words) > LONGEST_WORDS:
        raise UserError(_("Trích yếu dài quá 300 hoặc nội dung dài quá 8.000 ký tự. Hãy viết gọn lại."))
    text = request.POST.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    act = request.POST.get("act")
    facts: dict[str, Any] = {"by": request.user, "revision": revision}
    if act == "issue" and found is not None:
        issued = reminding.issue(**facts, letter_id=found.pk)
        messages.success(request, _("Đã phát hành văn bản số %(number)s.") % {"number": issued.number})
        return found.pk
    if act == "drop" and found is not None:
        reminding.drop(**facts, letter_id=found.pk)
        messages.success(request, _("Đã bỏ dự thảo; nội dung vẫn đọc lại được."))
        return found.pk
    kept = reminding.save_draft(
        **facts, shortfall_id=shortfall.pk, letter_id=found.pk if found else None, subject=subject, words=words
    )
    messages.success(request, _("Đã lưu dự thảo. Người thứ hai của Nội vụ xem rồi phát hành."))
    return kept.pk
