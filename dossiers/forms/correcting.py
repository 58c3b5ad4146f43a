"""Answers that a supplement request found wrong, asked anew on the citizen's page and at the desk. No rule lives here."""

from typing import Any

from django.http import QueryDict

from dossiers import answers, asked
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from procedures import correctionform
from procedures.fieldkinds.table import TableSpec
from procedures.formspec import StepForm
from procedures.tablerows import without_row


def form_of(dossier: Dossier, request: Supplement, data: Any = None, *, grow: str = "") -> StepForm | None:
    """The questions asked anew, filled with what was answered last; None when the request names none."""
    notes = {asked.key_of(item): item["note"] for item in request.items if asked.key_of(item)}
    if not notes:
        return None
    spec = answers.spec_of(dossier)
    step = correctionform.step_of(spec, notes)
    known = _known(dossier, request)
    return correctionform.correction_form(
        spec,
        notes,
        known,
        data,
        wards=answers.wards() if step.wants_wards else (),
        masked=answers.masked_numbers(step, known),
        grow=grow,
    )


def reshaped(dossier: Dossier, request: Supplement, data: QueryDict) -> StepForm | None:
    """The same form with one row of a table more or less; nothing is checked or kept yet."""
    name, _dash, index = data.get("remove_row", "").rpartition("-")
    step = correctionform.step_of(answers.spec_of(dossier), asked.keys(request.items))
    table = next(
        (
            field
            for field in step.fields
            if isinstance(field, TableSpec) and name == f"{correctionform.PREFIX}-{field.key}"
        ),
        None,
    )
    if table is not None and index.isascii() and index.isdigit() and len(index) < 3:
        data = without_row(data, table, int(index), name=name)
    form = form_of(dossier, request, data, grow=data.get("add_row", ""))
    if form is not None:
        form.silence()
    return form


def _known(dossier: Dossier, request: Supplement) -> dict[str, Any]:
    step = correctionform.step_of(answers.spec_of(dossier), asked.keys(request.items))
    here = {field.key for field in step.fields}
    if request.answers is None:
        return dossier.answers
    return {**{key: value for key, value in dossier.answers.items() if key not in here}, **request.answers}
