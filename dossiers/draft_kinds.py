"""Outgoing papers that are drafts before they are acts: who writes one, who signs and sends it, which act it becomes.

One declaration for one kind, in the modules of dossiers.acts. Asked by the services that move drafts and by the pages.
Stored is the code alone (DraftKind).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from accounts.enums import Role
from dossiers.enums import Action
from portal.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from dossiers.drafting import Advice
    from dossiers.forms.drafting import DraftForm
    from dossiers.models.dossier import Dossier
    from dossiers.models.paper_draft import PaperDraft
    from dossiers.papers import Book
    from dossiers.services.opened import Opened

HEADS = (Role.UNIT_HEAD, Role.DESK_HEAD, Role.SIGNER)


@dataclass(frozen=True, slots=True)
class DraftedPaper:
    """One kind of draft.

    `paper`: code of the outgoing paper it becomes, which says layout and book (`becomes`: where what is written decides
    which). `writers`: at which kind of step which roles
    may write it, while the dossier is in one of `states`. `acts`: the acts that issue it. `form`: what people type;
    `check` refuses fields that make no paper, `context` is what its sheet shows beside what every paper shows.

    `follows_route`: submitted, approved and issued by the steps of the route. Otherwise it is submitted to one of `signers`
    in the unit that wrote it (without one: to whoever signs for the authority) and sent by the desk, or by the unit that
    wrote it (`sent_by_writer`). `book`: the book of one draft where the paper alone does not say it. `may_begin`: what else
    must be so before a page offers to write one. `layout`: code and version of the template it is written on (else that of
    the paper); `keeps`: what is stored of what was typed. `issued_by`: which of several acts issues one draft. `advises`: what its
    page says above it while it is not sent. `order`: small first where pages offer to begin one.
    """

    code: str
    label: Promise
    paper: str
    writers: Mapping[str, frozenset[str]]
    states: frozenset[str]
    acts: tuple[str, ...]
    form: Callable[..., DraftForm]
    check: Callable[[Opened, Mapping[str, Any]], None]
    context: Callable[[PaperDraft], dict[str, Any]] | None = None
    signers: tuple[str, ...] = HEADS
    follows_route: bool = False
    sent_by_writer: bool = False
    book: Callable[[PaperDraft], Book | None] | None = None
    may_begin: Callable[[Dossier], bool] | None = None
    layout: Callable[[Dossier, str], tuple[str, int]] | None = None
    issued_by: Callable[[PaperDraft], str] | None = None
    keeps: Callable[[PaperDraft, dict[str, Any], User], dict[str, Any]] | None = None
    advises: Callable[[Dossier], Advice | None] | None = None
    becomes: Callable[[PaperDraft], str] | None = None
    order: int = 0

    @property
    def submitted_by(self) -> str:
        """The act that takes it out of its writer's hands."""
        return Action.PROPOSE if self.follows_route else Action.SUBMIT_DRAFT

    def paper_of(self, draft: PaperDraft) -> str:
        """Code of the outgoing paper that a draft of this kind becomes."""
        return self.becomes(draft) if self.becomes is not None else self.paper

    def written_by(self, step: str, role: str) -> bool:
        """Tell whether somebody in a role writes it at a kind of step."""
        return role in self.writers.get(step, ())


DRAFT_KINDS: Registry[DraftedPaper] = Registry("kind of draft")


def route_kinds() -> list[str]:
    """Kinds whose drafts follow the route."""
    return [kind.code for kind in DRAFT_KINDS if kind.follows_route]
