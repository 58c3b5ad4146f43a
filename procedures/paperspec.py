"""The shape of a result paper's template, as pydantic checks it, and what is still missing on a paper. Pure.

A template is dated data: which fields stand on the paper, where each comes from, who signs, which book numbers it.
Read through procedures.result_templates; the values are put together by dossiers.result_papers.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints, model_validator

from portal.words import Words
from procedures.enums import FieldSource, PaperDay
from procedures.fieldkinds.base import AnyField, FieldSpec, Key, SpecPart
from procedures.spec import FormSpec, StepSpec, shown

STEP = "noi_dung"
REST = "*"  # texts of a choice: what holds for every other answer, and for none
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
OwnerFact = Literal["full_name", "birth_date", "gender", "address", "identity", ""]
_OWN_KEYS = frozenset({"source", "from", "phrase", "words_of", "may_issue_without"})


class Phrase(SpecPart):
    """A text with placeholders `{key}`, or one of several, chosen by the value of a field."""

    text: str = ""
    choice: Key | Literal[""] = ""
    texts: Mapping[str, str] = Field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        """Every key the phrase asks for."""
        asked = {key for text in (self.text, *self.texts.values()) for key in PLACEHOLDER.findall(text)}
        return asked | ({self.choice} - {""})

    def put(self, values: Mapping[str, str], chosen: Any) -> str:
        """The text with its placeholders filled; `chosen`: the stored value of the field that chooses."""
        text = self.texts.get(str(chosen), self.texts.get(REST, "")) if self.choice else self.text
        return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


class Origin(SpecPart):
    """Where an officer's form gets a first value from: an answer of the applicant, a text made of several, the owner."""

    answer: Key | Literal[""] = ""
    translate: Mapping[str, str] = Field(default_factory=dict, alias="as")  # the answer's value → the field's
    phrase: Phrase | None = None
    year_only: bool = False  # of a date, where the paper has the year alone
    writer: bool = False  # the name of whoever drafts the paper
    owner: OwnerFact = ""  # of the dossier's owner, when the form has no such answer (a dossier on paper)


class Waiver(SpecPart):
    """That a paper may be issued without a number another system owes, from a day to a day, for a recorded reason."""

    valid_from: date
    valid_to: date | None = None
    law: str

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is in force."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class PaperField(SpecPart):
    """One field of the paper: the question that is asked for it, and where its value comes from.

    Written flat: the keys of the question and those of the field beside each other.
    """

    question: AnyField
    source: FieldSource
    origin: Origin | None = None
    phrase: Phrase | None = None
    words_of: Key | Literal[""] = ""
    may_issue_without: Waiver | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping) or "question" in raw:
            return raw
        own = {key: value for key, value in raw.items() if key in _OWN_KEYS}
        if "from" in own:
            origin = own.pop("from")
            own["origin"] = {"answer": origin} if isinstance(origin, str) else origin
        return {**own, "question": {key: value for key, value in raw.items() if key not in _OWN_KEYS}}

    @model_validator(mode="after")
    def _made_of_something(self) -> Self:
        if (self.source == FieldSource.SYSTEM) != bool(self.phrase or self.words_of):
            raise ValueError(_("%(key)s: chỉ trường của hệ thống mới có câu hoặc lời ghép sẵn") % {"key": self.key})
        return self

    @property
    def key(self) -> str:
        """The name of the field, in stored values and in layouts."""
        return self.question.key

    @property
    def is_typed(self) -> bool:
        """Tell whether somebody fills it in; the system makes the rest."""
        return self.source != FieldSource.SYSTEM

    @property
    def is_external(self) -> bool:
        """Tell whether another system owes the value."""
        return self.source == FieldSource.EXTERNAL

    @property
    def source_key(self) -> str:
        """Where it is kept what gave an external value."""
        return f"{self.key}_nguon"

    @property
    def moment_key(self) -> str:
        """Where it is kept when an external value was given."""
        return f"{self.key}_luc"

    def questions(self) -> Iterator[FieldSpec]:
        """What is asked for it: the value, and of a value of another system also from where and when."""
        if not self.is_external:
            yield self.question
        else:
            yield self.question.model_copy(update={"required": False})  # signing asks for it, filling in does not
            beside = {"when": self.question.when, "label": self.question.label}
            yield _beside(self.source_key, "text", _("Nguồn của: %(label)s"), beside)
            yield _beside(self.moment_key, "moment", _("Nhận lúc: %(label)s"), beside)


def _beside(key: str, kind: str, words: str, beside: Mapping[str, Any]) -> FieldSpec:
    raw = {"key": key, "kind": kind, "label": words % {"label": beside["label"]}, "when": beside["when"]}
    return PaperField.model_validate({**raw, "source": FieldSource.OFFICER}).question


class SignerRule(SpecPart):
    """Whose title stands above the signature; empty lines are left out."""

    caption: str = ""  # NGƯỜI KÝ GIẤY KHAI SINH
    on_behalf: str = ""  # TM. ỦY BAN NHÂN DÂN
    chief: str  # CHỦ TỊCH
    deputy: str  # PHÓ CHỦ TỊCH
    by: Literal["authority", "department"] = "authority"


class NameRule(SpecPart):
    """What a name on the paper must begin with and may not contain, whatever the case of its letters."""

    field: Key
    starts: str = ""
    forbids: tuple[str, ...] = ()
    sentence: str

    def is_kept_by(self, value: str) -> bool:
        """Tell whether a name keeps the rule and says more than its beginning."""
        name, starts = value.casefold(), self.starts.casefold()
        return (
            name.startswith(starts) and len(name) > len(starts) and not any(w.casefold() in name for w in self.forbids)
        )


class OrderRule(SpecPart):
    """Two days on the paper of which the first is not after the second."""

    first: Key
    second: Key
    sentence: str

    def is_kept_by(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether the days stand in order; a day that is not there breaks nothing."""
        first, second = (str(fields.get(key) or "") for key in (self.first, self.second))
        return not (first and second) or first <= second


class PaperSpec(SpecPart):
    """A whole template: one edition of one paper."""

    code: Code
    version: int = 0
    valid_from: date
    valid_to: date | None = None
    day: PaperDay = PaperDay.ISSUED
    law: str
    form_code: str = ""
    title: str
    subject: str = ""
    layout: Code
    size: Literal["paper-a4", "paper-a5"] = "paper-a4"
    symbol: str = ""  # UBND-XNTTHN
    numbering: str = "{nn}/{symbol}"
    book: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=24)]
    head: Literal["authority", "department"] = "authority"
    signer: SignerRule
    vault_kind: str = ""
    bearer: Key | Literal[""] = ""  # whose paper it is: kept for reuse only when that is the owner
    valid_months: int | None = Field(default=None, ge=1)
    checks: tuple[NameRule, ...] = ()
    orders: tuple[OrderRule, ...] = ()
    compare_note: str
    fields: tuple[PaperField, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        known: set[str] = set()
        for field in self.fields:
            unknown = _asked_by(field) - known
            if unknown:
                message = f"{field.key}: {_('không có trường nào đứng trước mang khóa')} {', '.join(sorted(unknown))}"
                raise ValueError(message)
            known |= {question.key for question in field.questions()}
        ruled = [check.field for check in self.checks]
        ruled += [key for order in self.orders for key in (order.first, order.second)]
        unknown = {self.bearer, *ruled} - {""} - known
        if unknown:
            raise ValueError(_("không có câu hỏi nào mang khóa %(keys)s") % {"keys": ", ".join(sorted(unknown))})
        try:
            self.number_text(1, self.valid_from.year)
        except KeyError as error:
            raise ValueError(_("cách viết số chỉ dùng n, nn, year, symbol trong ngoặc nhọn")) from error
        assert self.form  # the questions are checked as those of a form
        return self

    @cached_property
    def form(self) -> FormSpec:
        """What the officer is asked, as a form of one step."""
        asked = tuple(question for field in self.fields if field.is_typed for question in field.questions())
        return FormSpec(steps=(StepSpec(key=STEP, title=Words(self.title.capitalize()), fields=asked),))

    @property
    def step(self) -> StepSpec:
        """The one step of that form."""
        return self.form.steps[0]

    @property
    def number_shape(self) -> str:
        """How its numbers look, with dots where they are."""
        return self.number_text(None, self.valid_from.year).replace(str(self.valid_from.year), "……")

    def field(self, key: str) -> PaperField:
        """The field of a key; KeyError for an unknown one."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def number_text(self, number: int | None, year: int) -> str:
        """The number as it stands on the paper; dots where it is not given yet."""
        bare, padded = ("……", "……") if number is None else (str(number), f"{number:02d}")
        return self.numbering.format(n=bare, nn=padded, year=year, symbol=self.symbol)


def _asked_by(field: PaperField) -> set[str]:
    """Keys of fields that must stand before this one: a sentence of the system is put together in their order."""
    asked = field.phrase.keys if field.phrase else set()
    return asked | ({field.words_of} - {""})


# ── what is missing ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that a paper still waits for; `may_be_waived`: a head may issue without it today, with a reason.

    `told`: the sentence of a rule that what stands there breaks.
    """

    key: str
    label: str
    may_be_waived: bool = False
    told: str = ""

    @property
    def sentence(self) -> str:
        """What a person reads."""
        if self.told:
            return self.told
        if self.may_be_waived:
            return _("Chưa có “%(label)s”. Lãnh đạo có thể cho ban hành trước, phải ghi lý do.") % {"label": self.label}
        return _("Chưa có “%(label)s”. Hãy điền rồi tiếp tục.") % {"label": self.label}


def missing(template: PaperSpec, fields: Mapping[str, Any]) -> list[Gap]:
    """What must be filled in before the draft is submitted; what another system owes may still be awaited."""
    visible = {question.key for question in shown(template.form, fields)}
    gaps = [
        Gap(field.key, str(field.question.label))
        for field in template.fields
        if field.is_typed and not field.is_external and field.key in visible and _lacks(field, fields)
    ]
    return [*gaps, *_broken(template, {key: value for key, value in fields.items() if key in visible})]


def _broken(template: PaperSpec, fields: Mapping[str, Any]) -> Iterator[Gap]:
    """Rules that what stands there breaks, each with its sentence."""
    told = [
        (rule.field, rule.sentence)
        for rule in template.checks
        if fields.get(rule.field) and not rule.is_kept_by(str(fields[rule.field]))
    ]
    told += [(rule.second, rule.sentence) for rule in template.orders if not rule.is_kept_by(fields)]
    for key, sentence in told:
        yield Gap(key, str(template.field(key).question.label), told=sentence)


def blocking(template: PaperSpec, fields: Mapping[str, Any], day: date, waived: Collection[str] = ()) -> list[Gap]:
    """What forbids signing on `day`; `waived`: keys a head issues without, for a recorded reason.

    A number of another system must stand there with its source and time, unless it is waived under a rule in force.
    """
    return [*missing(template, fields), *_owed(template, fields, day, waived)]


def _owed(template: PaperSpec, fields: Mapping[str, Any], day: date, waived: Collection[str]) -> Iterator[Gap]:
    visible = {question.key for question in shown(template.form, fields)}
    for field in template.fields:
        if not field.is_external or field.key not in visible:
            continue
        rule = field.may_issue_without
        may_be_waived = rule is not None and rule.holds_on(day)
        if field.question.kind.is_empty(fields.get(field.key)):
            if field.question.required and not (may_be_waived and field.key in waived):
                yield Gap(field.key, str(field.question.label), may_be_waived)
            continue
        for beside in list(field.questions())[1:]:
            if beside.kind.is_empty(fields.get(beside.key)):
                yield Gap(beside.key, str(beside.label))


def _lacks(field: PaperField, fields: Mapping[str, Any]) -> bool:
    return bool(field.question.kind.is_missing(field.question, fields.get(field.key)))
