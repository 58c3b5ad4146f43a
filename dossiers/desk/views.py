"""Screens of the desk: inbox, search, dossier, acts, files, printed forms. Rules live in workflow and services."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import desk_only, roles_held, staff_memberships, works_for_post
from dossiers import loading, queries
from dossiers.desk import acts, page, paper_lists, presence
from dossiers.forms.desk import ActForm
from dossiers.models.dossier import Dossier
from dossiers.models.result import PrintedForm
from dossiers.papers import for_citizens
from dossiers.services import opening, printing
from portal.errors import UserError
from portal.htmx import is_partial
from vault.views import serve, serve_to_print, tells_why


@desk_only()
@require_safe
def dossier(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Show one dossier of the person's scope, with the acts the table allows now."""
    found = _mine(request, dossier_id)
    context = page.context(request, found)
    return render(request, "dossiers/desk/dossier.html", {**context, "others": presence.others(found.pk, request.user)})


@desk_only()
@require_safe
def who_is_here(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Part of the dossier's page: say that it is still open, and show who else has it open."""
    found = queries.one_for_desk(staff_memberships(request), dossier_id)
    if found is None:
        raise Http404
    return render(
        request, "dossiers/desk/_presence.html", {"others": presence.others(found.pk, request.user, stays=True)}
    )


@desk_only()
@require_POST
def identity(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Show the identity numbers of owner and submitter in clear, once; that somebody looked is logged by itself."""
    return render(request, "dossiers/desk/dossier.html", page.context(request, _mine(request, dossier_id), reveal=True))


@desk_only()
@require_POST
def act(request: HttpRequest, dossier_id: int, action: str) -> HttpResponse:
    """Do one act on a dossier; on a mistake the page comes back with everything typed."""
    found = _mine(request, dossier_id)
    spec = acts.ACTS.get(action)
    if spec is None:
        raise Http404
    if not acts.may_ever(action, roles_held(request)):
        raise PermissionDenied
    form = spec.form(request.POST, name=action, dossier=found, user=request.user)
    if not form.is_valid():
        return _again(request, found, form, action, status=400)
    try:
        seen = {"version": form.cleaned_data["version"], "item_id": form.cleaned_data["item"]}
        done = spec.service(dossier_id=found.pk, by=request.user, **seen, **form.facts())
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _again(request, _mine(request, dossier_id), form, action, status=409, seen=form.cleaned_data["version"])
    messages.success(request, str(spec.done) % {"code": done.code or done.reference})
    return redirect(paper_lists.onward(request, otherwise=reverse("desk:dossier", args=[done.pk])))


@desk_only()
@require_safe
def file(request: HttpRequest, dossier_id: int, attachment_id: int) -> HttpResponseBase:
    """Stream one paper of a dossier in scope, once its scan allows; reading it is logged."""
    found = _mine(request, dossier_id)
    row = get_object_or_404(found.attachments.select_related("file"), pk=attachment_id, file__isnull=False)
    page.log_reading(request, loading.with_parties(found), what=_("mở giấy tờ"))
    return serve(row.file)


@desk_only()
@require_safe
@tells_why
def print_form(request: HttpRequest, dossier_id: int, form_id: int) -> HttpResponseBase:
    """Give a printed form of a dossier in scope, or say that it is being made."""
    found = _mine(request, dossier_id)
    form = _form(request, found, form_id)
    if form.file is not None and "doi" not in request.GET:
        page.log_reading(request, loading.with_parties(found), what=_("mở phiếu in"))
        return serve(form.file)
    context = {
        "form_name": form.label,
        "is_ready": form.file is not None,
        "since": form.called_at,
        "problem": printing.MISSING.problem(form.pk),
        "url": reverse("desk:print_form", args=[found.pk, form.pk]),
        "back_url": reverse("desk:dossier", args=[found.pk]),
    }
    template = "dossiers/desk/printing.html"
    return render(request, f"{template}#progress" if is_partial(request) else template, context)


@desk_only()
@require_safe
@tells_why
def print_now(request: HttpRequest, dossier_id: int, form_id: int) -> HttpResponseBase:
    """A printed form for a frame of our own page, whose print dialog is called; 204 while it is being made.

    HEAD asks whether it is there and reads nothing.
    """
    found = _mine(request, dossier_id)
    form = _form(request, found, form_id)
    if form.file is None:
        return HttpResponse(status=204)
    if request.method == "HEAD":
        return HttpResponse()
    page.log_reading(request, loading.with_parties(found), what=_("in phiếu"))
    return serve_to_print(form.file)


def _form(request: HttpRequest, found: Dossier, form_id: int) -> PrintedForm:
    """A printed form that the reader may open: people of the post only what a citizen could."""
    forms = found.printed_forms.select_related("file")
    if works_for_post(request):
        forms = forms.filter(name__in=for_citizens())
    return opening.opened(get_object_or_404(forms, pk=form_id))


def _mine(request: HttpRequest, dossier_id: int) -> Dossier:
    found = queries.one_for_desk(staff_memberships(request), dossier_id)
    if found is None:
        raise Http404
    return loading.with_result(found)


def _again(
    request: HttpRequest, found: Dossier, form: ActForm, action: str, *, status: int, seen: int | None = None
) -> HttpResponse:
    """The page with the form as it was typed. `seen`: the version it was typed on; what came since is shown beside it."""
    context = page.context(request, found, bound=form, action=action, place=paper_lists.read(request.POST))
    changed = page.changes_since(found, seen) if seen is not None else []
    return render(
        request, "dossiers/desk/dossier.html", {**context, "has_errors": True, "changed": changed}, status=status
    )
