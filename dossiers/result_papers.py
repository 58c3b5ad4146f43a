"""The result as a paper: which values stand on it, and its one rendering, for the preview and for the issued file alike.

Templates are dated data (procedures.result_templates). Called by the services and pages of drafts; writes nothing.
Identity numbers are printed in full, as the official papers have them: whoever shows a preview logs the read.
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from accounts.enums import UnitKind
from accounts.models import Membership, OrgUnit, Party, User
from accounts.naming import place_names
from accounts.queries import bearers_beside
from dossiers.answers import spec_of
from dossiers.models.dossier import Dossier
from dossiers.signatures import signature_of
from portal import clock, inwords, rows
from portal.sealing import unseal
from portal.words import in_vietnamese
from procedures import formspec, result_templates
from procedures.fieldkinds import FieldSpec, Lookups
from procedures.formspec import FormSpec, Group
from procedures.paperspec import Origin, PaperField, PaperSpec, Phrase
from procedures.spec import Answers

BLANK = "…………"
_COMMITTEE = "ủy ban nhân dân "


# ── which template ───────────────────────────────────────────────────────────────────────────────


def template_for(dossier: Dossier, *, refuses: bool = False, day: dt.date | None = None) -> PaperSpec:
    """The template of a dossier's result (or refusal) on a day, today if none is given."""
    filed = dossier.received_at or dossier.submitted_at
    return result_templates.template_for(
        dossier.revision.results,
        day or clock.today(),
        refuses=refuses,
        filed=clock.local(filed).date() if filed else None,
    )


# ── first values ─────────────────────────────────────────────────────────────────────────────────


def initial_fields(dossier: Dossier, template: PaperSpec, *, by: User | None = None) -> dict[str, Any]:
    """What the officer's form starts from: the applicant's answers, or the owner as filed where there are none."""
    spec = spec_of(dossier)
    answers = formspec.prune(spec, dossier.answers)
    found: dict[str, Any] = {}
    with in_vietnamese():
        texts = _texts(spec.fields(), answers, _lookups(spec, answers, {})) | _beside_answers(dossier, answers)
        lacking = {gap.key for gap in formspec.missing(spec, answers)}  # a dossier on paper says only some of it
        lacking |= {f"{key}_so" for key in lacking}
        for field in template.fields:
            if field.origin is not None:
                origin = _without_half_sentences(field.origin, lacking)
                value = _first_value(origin, answers, texts, dossier, by)
                if not field.question.kind.is_empty(value):
                    found[field.key] = value
    return formspec.prune(template.form, found)


def _without_half_sentences(origin: Origin, lacking: set[str]) -> Origin:
    """A text made of several answers is none when one of them is missing."""
    if origin.phrase is None or not (origin.phrase.keys & lacking):
        return origin
    return origin.model_copy(update={"phrase": None})


def _first_value(origin: Origin, answers: Answers, texts: Mapping[str, str], dossier: Dossier, by: User | None) -> Any:
    if origin.answer in answers:
        value = answers[origin.answer]
        if origin.year_only:
            return str(value)[:4]
        return origin.translate.get(str(value)) if origin.translate else value
    if origin.phrase is not None and (answers or not origin.owner):
        return _put(origin.phrase, texts, answers).strip(" ,;") or None
    if origin.writer:
        return by.full_name if by else None
    return _owner_fact(dossier, origin.owner) if origin.owner else None


def _beside_answers(dossier: Dossier, answers: Answers) -> dict[str, str]:
    """What else first values may be made of: province, authority, and whole numbers without dots (`{key_so}`: a year)."""
    unit = dossier.competent_unit
    plain = {f"{key}_so": str(value) for key, value in answers.items() if type(value) is int}
    return {**plain, "tinh": _place_of(unit.parent.name) if unit.parent else "", "co_quan": unit.name}


def _owner_fact(dossier: Dossier, name: str) -> Any:
    owner = dossier.owner
    if owner is None:
        return None
    if name == "identity":
        return {"party": owner.pk} if owner.identity_sealed else None
    if name == "gender":
        return {"male": "1", "female": "2"}.get(owner.gender)
    known = {
        "full_name": dossier.owner_name,
        "birth_date": str(dossier.owner_birth_date),
        "address": dossier.owner_address,
    }
    return known[name]


def _put(phrase: Phrase, texts: Mapping[str, str], stored: Answers) -> str:
    return phrase.put(texts, stored.get(phrase.choice) or "")


# ── what stands on the paper ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Head:
    """The two lines on the left: the authority above, and the one that issues."""

    above: str
    issuer: str

    @property
    def above_lines(self) -> list[str]:
        """The authority above, a committee's name broken before its place."""
        return _lines(self.above)

    @property
    def issuer_lines(self) -> list[str]:
        """The issuer, broken alike."""
        return _lines(self.issuer)


def context_for(
    dossier: Dossier,
    template: PaperSpec,
    fields: Answers,
    *,
    number: str = "",
    date: dt.date | None = None,
    signer: Membership | None = None,
    is_draft: bool,
) -> dict[str, Any]:
    """Everything a layout shows. `number`: as it stands on the paper; without one, or without a day, dots stand there.

    `signer`: in which role of which unit the signature is given; None while nobody has signed.
    """
    with in_vietnamese():
        values, tables = _values(template, fields, is_draft=is_draft)
        head = head_of(dossier, template)
        return {
            "title": template.title,
            "subject": template.subject,
            "size": template.size,
            "head": head,
            "number": number or template.number_text(None, (date or clock.today()).year),
            "place_and_day": f"{_place(dossier)}, {inwords.official_day(date)}",
            "day": date,
            "day_text": inwords.official_day(date),
            "v": values,
            "t": tables,
            "signature": signature_of(template.signer, signer),
            "is_draft": is_draft,
            "code": dossier.code or dossier.reference,
            "procedure_name": dossier.revision.name,
            "owner_name": dossier.owner_name,
            "received": _received(dossier),
        }


def layout_of(template: PaperSpec) -> str:
    """The template file of its layout."""
    return f"dossiers/print/results/{template.layout}.html"


def sheet(
    dossier: Dossier,
    template: PaperSpec,
    fields: Answers,
    *,
    number: str = "",
    date: dt.date | None = None,
    signer: Membership | None = None,
    is_draft: bool,
    preview: bool = True,
) -> str:
    """The paper as HTML, for a page that shows it and for portal.pdf; `preview`: with the style sheet, for a page of its own."""
    context = context_for(dossier, template, fields, number=number, date=date, signer=signer, is_draft=is_draft)
    with in_vietnamese():
        return render_to_string(layout_of(template), {**context, "preview": preview})


def summary(template: PaperSpec, fields: Answers) -> list[Group]:
    """The fields in words, for a page; identity numbers masked."""
    parties = rows.by_keys(Party, formspec.party_ids(template.form, fields))
    masked = {key: party.identity_masked for key, party in parties.items()}
    return formspec.summary(template.form, fields, masked=masked, wards=_wards(template.form, fields))


def _values(
    template: PaperSpec, fields: Answers, *, is_draft: bool
) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """The words of every field, hidden ones empty, and the rows of tables."""
    known = formspec.prune(template.form, fields)
    parties = rows.by_keys(Party, formspec.party_ids(template.form, known))
    numbers = {key: unseal(party.identity_sealed) for key, party in parties.items() if party.identity_sealed}
    lookups = _lookups(template.form, known, numbers)
    shown = {question.key for question in formspec.shown(template.form, known)}
    values: dict[str, str] = dict.fromkeys((question.key for question in template.form.fields()), "")
    values |= _texts(template.form.fields(), known, lookups)
    if is_draft:
        values |= {gap.key: BLANK for gap in result_templates.missing(template, known) if gap.key in shown}
    for field in template.fields:
        if not field.is_typed:
            values[field.key] = _made(field, template, values, known)
    tables = {
        field.key: [_texts(field.question.inside, row, lookups) for row in known.get(field.key, [])]
        for field in template.fields
        if field.question.inside
    }
    return values, tables


def _made(field: PaperField, template: PaperSpec, values: Mapping[str, str], known: Answers) -> str:
    """What the system makes of other fields: a sentence, or a number or day written out."""
    if field.phrase is not None:
        return _put(field.phrase, values, known)
    of = template.field(field.words_of).question
    value = known.get(of.key)
    return "" if of.kind.is_empty(value) else of.kind.in_words(of, value)


def _texts(questions: Any, values: Answers, lookups: Lookups) -> dict[str, str]:
    """Values in the words of papers, by key; blank for what is not filled in. Tables stand apart."""
    return {question.key: _text(question, values.get(question.key), lookups) for question in questions}


def _text(question: FieldSpec, value: Any, lookups: Lookups) -> str:
    if question.inside or question.kind.is_empty(value):
        return ""
    return str(question.kind.printed(question, value, lookups))


def _lookups(form: FormSpec, values: Answers, numbers: Mapping[int, str]) -> Lookups:
    return Lookups(numbers=numbers, wards=_wards(form, values))


def _wards(form: FormSpec, values: Answers) -> dict[str, str]:
    cells = formspec.cells(form.fields(), values)
    return place_names(cell.value for cell in cells if cell.field.kind.wants_wards and isinstance(cell.value, str))


# ── head, day, signature ─────────────────────────────────────────────────────────────────────────


def issuing_unit(dossier: Dossier, template: PaperSpec) -> OrgUnit:
    """The unit whose paper it is: the authority, or the department that handles the dossier where the rule says so."""
    if template.head == "department" and dossier.department is not None:
        return dossier.department
    return dossier.competent_unit


def head_of(dossier: Dossier, template: PaperSpec) -> Head:
    """The lines on the left: province above ward or commune, authority above its department."""
    unit = issuing_unit(dossier, template)
    above = unit.parent
    if unit.kind == UnitKind.DEPARTMENT:
        return Head(above.name if above else "", unit.short_name or unit.name)
    return Head(_place_of(above.name) if above else "", unit.name)


def _place_of(name: str) -> str:
    """`Ủy ban nhân dân Thành phố Hồ Chí Minh` → `Thành phố Hồ Chí Minh`."""
    return name[len(_COMMITTEE) :] if name.lower().startswith(_COMMITTEE) else name


# ── kept for its owner ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class KeptAs:
    """As what a result is put into its owner's vault, and until when it is of use."""

    paper_kind: str
    expires_on: dt.date | None


def kept_as(dossier: Dossier, template: PaperSpec, fields: Answers, issued_on: dt.date) -> KeptAs:
    """The kind under which papers ask for the result, so that it can be used again; asked before the fields are purged.

    A paper about somebody else than the owner is kept under the code of the result, which no paper asks for.
    """
    results = dossier.revision.results
    code = str(results[0].get("code") or template.code) if results else template.code
    own = template.vault_kind and _is_about_owner(dossier, template, fields)
    return KeptAs(template.vault_kind if own else code, _expiry(issued_on, template.valid_months))


def _is_about_owner(dossier: Dossier, template: PaperSpec, fields: Answers) -> bool:
    if not template.bearer or dossier.owner_id is None:
        return not template.bearer
    party = formspec.party_id(fields.get(template.bearer))
    return party == dossier.owner_id or bearers_beside(dossier.owner_id).filter(pk=party or 0).exists()


def _expiry(issued_on: dt.date, months: int | None) -> dt.date | None:
    """The same day so many months on; the last day of a month that has no such day."""
    if months is None:
        return None
    years, month = divmod(issued_on.month - 1 + months, 12)
    year, month = issued_on.year + years, month + 1
    return dt.date(year, month, min(issued_on.day, calendar.monthrange(year, month)[1]))


def _received(dossier: Dossier) -> str:
    """`, tiếp nhận ngày 05 tháng 11 năm 2026`; nothing before the reception."""
    at = dossier.received_at
    return f", tiếp nhận {inwords.official_day(clock.local(at).date())}" if at else ""


def _lines(name: str) -> list[str]:
    place = _place_of(name)
    return [name] if place == name else [name[: -len(place)].strip(), place]


def _place(dossier: Dossier) -> str:
    return dossier.competent_unit.short_name or _place_of(dossier.competent_unit.name)
