"""One dossier as one person reads it in one request: rows fetched by their own keys, each kind once, when first asked for.

Made by the views of desk and citizen, handed to the builders of sections. Writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from accounts.models import Membership, Party, User
from dossiers import answers, drafting, loading, paper_checks, queries
from dossiers.enums import EventCode, State
from dossiers.explaining import explain_due, segments_of
from dossiers.models.attachment import Attachment
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Result, Supplement
from dossiers.models.work import WorkItem
from dossiers.services import stuck
from portal import clock
from procedures import formspec


class Page(StrEnum):
    """Whose page of a dossier is read."""

    DESK = "desk"
    CITIZEN = "citizen"


@dataclass
class Reading:
    """A dossier, its reader with the roles of today, and what the page's sections have asked for so far.

    `extra` holds what one page alone knows (the desk's form that came back with mistakes).
    """

    page: Page
    dossier: Dossier
    user: User
    memberships: Sequence[Membership] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put revision, units and parties where templates and services look for them."""
        loading.for_showing(self.dossier)
        for name in loading.PARTIES:
            setattr(self.dossier, name, self.parties.get(getattr(self.dossier, f"{name}_id")))

    @property
    def roles(self) -> frozenset[str]:
        """Roles the reader holds today, whatever the unit."""
        return frozenset(row.role for row in self.memberships)

    @property
    def is_filer(self) -> bool:
        """Whether the reader's own account filed the dossier."""
        return self.dossier.account_id == self.user.pk

    @cached_property
    def parties(self) -> dict[int, Party]:
        """Owner, submitter and everybody the answers name, by id; one look-up for all."""
        known = {party.pk: party for party in self._joined_parties()}
        wanted = {getattr(self.dossier, f"{name}_id") for name in loading.PARTIES} - {None}
        wanted |= formspec.party_ids(answers.spec_of(self.dossier), self.dossier.answers)
        missing = wanted - known.keys()
        return known | (Party.objects.in_bulk(missing) if missing else {})

    def _joined_parties(self) -> list[Party]:
        """Parties that came with the row, where the scope joins them anyway."""
        fields: list[Any] = [self.dossier._meta.get_field(name) for name in loading.PARTIES]
        cached: list[Party | None] = [fk.get_cached_value(self.dossier, default=None) for fk in fields]
        return [party for party in cached if party is not None]

    @cached_property
    def work(self) -> list[WorkItem]:
        """What lies open, on whose desk."""
        return list(queries.open_work(self.dossier.pk))

    @cached_property
    def stands_in_for(self) -> frozenset[int]:
        """Ids of the holders of open work who are on leave while the reader stands in."""
        if not self.memberships:
            return frozenset()
        held = {item.holder_id for item in self.work}
        return frozenset(one.user_id for one in self.staff if one.cover_id == self.user.pk and one.user_id in held)

    @cached_property
    def staff(self) -> list[stuck.Staff]:
        """Who works today where the open work lies, and at the desk that received the dossier."""
        return stuck.staff_for(self.dossier, self.work)

    @cached_property
    def events(self) -> list[DossierEvent]:
        """What happened, oldest first, with its words: all of them for the desk, the public ones for citizens."""
        return list(queries.history(self.dossier.pk, public=self.page == Page.CITIZEN))

    @cached_property
    def ways(self) -> dict[int, stuck.Way]:
        """Who can move each open item on, by item."""
        return stuck.ways_of(self.dossier, self.work, self.events, self.staff)

    @cached_property
    def powers(self) -> queries.Powers:
        """What gives the reader the power to act."""
        known: dict[str, Any] = {"memberships": self.memberships, "stands_in_for": self.stands_in_for}
        return queries.facts_of(self.dossier, self.user, work=self.work, past=self.events, **known)

    @cached_property
    def actions(self) -> list[str]:
        """Acts the reader may do now."""
        self._leave_supplements()
        known: dict[str, Any] = {"work": self.work, "roles": self.memberships, "stands_in_for": self.stands_in_for}
        return queries.allowed_actions(self.dossier, self.user, past=self.events, **known)

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Papers and files, in the order they came."""
        return sorted(queries.live_attachments(self.dossier.pk), key=lambda row: (row.round, row.pk))

    @cached_property
    def printed(self) -> list[PrintedForm]:
        """Papers issued about the dossier, files joined, oldest first."""
        rows = PrintedForm.objects.filter(dossier_id=self.dossier.pk)
        return list(rows.select_related("file").order_by("called_at", "pk"))

    @cached_property
    def drafts(self) -> list[PaperDraft]:
        """Outgoing papers from their first words on, oldest first."""
        return drafting.of_dossier(self.dossier.pk, self.work)

    @cached_property
    def checks(self) -> list[PaperCheck]:
        """Drafts that the applicant was asked to check, oldest first; read only when the ledger has such an act."""
        asked = any(event.code == EventCode.SENT_FOR_CHECK for event in self.events)
        return paper_checks.of_dossier(self.dossier.pk) if asked else []

    def owes_check(self, draft: PaperDraft) -> bool:
        """Whether the applicant must check what a draft says now before it is proposed; worked out once a draft."""
        if draft.pk not in self._owed:
            self._owed[draft.pk] = paper_checks.is_owed(self.dossier, draft, self.checks)
        return self._owed[draft.pk]

    @cached_property
    def _owed(self) -> dict[int, bool]:
        return {}

    @cached_property
    def supplements(self) -> list[Supplement]:
        """Supplement requests by round."""
        self._leave_supplements()
        return list(self.dossier.supplements.all())

    def _leave_supplements(self) -> None:
        """Read them once, and only when the ledger has one, to where forms look for them."""
        asked = any(event.code == EventCode.SUPPLEMENT_REQUESTED for event in self.events)
        rows = Supplement.objects.order_by("round") if asked else Supplement.objects.none()
        prefetch_related_objects([self.dossier], Prefetch("supplements", rows))

    @cached_property
    def why_due(self) -> list[str]:
        """Why it is due then, line by line."""
        return explain_due(self.dossier, self.stretches)

    @property
    def letter_by(self) -> datetime | None:
        """Until when a letter of apology goes out in time, once lateness is asked about and none has gone out; None: not asked."""
        last = self.stretches[-1] if self.stretches else None
        if last is None or last.ended_at is not None or self.dossier.state != State.PROCESSING:
            return None
        asked = last.ask_at is not None and last.ask_at <= clock.now() and self.dossier.reappointed_from is None
        return last.letter_by if asked else None

    @cached_property
    def stretches(self) -> list[ClockSegment]:
        """The clocks of the dossier as they were, in order."""
        return segments_of(self.dossier)

    @property
    def result(self) -> Result | None:
        """The document that ended the matter; it comes with the dossier's row."""
        return getattr(self.dossier, "result", None)
