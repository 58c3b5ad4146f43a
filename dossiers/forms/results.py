"""The form in which an officer fills in a result or a refusal: the questions of its template. No rule lives here."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from dossiers import answers, draft_sheets, result_papers
from dossiers.enums import DraftKind
from dossiers.forms.desk import LARGEST, ActForm
from dossiers.forms.drafting import AboutDraftForm, draft_field, version_field
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import route_drafts
from procedures import result_templates
from procedures.paperspec import PaperSpec


class OnDraft:
    """What the form of a template has beside its questions: draft and version it was drawn from, and where it is written."""

    HIDDEN: ClassVar = AboutDraftForm.HIDDEN
    template: ClassVar[PaperSpec]

    def stored(self: Any) -> dict[str, Any]:
        """The answers, identity numbers as typed: the service seals them."""
        found: dict[str, Any] = self.answers()
        return found


def result_form(
    data: Any = None,
    *,
    kind: DraftKind,
    dossier: Dossier,
    user: User,
    item_id: int | None = None,
    row: PaperDraft | None = None,
    **_words: Any,
) -> Any:
    """The form of a draft, or of one that is begun: then it starts from the applicant's answers."""
    if row is not None:
        template, fields = draft_sheets.template_of(row), row.fields
    else:
        template = result_papers.template_for(dossier, refuses=kind == DraftKind.REFUSAL)
        fields = route_drafts.first_fields(dossier, template, user)
    hidden = {"version": dossier.version, "item": item_id}
    if row is not None:
        hidden |= {"draft": row.pk, "draft_version": row.version}
    form = _form_class(template, fields)(data, grow=data.get("add_row", "") if data else "", initial=hidden)
    form.template = template
    return form


def _form_class(template: PaperSpec, fields: Mapping[str, Any]) -> type[forms.Form]:
    asked = result_templates.officer_form(
        template,
        fields,
        wards=answers.wards() if template.step.wants_wards else (),
        masked=answers.masked_numbers(template.step, dict(fields)),
        partial=True,
    )
    carried = {
        "version": forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput),
        "item": ActForm.base_fields["item"],
        "draft": draft_field(),
        "draft_version": version_field(),
    }
    return type("ResultForm", (OnDraft, asked), carried)


def grant_form(data: Any = None, **words: Any) -> Any:
    """The form of a result."""
    return result_form(data, kind=DraftKind.RESULT, **words)


def refusal_form(data: Any = None, **words: Any) -> Any:
    """The form of a refusal to resolve."""
    return result_form(data, kind=DraftKind.REFUSAL, **words)
