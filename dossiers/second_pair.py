"""Who is kept from agreeing to papers: on one's own dossier, what one wrote, a dossier one handled before. Reads only.

Each rule twice, side by side: for one paper as the services ask it (dossiers.services.four_eyes), and as a filter of work
items for lists (dossiers.desk.inbox). Whose a dossier is: dossiers.queries.is_own; which acts bar which: workflow.FOUR_EYES.
"""

from collections.abc import Collection, Iterable

from django.db.models import BigIntegerField, CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from accounts.enums import HEAD_ROLES
from accounts.models import Membership, Party, User
from accounts.queries import open_on, present
from dossiers import queries, workflow
from dossiers.draft_kinds import route_kinds
from dossiers.enums import Action, EventCode
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import ENDED, PaperDraft
from portal import clock
from procedures.enums import StepKind


def wrote(user_id: int, draft: PaperDraft, past: Iterable[queries.Past]) -> bool:
    """Tell whether a person began a draft, or put it before its signer. `past`: what happened to the dossier."""
    return draft.author_id == user_id or any(
        event.code == EventCode.DRAFT_SUBMITTED and event.actor_id == user_id and event.draft_id == draft.pk
        for event in past
    )


def parties_being(user_id: int) -> QuerySet[Party]:
    """Parties that a member of staff is, by account or by the number staff are known by."""
    number = Subquery(User.objects.filter(pk=user_id).exclude(identity_index="").values("identity_index")[:1])
    return Party.objects.filter(Q(user_id=user_id) | Q(identity_index=number))


def own_items(user_id: int, parties: Collection[int]) -> Q:
    """Work items of dossiers that are a person's own; `parties`: ids of `parties_being`."""
    filed = Q(dossier__account_id=user_id)
    return filed | Q(dossier__owner_id__in=parties) | Q(dossier__submitter_id__in=parties)


def headed_by_others(user_id: int, unit_ids: Iterable[int]) -> QuerySet[Membership, int]:
    """Ids of those units where somebody else heads and is there today: what one wrote there waits for them."""
    units = set(unit_ids)
    others = present(units, HEAD_ROLES).exclude(pk=user_id).order_by().values("pk")
    heads = Membership.objects.filter(
        open_on(clock.today()), unit_id__in=units, role__in=HEAD_ROLES, user_id__in=others
    )
    return heads.order_by().values_list("unit_id", flat=True).distinct()


def kept_from(user_id: int, headed: Collection[int]) -> Q:
    """Work items whose paper a person does not agree to: who wrote it, in one of the `headed` units; who is barred anywhere.

    Of a paper handled beside the route it counts who put it forward, which opened its step; of one on the route, what a
    person did to the dossier.
    """
    written = PaperDraft.objects.filter(author_id=user_id).exclude(state__in=ENDED).order_by()
    written = written.alias(step=ExpressionWrapper(OuterRef("kind"), CharField()))
    beside, along = Q(step=StepKind.DRAFT_SIGN), ~Q(step=StepKind.DRAFT_SIGN)
    small = beside & Q(handling=OuterRef("pk"))
    large = along & Q(dossier=OuterRef("dossier"), kind__in=route_kinds())
    did = DossierEvent.objects.filter(dossier_id=OuterRef("dossier_id"), actor_id=user_id).order_by()
    did = did.alias(
        step=ExpressionWrapper(OuterRef("kind"), CharField()),
        place=ExpressionWrapper(OuterRef("unit_id"), BigIntegerField()),
    )
    put = beside & Q(code=EventCode.DRAFT_SUBMITTED, seq=OuterRef("opened_seq"), place__in=headed)
    barred = along & Q(code__in=workflow.barring(Action.APPROVE))
    return (Q(unit_id__in=headed) & Exists(written.filter(small | large))) | Exists(did.filter(put | barred))
