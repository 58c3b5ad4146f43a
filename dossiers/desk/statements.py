"""Bank statements at the desk: read from a file, what they confirm, what a person must look at."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import desk_only, staff_memberships
from dossiers import money, queries, statement_rows
from dossiers.desk.in_person import BAD
from dossiers.forms.money import StatementForm
from dossiers.models.money import BankLine
from dossiers.services import statements
from portal.errors import UserError
from portal.text import clean

SHOWN, SHOWN_ASIDE = 200, 20
ACCEPT = ".csv,.txt,.xlsx"
MOST_WORDS = 500


@desk_only(*sorted(money.COLLECTORS))
@require_http_methods(["GET", "HEAD", "POST"])
def statement_page(request: HttpRequest) -> HttpResponse:
    """Read a statement; list what is no payment yet."""
    desks = {str(desk.pk): desk for desk in money.desks(request.scope)}
    choices = [(key, desk.name) for key, desk in desks.items()]
    if request.method != "POST":
        return _page(request, StatementForm(desks=choices))
    form = StatementForm(request.POST, desks=choices)
    upload = request.FILES.get("file")
    if upload is None:
        form.add_error(
            None, _("Chưa chọn tệp, hoặc tệp nặng quá mức nhận. Hãy chọn tệp sao kê CSV hoặc XLSX rồi bấm lại.")
        )
    if upload is None or not form.is_valid():
        return _page(request, form, status=BAD)
    try:
        found_credits, bad = statement_rows.read(upload)
        desk = desks[form.cleaned_data["desk"]]
        done = statements.load(by=request.user, desk=desk, name=clean(upload.name or ""), lines=found_credits)
    except UserError as error:
        form.add_error(None, error.message)
        return _page(request, form, status=BAD)
    return _page(request, StatementForm(desks=choices), done=done, bad=bad)


def _page(request: HttpRequest, form: StatementForm, *, status: int = 200, **more: Any) -> HttpResponse:
    units = money.reach(request.scope, money.COLLECTORS)
    lines = money.unmatched(units)[:SHOWN]
    done = more.get("done")
    why = {line.pk: words for line, words in done.left} if done is not None else {}
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "accept": ACCEPT,
        "done": done,
        "bad": more.get("bad", []),
        "lines": [{"line": line, "why": why.get(line.pk, "")} for line in lines],
        "aside": money.set_aside(units)[:SHOWN_ASIDE],
    }
    return render(request, "dossiers/desk/statements.html", context, status=status)


@desk_only(*sorted(money.COLLECTORS))
@require_POST
def match(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say which dossier a line pays."""
    line = _line(request, line_id)
    code = clean(request.POST.get("code", ""))[:60]
    scope = queries.for_desk(request.user, staff_memberships(request))
    found = scope.filter(code=code).first() if code else None
    if found is None:
        messages.warning(request, _("Không thấy hồ sơ có mã này trong phạm vi của bạn."))
        return redirect("desk:statements")
    try:
        statements.confirm(by=request.user, line_id=line.pk, dossier_id=found.pk)
    except UserError as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("Đã xác nhận khoản chuyển khoản của hồ sơ %(code)s.") % {"code": found.code})
    return redirect("desk:statements")


@desk_only(*sorted(money.COLLECTORS))
@require_POST
def set_aside(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say that a line is no dossier's money, and why."""
    line = _line(request, line_id)
    try:
        statements.set_aside(
            by=request.user, line_id=line.pk, reason=clean(request.POST.get("reason", ""))[:MOST_WORDS]
        )
    except UserError as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("Đã để dòng này ra ngoài; vẫn khớp lại được ở cuối trang."))
    return redirect("desk:statements")


def _line(request: HttpRequest, line_id: int) -> BankLine:
    return get_object_or_404(BankLine, pk=line_id, unit__in=money.reach(request.scope, money.COLLECTORS))
