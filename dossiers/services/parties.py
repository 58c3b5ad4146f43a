"""From answers to parties: identity numbers are sealed out of a form, and the owner is made of what it says.

A dossier keeps names and contacts as they were filed. Called by the services that file: drafts, submission, desk.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentityKind, IdentitySource, PartyKind
from accounts.models import Party, User
from accounts.services import PartyFacts, find_or_create_party, hold_numbers, own_party
from accounts.services.facts import checked
from dossiers.models.dossier import Dossier
from portal.errors import UserError
from portal.sealing import unseal
from portal.text import fold
from procedures import formspec, published
from procedures.formspec import FieldSpec, StepSpec
from procedures.paperspec import PaperSpec
from procedures.spec import OwnerSpec

OWNER_COLUMNS = (
    "owner",
    "owner_is_confirmed",
    "owner_name",
    "owner_search_name",
    "owner_birth_date",
    "owner_phone",
    "owner_email",
    "owner_address",
    "owner_place_code",
)
OTHER_PERSON = _(
    "Họ tên này khác họ tên của số định danh đã xác thực. Nếu là người khác, hãy để trống mục này và nhắn cơ quan giải quyết "
    "hỏi lại cả số định danh; nếu đã đổi họ tên, hãy đến Bộ phận Một cửa để được xác nhận."
)
NUMBER_AGAIN = _("Họ tên đã đổi sang người khác. Hãy nhập số định danh của người đó.")
NAME_FIRST = _("Hãy điền họ tên cùng với số định danh để số được lưu đúng người.")


def seal_numbers(
    step: StepSpec, typed: dict[str, Any], *, before: dict[str, Any], merged: dict[str, Any], by: User | None
) -> dict[str, Any]:
    """Replace the identity numbers in a step's answers by references to parties.

    A number left blank keeps the party stored `before`. `merged` has the answers of all steps, for names that stand
    elsewhere; `by`: the account that fills in its own form, None for a clerk who writes down what others say.
    """
    hold_numbers(typed_numbers(step, typed))
    sealed = dict(typed)
    for field in step.fields:
        if field.kind.seals_number:
            party = _party_for(field, sealed.pop(field.key, ""), before.get(field.key), merged, by)
            if party is not None:
                sealed[field.key] = {"party": party}
        elif field.inside and field.key in sealed:
            was = before.get(field.key)
            sealed[field.key] = [
                _sealed_row(field, row, was if isinstance(was, list) else [], by) for row in sealed[field.key]
            ]
    return sealed


def seal_paper(template: PaperSpec, typed: dict[str, Any], *, before: dict[str, Any], by: User) -> dict[str, Any]:
    """The same for the fields of a result paper, as an officer typed them: none is stored with a number in clear."""
    return seal_numbers(template.step, typed, before=before, merged={**before, **typed}, by=by)


def typed_numbers(step: StepSpec, typed: Mapping[str, Any]) -> list[str]:
    """The identity numbers among a step's answers as they were typed."""
    found = [typed.get(field.key) for field in step.fields if field.kind.seals_number]
    for field in step.fields:
        keys = [column.key for column in field.inside if column.kind.seals_number]
        found += [row.get(key) for row in typed.get(field.key, []) for key in keys] if keys else []
    return [number for number in found if isinstance(number, str)]


def _sealed_row(field: FieldSpec, row: dict[str, Any], before: list[dict[str, Any]], by: User | None) -> dict[str, Any]:
    values = {key: value for key, value in row.items() if key != "_row"}
    index = row.get("_row", len(before))
    was = before[index] if index < len(before) else {}
    for column in field.inside:
        if column.kind.seals_number:
            party = _party_for(column, values.pop(column.key, ""), was.get(column.key), values, by)
            if party is not None:
                values[column.key] = {"party": party}
    return values


def _party_for(field: FieldSpec, number: Any, stored: Any, answers: dict[str, Any], by: User | None) -> int | None:
    name = str(answers.get(field.bearer.name, "")) if field.bearer else ""
    born = str(answers.get(field.bearer.birth_date) or "") if field.bearer else ""
    kept = formspec.party_id(stored)
    if not isinstance(number, str) or not number:
        own = own_party(by) if by is not None else None
        if own is not None and kept == own.pk and name and fold(name) != own.search_name:
            raise UserError(NUMBER_AGAIN, field=field.key)  # one's own number must not slide under another name
        return kept
    if not name:
        name = by.full_name if by is not None and field.bearer is None else ""
    if not name:
        raise UserError(NAME_FIRST, field=field.key)
    facts = PartyFacts(full_name=name, birth_date=born, identity_kind=IdentityKind.CITIZEN_ID, identity=number)
    return _made(facts, by, {"identity": field.key, "full_name": field.bearer.name if field.bearer else field.key}).pk


def set_owner(dossier: Dossier, by: User) -> None:
    """Make the owner of a draft once its form lacks nothing; none before (drafts leave no half parties behind)."""
    spec = published.parts(dossier.revision_id).form
    own = own_party(by)
    if spec.owner is None:
        file_under(dossier, own, facts_of(own), confirmed=True)
        return
    if formspec.missing(spec, dossier.answers) or not dossier.answers.get(spec.owner.name):
        file_under(dossier, None, PartyFacts(), confirmed=False)
        return
    facts, party = _declared_owner(spec.owner, dossier.answers, by)
    file_under(dossier, party, facts, confirmed=party == own)


def correct_owner(dossier: Dossier, changed: frozenset[str], *, by: User | None) -> None:
    """Let the owner as filed follow answers that were corrected; another number names another bearer.

    `by` None: the desk wrote down what somebody said there, so the owner stays as checked as before.
    """
    form = published.parts(dossier.revision_id).form
    spec = form.owner
    if spec is None or not changed & form.of_owner():
        return
    if spec.identity in changed or dossier.owner is None:
        facts, party = _declared_owner(spec, dossier.answers, by)
        own = own_party(by) if by is not None else None
        file_under(dossier, party, facts, confirmed=party == own)
        return
    facts = _facts(spec, dossier.answers)
    told = {key: name for name, key in spec.model_dump().items() if key and name != "kind"}
    named = {"name": "full_name", "place": "place_code"}
    for key in changed & told.keys():
        fact = named.get(told[key], told[key])
        if fact == "full_name":
            _refuse_other_person(dossier, facts.full_name, field=key)
            dossier.owner_name, dossier.owner_search_name = facts.full_name, fold(facts.full_name)
        elif fact not in {"gender", "identity"}:
            setattr(dossier, f"owner_{fact}", getattr(facts, fact))


def _refuse_other_person(dossier: Dossier, name: str, *, field: str) -> None:
    """A proven number does not slide under another name because only the name was corrected: its number is asked for, too."""
    owner = dossier.owner
    if owner is not None and (dossier.owner_is_confirmed or owner.is_proven) and owner.search_name != fold(name):
        raise UserError(OTHER_PERSON, field=field)


def file_under(dossier: Dossier, party: Party | None, facts: PartyFacts, *, confirmed: bool) -> None:
    """Set the owner and what was filed of them; the caller saves OWNER_COLUMNS.

    What a form did not ask is taken from the party only when it is confirmed: else it would tell about a stranger.
    """
    dossier.owner = party
    dossier.owner_is_confirmed = confirmed
    dossier.owner_name = facts.full_name
    dossier.owner_search_name = fold(facts.full_name)
    for name in ("birth_date", "phone", "email", "address", "place_code"):
        known = getattr(party, name) if confirmed and party is not None else ""
        setattr(dossier, f"owner_{name}", getattr(facts, name) or known)


def freeze_own_names(dossier: Dossier) -> None:
    """At sending, take the account's own name as it is now; names that stand in the form are as they were typed."""
    own = dossier.submitter
    if own is None:
        return
    dossier.submitter_name = own.full_name
    if published.parts(dossier.revision_id).form.owner is None and dossier.owner_id == own.pk:
        file_under(dossier, own, facts_of(own), confirmed=True)


def facts_of(party: Party) -> PartyFacts:
    """What is known of a party, as facts."""
    return PartyFacts(
        kind=party.kind,
        full_name=party.full_name,
        birth_date=party.birth_date,
        phone=party.phone,
        email=party.email,
        address=party.address,
        place_code=party.place_code,
    )


def at_counter(owner: PartyFacts, submitter: PartyFacts | None, *, besides: Iterable[str] = ()) -> tuple[Party, Party]:
    """Find or make owner and submitter from the papers on the table. An error names the field of the person it is about.

    `besides`: numbers of other people whom the same dossier names, held along with these two.
    """
    hold_numbers([*(facts.identity for facts in (owner, submitter) if facts is not None), *besides])
    found = find_or_create_party(owner, source=IdentitySource.COUNTER)
    if submitter is None:
        return found, found
    try:
        return found, find_or_create_party(submitter, source=IdentitySource.COUNTER)
    except UserError as error:
        name = (error.field or "").removeprefix("full_")
        raise UserError(error.message, field=f"submitter_{name}" if name else None) from error


def _declared_owner(spec: OwnerSpec, answers: dict[str, Any], by: User | None) -> tuple[PartyFacts, Party]:
    facts = _facts(spec, answers)
    return facts, _made(facts, by, spec.model_dump() | {"full_name": spec.name})


def _facts(spec: OwnerSpec, answers: Mapping[str, Any]) -> PartyFacts:
    """What a form says of its owner, checked."""
    known = Party.objects.filter(pk=formspec.party_id(answers.get(spec.identity)) or 0).first()
    number = unseal(known.identity_sealed) if known and known.identity_sealed else ""
    tax = answers.get(spec.identity)
    kind = known.identity_kind if known else ""
    if isinstance(tax, str):
        number, kind = tax, IdentityKind.TAX_CODE
    facts = PartyFacts(
        kind=PartyKind(spec.kind),
        full_name=answers[spec.name],
        birth_date=str(answers.get(spec.birth_date, "")),
        gender=formspec.GENDERS.get(str(answers.get(spec.gender, "")), ""),
        phone=str(answers.get(spec.phone, "")),
        email=str(answers.get(spec.email, "")),
        address=str(answers.get(spec.address, "")),
        place_code=str(answers.get(spec.place, "")),
        identity_kind=kind if number else "",
        identity=number,
    )
    return checked(facts)


def _made(facts: PartyFacts, by: User | None, keys: dict[str, str]) -> Party:
    """Find or make the party; an error names the question it came from."""
    try:
        return find_or_create_party(facts, source=IdentitySource.DECLARED, user=by)
    except UserError as error:
        raise UserError(error.message, field=keys.get(error.field or "", "") or None) from error
