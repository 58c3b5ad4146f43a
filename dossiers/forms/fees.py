"""What the desk counts and decides for a fee: pages, copies, people, who is let off and on which paper. No rule lives here."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.enums import FeeSubject
from procedures.formfields import CleanCharField, OptionField

MOST = 9999
PREFIX = "fee_"
NUMBERS = {"pages": _("Số trang một bản"), "copies": _("Số bản"), "persons": _("Số người")}
NO_PAPER = _("Hãy ghi giấy tờ chứng minh được miễn, giảm.")


class FeeForm(forms.Form):
    """Only what the rules of the case ask for: `wanted` numbers, of which `needed` must be given, and `subjects`."""

    def __init__(
        self,
        data: Any = None,
        *,
        wanted: Iterable[str] = (),
        needed: Iterable[str] = (),
        subjects: Iterable[FeeSubject] = (),
        known: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={f"{PREFIX}{key}": value for key, value in (known or {}).items()})
        must = set(needed)
        for name in wanted:
            self.fields[f"{PREFIX}{name}"] = forms.IntegerField(
                label=NUMBERS[name],
                min_value=1 if name in must else 0,
                max_value=MOST,
                required=name in must,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "field-year"}),
            )
        offered = [(subject.value, subject.label) for subject in subjects]
        if offered:
            self.fields[f"{PREFIX}subject"] = OptionField(
                label=_("Miễn, giảm"), choices=[("", _("Không")), *offered], required=False
            )
            self.fields[f"{PREFIX}reason"] = CleanCharField(
                label=_("Giấy tờ chứng minh"), max_length=300, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Nobody is let off without a paper that says why."""
        data = super().clean() or self.cleaned_data
        if data.get(f"{PREFIX}subject") and not data.get(f"{PREFIX}reason"):
            self.add_error(f"{PREFIX}reason", NO_PAPER)
        return data

    def facts(self) -> dict[str, Any]:
        """What the dossier keeps: what was given, by its plain name."""
        data = {name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items()}
        if not data.get("subject"):
            data.pop("reason", None)
        return {name: value for name, value in data.items() if value not in (None, "")}
