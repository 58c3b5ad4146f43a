"""What a paper dossier says: the few answers typed at the counter, and what is known of its owner anyway.

Called while a dossier is received at the counter, once its owner is set; checked by the spec the e-form is checked by.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentityKind, PartyKind
from dossiers.models.dossier import Dossier
from dossiers.services import parties
from portal.errors import UserError
from portal.sealing import blind_index
from portal.text import fold
from procedures import counterform, formspec, published
from procedures.formspec import FormSpec, StepSpec

STILL_ASKED = _("Tờ khai còn thiếu “%(label)s”. Hãy điền rồi bấm Nhận và in phiếu lần nữa.")


class CounterAnswerError(UserError):
    """An answer of the counter form that is missing or cannot be kept; `field` is the key of its question."""


def numbers(revision_id: int, typed: Mapping[str, Any]) -> list[str]:
    """The identity numbers among what was typed, to be held before any of their parties is looked for."""
    asked = counterform.asked(published.parts(revision_id).form)
    return [number for step in asked.steps for number in parties.typed_numbers(step, typed)]


def keep(dossier: Dossier, typed: Mapping[str, Any]) -> None:
    """Set the answers of a dossier whose owner is set; numbers come as typed and are sealed.

    Raises CounterAnswerError for what the counter must ask and did not, or could not keep.
    """
    spec = published.parts(dossier.revision_id).form
    asked = counterform.asked(spec)
    answers = _of_owner(spec, dossier)
    for step in asked.steps:
        keys = {field.key for field in step.fields}
        given = {key: value for key, value in typed.items() if key in keys}
        answers |= _as_owner(spec, dossier, given)
        answers |= _sealed(step, given, answers)
    dossier.answers = formspec.prune(spec, answers)
    for gap in formspec.missing(asked, dossier.answers):
        raise CounterAnswerError(STILL_ASKED % {"label": gap.label}, field=gap.key)


def _sealed(step: StepSpec, given: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return parties.seal_numbers(step, given, before={}, merged={**known, **given}, by=None)
    except UserError as error:
        raise CounterAnswerError(error.message, field=error.field) from error


def _of_owner(spec: FormSpec, dossier: Dossier) -> dict[str, Any]:
    """The answers that describe the owner, of whom the counter knows more than the form asks."""
    owner = dossier.owner
    if spec.owner is None or owner is None or owner.kind != spec.owner.kind:
        return {}
    facts = _facts(dossier)
    fields = {field.key: field for field in spec.fields()}
    wanted = {key: name for name, key in spec.owner.model_dump().items() if name != "kind" and key}
    found = {key: fields[key].kind.from_fact(fields[key], facts.get(name)) for key, name in wanted.items()}
    return {key: value for key, value in found.items() if value}


def _as_owner(spec: FormSpec, dossier: Dossier, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was left blank of people who are the owner: of a page of the e-form all of it or nothing."""
    owner = dossier.owner
    if owner is None or owner.kind != PartyKind.PERSON:
        return {}
    facts = {f"party.{name}" if name != "name" else "party.full_name": fact for name, fact in _facts(dossier).items()}
    found: dict[str, Any] = {}
    for step in spec.steps:
        blank = [field for field in step.fields if field.counter and field.prefill and field.key not in given]
        if _is_owner(step, dossier, given):
            found |= {field.key: field.kind.from_fact(field, facts.get(field.prefill)) for field in blank}
    return {key: value for key, value in found.items() if value}


def _is_owner(step: StepSpec, dossier: Dossier, given: Mapping[str, Any]) -> bool:
    """Tell whether nothing typed on a page names somebody other than the owner."""
    index = dossier.owner.identity_index if dossier.owner else ""
    for field in step.fields:
        value = given.get(field.key)
        if not isinstance(value, str) or not value:
            continue
        if field.prefill == "party.full_name" and fold(value) != dossier.owner_search_name:
            return False
        if field.prefill == "party.identity" and blind_index(value) != index:
            return False
    return True


def _facts(dossier: Dossier) -> dict[str, Any]:
    """What is known of the owner as filed, by the names a spec's `owner` uses."""
    owner = dossier.owner
    numbered = owner is not None and owner.identity_sealed and owner.identity_kind == IdentityKind.CITIZEN_ID
    return {
        "name": dossier.owner_name,
        "identity": {"party": owner.pk} if owner is not None and numbered else None,
        "birth_date": dossier.owner_birth_date,
        "gender": owner.gender if owner is not None else "",
        "phone": dossier.owner_phone,
        "email": dossier.owner_email,
        "address": dossier.owner_address,
        "place": dossier.owner_place_code,
    }
