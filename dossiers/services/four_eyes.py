"""Whoever wrote a paper does not sign it while somebody else can: where it is signed, who else could, what is said of it.

Called by the verbs that put papers before their signers, sign them and agree to them; pages ask `refusal` before they offer
it. Who proposed or received a dossier may not agree to its result at all: dossiers.workflow.FOUR_EYES.
"""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role, UnitKind
from accounts.models import OrgUnit, User
from accounts.queries import colleagues, present
from dossiers import queries, second_pair, workflow
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services.opened import Opened
from portal.errors import NotNowError, UserError
from procedures.enums import StepKind

SOMEBODY_ELSE = _(
    "Bạn đã soạn văn bản này nên người khác phải ký: %(who)s. Nếu văn bản không ở chỗ người đó, hãy trả lại rồi trình lại."
)
ALONE = _("Người soạn tự ký, vì đơn vị và cơ quan hiện không có người ký nào khác.")
NAMED = 3
USUAL = {UnitKind.DESK: Role.DESK_HEAD, UnitKind.DEPARTMENT: Role.UNIT_HEAD}


def checked(opened: Opened, draft: PaperDraft, by: User) -> str:
    """The note to keep with a signature: '' usually, or that its writer signs for want of anybody else.

    Raises UserError naming who must sign instead.
    """
    if opened.item is None or not second_pair.wrote(by.pk, draft, opened.past):
        return ""
    others = _others(opened.dossier, opened.item, draft, opened.past, by)
    if not others:
        return str(ALONE)
    raise UserError(_named(others))


def refusal(dossier: Dossier, item: WorkItem, draft: PaperDraft, past: Collection[queries.Past], by: User) -> str:
    """What `checked` would say to a person who may not sign a paper at the item where it lies; '' when they may.

    Units and parties of the dossier are loaded; `past`: what happened to it.
    """
    if not second_pair.wrote(by.pk, draft, past):
        return ""
    others = _others(dossier, item, draft, past, by)
    return _named(others) if others else ""


def signing_place(opened: Opened, spec: DraftedPaper, *, besides: Iterable[int]) -> tuple[OrgUnit, str]:
    """Where a draft is signed, and in which role: by a head of the unit that wrote it, else by who signs for the authority.

    `besides`: whoever wrote it, who signs only when nobody else is there.
    """
    if opened.item is None:
        raise NotNowError
    places = _places(opened.dossier, opened.item, spec)
    for others in (list(besides), []):
        for unit, role in places:
            if colleagues([unit.pk], [role]).exclude(pk__in=others).exists():
                return unit, role
    return places[0]


def _places(dossier: Dossier, item: WorkItem, spec: DraftedPaper) -> list[tuple[OrgUnit, str]]:
    """Where a draft may be signed and in which role, in the order of preference; at its signing the item lies in one of them."""
    if spec.follows_route:
        return [(item.unit, role) for role in sorted(workflow.doers(item.kind, dossier.state))]
    own = item.parent.unit if item.kind == StepKind.DRAFT_SIGN and item.parent is not None else item.unit
    usual = USUAL.get(UnitKind(own.kind), Role.SIGNER)
    places = [(own, str(role)) for role in sorted(spec.signers, key=lambda role: role != usual)]
    if not spec.sent_by_writer:  # what a unit answers for itself nobody outside signs
        places.append((dossier.competent_unit, Role.SIGNER))
    return places


def _others(
    dossier: Dossier, item: WorkItem, draft: PaperDraft, past: Collection[queries.Past], by: User
) -> list[User]:
    """Who else could sign and is there today: not on leave, not the dossier's own people, barred by nothing they did."""
    found: dict[int, User] = {}
    for unit, role in _places(dossier, item, DRAFT_KINDS[draft.kind]):
        found |= {person.pk: person for person in present([unit.pk], [role]).exclude(pk=by.pk).order_by("pk")}
    done = [(event.code, event.actor_id) for event in past]
    return [
        person
        for person in found.values()
        if not queries.is_own(dossier, person) and not workflow.is_barred(item.kind, person.pk, done)
    ]


def _named(others: list[User]) -> str:
    return str(SOMEBODY_ELSE % {"who": ", ".join(one.full_name for one in others[:NAMED])})
