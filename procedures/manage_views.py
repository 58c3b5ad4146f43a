"""The catalogue desk: drafts and latest publications, preview, publish. For the controllers of procedures only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import roles_only
from accounts.enums import Role
from portal import clock
from portal.errors import UserError
from procedures import result_templates, services, sheet
from procedures.enums import RevisionState
from procedures.models import Revision
from procedures.views import sheet_context

LATEST = 50


@roles_only(Role.PROCEDURE_CONTROLLER)
@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """Drafts waiting, and what was published last."""
    rows = Revision.objects.select_related("procedure").defer("steps_text", "conditions", "form_spec")
    context = {
        "drafts": rows.filter(state=RevisionState.DRAFT).order_by("-updated_at", "-pk")[:LATEST],
        "published": rows.exclude(state=RevisionState.DRAFT).order_by("-updated_at", "-pk")[:LATEST],
    }
    return render(request, "procedures/manage.html", context)


@roles_only(Role.PROCEDURE_CONTROLLER)
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """The templates of result papers: law, editions, which procedures issue them, what must still be compared."""
    used: dict[str, list[str]] = {}
    published = Revision.objects.filter(state=RevisionState.PUBLISHED, valid_to__isnull=True)
    for code, results in published.order_by("procedure__code").values_list("procedure__code", "results"):
        used.setdefault(result_templates.code_named(results), []).append(code)
    rows = [{"paper": paper, "used": used.get(paper.code, [])} for paper in result_templates.editions()]
    return render(request, "procedures/papers.html", {"rows": rows})


@roles_only(Role.PROCEDURE_CONTROLLER)
@require_safe
def preview(request: HttpRequest, revision_id: int) -> HttpResponse:
    """A revision as citizens would see it."""
    revision = get_object_or_404(Revision.objects.select_related("procedure__field"), pk=revision_id)
    context = {
        **sheet_context(revision.procedure, revision, clock.today()),
        "previewing": True,
        "clock_lines": sheet.clock_lines(revision, revision.limits.order_by("case_code", "channel", "pk")),
    }
    return render(request, "procedures/procedure.html", context)


@roles_only(Role.PROCEDURE_CONTROLLER)
@require_POST
def publish(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Publish a draft."""
    revision = get_object_or_404(Revision.objects.select_related("procedure"), pk=revision_id)
    try:
        services.publish(revision_id=revision.pk)
    except UserError as error:
        messages.error(request, error.message)
        return redirect("procedures:preview", revision.pk)
    messages.success(request, _("Đã công bố phiên bản mới của thủ tục %(code)s.") % {"code": revision.procedure.code})
    return redirect("procedures:manage")
