"""What an act has in its hands: the locked dossier, who acts, the work item, and what the act adds to the bare transition.

Made by dossiers.services.core, filled by the verbs of the other modules of dossiers.services.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import OrgUnit
from dossiers import queries, workflow
from dossiers.enums import Outcome
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import segments


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role, for which unit, by which membership. The citizen and the system have no membership."""

    user_id: int | None
    role: str
    unit_id: int | None = None
    membership_id: int | None = None


@dataclass(slots=True)
class Opened:
    """A locked dossier with what an act needs: the row that allows it, who acts, the open work, what came before."""

    dossier: Dossier
    row: workflow.Transition
    actor: Actor
    item: WorkItem | None = None  # the open item the act is done on
    work: Sequence[WorkItem] = ()
    past: Sequence[queries.PastEvent] = ()
    before: dict[str, Any] = field(default_factory=dict)  # columns as they were; only what changed is written
    papers: Sequence[Attachment] | None = None
    clocks: segments.Clocks | None = None

    def turn(self) -> segments.Clocks:
        """The clocks of the dossier, read once; what the act makes of them is written with its event."""
        if self.clocks is None:
            self.clocks = segments.read(self.dossier)
        return self.clocks

    def given(self) -> Sequence[Attachment]:
        """Files and papers of the dossier, asked once."""
        if self.papers is None:
            self.papers = queries.live_attachments(self.dossier.pk, with_files=False)
        return self.papers


@dataclass(frozen=True, slots=True)
class Beside:
    """A work item that an act opens beside the route: a consultation, the handling of a draft."""

    kind: str
    unit: OrgUnit
    role: str
    due_at: datetime
    name: str = ""
    parent: WorkItem | None = None
    holder_id: int | None = None
    position: int = 0  # the step of the route it lies before, when it hangs on none


@dataclass(slots=True)
class Deed:
    """What an act adds to the bare transition.

    `lies_in`: the unit in which a step opens anew, when it is not the one of the route. `back_to`: the position of the
    step that a send-back opens anew. `outcome`: how the item is closed that is not sent back.
    """

    text: str = ""
    reason_code: str = ""
    next_holder_id: int | None = None
    back_to: int | None = None
    outcome: Outcome = Outcome.DONE
    beside: Beside | None = None
    lies_in: OrgUnit | None = None
    number: Callable[[], str] | None = None
    brings: str = ""  # code of the paper whose bytes the act has in hand; nobody needs to print it
    words: dict[str, str] = field(default_factory=dict)  # of the notice: placeholders that only this act knows
    extra: dict[str, Any] = field(default_factory=dict)  # ledger columns only this act knows
