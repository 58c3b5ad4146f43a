"""What the chosen case costs at the counter, by what is counted and answered so far; and the fields for what must be counted.

Called by the counter page alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dossiers.forms.fees import FeeForm
from portal import clock
from procedures import fees, published
from procedures.fees import Due
from procedures.formspec import StepForm
from procedures.models import Revision

SEEN = "phi_da_xem"  # the amount that the page showed


@dataclass(frozen=True, slots=True)
class CounterFee:
    """The amount due with its lines, and the form of what the desk counts."""

    form: FeeForm = field(default_factory=FeeForm)
    due: Due = field(default_factory=Due)

    @property
    def seen(self) -> str:
        """The amount as the page keeps it."""
        return "" if self.due.amount is None else str(self.due.amount)

    def was_shown(self, typed: Mapping[str, Any]) -> bool:
        """Whether the page that was sent showed this amount: nobody pays another than they were told."""
        return str(typed.get(SEEN, self.seen)) == self.seen

    @property
    def facts(self) -> dict[str, Any]:
        """What the dossier keeps of it."""
        return self.form.facts()

    @property
    def error_list(self) -> list[dict[str, str]]:
        """What is wrong in the fields of the fee, as the page's summary wants it."""
        return [
            {"text": f"{bound.label}: {text}", "href": f"#{bound.id_for_label}"}
            for bound in self.form
            for text in bound.errors
        ]


def answered(declared: StepForm) -> dict[str, Any]:
    """What the counter form says so far: all of it once it is whole, else what stands by itself."""
    if declared.is_valid():
        return declared.answers()
    single = [item for item in declared.possible if item.key not in declared.tables]
    return {
        item.key: item.kind.stored(declared.cleaned_data[item.key])
        for item in single
        if item.key in declared.cleaned_data
    }


def price(
    revision: Revision, case_code: str, channel: int, *, typed: Mapping[str, Any] | None, answers: Mapping[str, Any]
) -> CounterFee:
    """Work out what is due. `typed`: the page as sent when it is about this case; `answers`: of the counter form."""
    rules = published.parts(revision.pk).fees
    asked = {item.key for item in published.parts(revision.pk).form.fields() if item.counter}
    basis = fees.FeeBasis(case_code, channel, clock.today(), answers)
    scope = (case_code, channel, basis.on)
    counted_here = [row for row in rules if row.answer_key not in asked]
    form = FeeForm(
        typed,
        wanted=fees.wanted(counted_here, *scope),
        needed=fees.due(counted_here, basis).wants,
        subjects=fees.subjects(rules, *scope),
    )
    given = form.facts() if form.is_valid() else {}
    counted = fees.Counted(**{name: value for name, value in given.items() if name != "reason"})
    return CounterFee(form, fees.due(rules, replace(basis, counted=counted)))
