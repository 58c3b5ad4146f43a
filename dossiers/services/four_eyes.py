"""Whoever wrote a paper does not sign it while somebody else can. Called by the verbs that sign drafts and agree to them.

Who proposed or received a dossier may not agree to its result at all: dossiers.workflow.FOUR_EYES.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from accounts.queries import colleagues, cover_of
from dossiers import queries, workflow
from dossiers.enums import EventCode
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.services.opened import Opened
from portal.errors import UserError

SOMEBODY_ELSE = _(
    "Bạn đã soạn văn bản này nên người khác phải ký: %(who)s. Nếu văn bản không ở chỗ người đó, hãy trả lại rồi trình lại."
)
ALONE = _("Người soạn tự ký, vì đơn vị và cơ quan hiện không có người ký nào khác.")
NAMED = 3
Places = Iterable[tuple[OrgUnit, str]]


def checked(opened: Opened, draft: PaperDraft, places: Places, by: User) -> str:
    """The note to keep with a signature: '' usually, or that its writer signs for want of anybody else.

    `places`: units and roles in which the paper could be signed. Raises UserError naming who must sign instead.
    """
    if not _wrote(opened, draft, by):
        return ""
    others = _others(opened, places, by)
    if not others:
        return str(ALONE)
    raise UserError(SOMEBODY_ELSE % {"who": ", ".join(one.full_name for one in others[:NAMED])})


def _wrote(opened: Opened, draft: PaperDraft, by: User) -> bool:
    """Whether a person began the draft, or put it before its signer."""
    if draft.author_id == by.pk:
        return True
    if not any(event.code == EventCode.DRAFT_SUBMITTED and event.actor_id == by.pk for event in opened.past):
        return False
    submitted = DossierEvent.objects.filter(dossier_id=draft.dossier_id, code=EventCode.DRAFT_SUBMITTED)
    return submitted.filter(draft_id=draft.pk, actor_id=by.pk).exists()


def _others(opened: Opened, places: Places, by: User) -> list[User]:
    """Who else could sign and is there today: not on leave, not the dossier's own people, barred by nothing they did."""
    found: dict[int, User] = {}
    for unit, role in places:
        found |= {person.pk: person for person in colleagues([unit.pk], [role]).exclude(pk=by.pk).order_by("pk")}
    away = cover_of(found)
    past = [(event.code, event.actor_id) for event in opened.past]
    kind = opened.item.kind if opened.item is not None else ""
    return [
        person
        for person in found.values()
        if person.pk not in away
        and not queries.is_own(opened.dossier, person)
        and not workflow.is_barred(kind, person.pk, past)
    ]
