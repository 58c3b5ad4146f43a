"""Kinds of events: what the ledger says happened, how it reads, who is told of it in which words.

One declaration for one event, in the modules of dossiers.acts. Asked by the acts (texts), by notices and by the
pages; which papers an event calls for is said by dossiers.papers. Stored is the code alone, so a new event needs no
migration; a code once used is never given up.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from portal.registry import Registry

PLACEHOLDERS = frozenset(
    {"code", "procedure", "unit", "desk", "due", "accept_by", "text", "answer_by", "unless", "due_before"}
)


class Audience(StrEnum):
    """Who may be told; dossiers.audiences declares what each is called and by which ways it is told."""

    ACCOUNT = "account"  # the account that filed
    SUBMITTER = "submitter"
    OWNER = "owner"
    HOLDER = "holder"  # whoever was given a step, and who stands in
    WRITER = "writer"  # of a draft
    TEAM = "team"  # who may take a step that nobody holds
    ASKED = "asked"  # the people of a unit whose opinion is asked
    ASKER = "asker"
    APPRAISER = "appraiser"  # whoever goes on with a dossier
    HEAD = "head"  # of the desk that received the dossier
    HOME_AFFAIRS = "home_affairs"  # who follows how all units keep their promises
    ABOVE = "above"  # who administers a desk that nobody leads


CITIZENS = (Audience.SUBMITTER, Audience.OWNER, Audience.ACCOUNT)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a notice says, with the named PLACEHOLDERS: subject and body, and one sentence for channels of few signs.

    Without `short` nothing goes out by short channels. `text` (the words of the act) never stands in `short`; `answer_by` and
    `unless` (until when to answer, what comes of no answer) are known to acts that ask something of the applicant; `due_before` to
    the one that puts another promise in its place.
    """

    subject: Promise
    body: Promise
    short: Promise | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event.

    `label`: its name, and the desk's sentence (the page adds who and where). `citizen`: its sentence for the citizen;
    None when it is the house's own affair. `tone` and `icon`: how its line looks ('' gives the icon of the tone).
    `audience` is told in the words of `wording`. `text_is_public`: the words of the act are meant for the citizen.
    """

    code: str
    label: Promise
    citizen: Promise | None = None
    tone: str = "info"
    icon: str = ""
    audience: tuple[Audience, ...] = ()
    wording: Wording | None = None
    text_is_public: bool = False


EVENTS: Registry[Event] = Registry("event")


def told_to_citizens() -> list[str]:
    """Codes of the events that stand in a citizen's timeline."""
    return [event.code for event in EVENTS if event.citizen is not None]
