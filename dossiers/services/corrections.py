"""Answers of the form given anew, because a supplement request found them wrong: kept as they are typed, valid once sent.

Until the answer is sent they lie with the request (Supplement.answers); then they become answers of the dossier, and what
stood before stays with the request (Supplement.before) and, in words, in the ledger. Called by the services that answer a
request: for the citizen and at the desk; knows no HTTP.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dossiers import answers, asked
from dossiers.enums import Action
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.services import parties, terms
from dossiers.services.core import begin
from portal import rows
from portal.errors import MissingPaperError, NotNowError
from procedures import correctionform, formspec, published
from procedures.formspec import FormSpec

STILL_ASKED = gettext_lazy("Tờ khai sửa lại còn thiếu “%(label)s”. Hãy điền rồi gửi lần nữa.")


@transaction.atomic
def keep(*, dossier_id: int, by: User, typed: Mapping[str, Any], version: int | None = None) -> Dossier:
    """Keep what the citizen typed for the open request; it is sent with the answer.

    Identity numbers come as typed and are sealed. Raises StaleError, NotNowError, and UserError with `field` when a number
    cannot be kept.
    """
    opened = begin(dossier_id=dossier_id, action=Action.ANSWER_SUPPLEMENT, by=by, version=version)
    request = opened.dossier.supplements.filter(answered_at__isnull=True).get()
    take(opened.dossier, request, typed, by=by)
    opened.dossier.version += 1
    rows.update(opened.dossier, ["version"])
    return opened.dossier


def take(dossier: Dossier, request: Supplement, typed: Mapping[str, Any], *, by: User | None) -> None:
    """Keep answers with the request of a locked dossier; `by` None: a clerk writes down what others say."""
    step = correctionform.step_of(_spec(dossier), asked.keys(request.items))
    here = {field.key for field in step.fields}
    if not here:
        raise NotNowError
    given = {key: value for key, value in typed.items() if key in here}
    before = {**dossier.answers, **(request.answers or {})}  # what the page showed
    others = {key: value for key, value in dossier.answers.items() if key not in here}
    sealed = parties.seal_numbers(step, given, before=before, merged={**others, **given}, by=by)
    request.answers = sealed
    rows.update(request, ["answers"])


def settle(dossier: Dossier, request: Supplement, *, by: User | None) -> str:
    """Make the kept answers those of the locked dossier; gives what changed in words, '' when nothing did.

    Owner and fee follow. Raises MissingPaperError for a question that must be answered now, UserError for an owner who
    cannot be kept. The caller writes dossier and request.
    """
    said = request.answers
    if said is None:
        return ""
    spec, was = _spec(dossier), dossier.answers
    here = {field.key for field in correctionform.step_of(spec, asked.keys(request.items)).fields}
    now = formspec.prune(spec, {**{key: value for key, value in was.items() if key not in here}, **said})
    changed = [key for key in sorted({*was, *now}) if was.get(key) != now.get(key)]
    if not changed:
        return ""
    for gap in formspec.missing(spec, now):
        if gap.key in here:
            raise MissingPaperError(STILL_ASKED % {"label": gap.label})
    told = answers.changes(dossier, now, changed)
    fee = terms.fee(dossier)
    request.before = {key: was[key] for key in changed if key in was}
    dossier.answers = now
    parties.correct_owner(dossier, frozenset(changed), by=by)
    if terms.fee(dossier) != fee:
        dossier.fee_due = terms.fee(dossier)
    line = _("“%(label)s”: trước là %(was)s; nay là %(now)s.")
    return "\n".join(line % {"label": one.label, "was": one.was, "now": one.now} for one in told)


def _spec(dossier: Dossier) -> FormSpec:
    return published.parts(dossier.revision_id).form
