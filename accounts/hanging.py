"""What hangs on a role of a person, asked before it ends. The rooms above declare their kinds here at start.

This room knows no dossiers. Whoever declares a kind says how much of it there is, shows a few, says in words where it
goes, and carries out handovers in batches (accounts.models.Handover is the order, written with the end itself).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise as Words

from accounts.models import Handover, Membership
from portal.registry import Registry


@dataclass(frozen=True, slots=True)
class Ending:
    """What is about to end: a role of a person in a unit."""

    unit_id: int
    user_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the things that hang, as an administrator may see it: a code, never its content."""

    title: str


@dataclass(frozen=True, slots=True)
class Hanging:
    """A kind of thing that hangs: how many, the first few, where it goes (in words), and how a handover of it begins.

    `move` is called in the transaction that ends the role, with the order; it must only arrange for tasks to run after
    the commit. None: nothing of this kind is moved by a handover.
    """

    code: str
    label: Words
    goes: Words
    count: Callable[[Ending], int]
    samples: Callable[[Ending], list[Sample]]
    move: Callable[[Handover], None] | None = None


HANGING: Registry[Hanging] = Registry("thing that hangs on roles")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind."""

    kind: Hanging
    total: int
    samples: list[Sample]


def found(ending: Ending) -> list[Found]:
    """What hangs, by kind; kinds of which there is nothing are left out."""
    counted = [(kind, kind.count(ending)) for kind in HANGING]
    return [Found(kind, count, kind.samples(ending)) for kind, count in counted if count]


def left(handover: Handover) -> int:
    """How much of what a handover moves still hangs on the person."""
    ending = Ending(handover.unit_id, handover.user_id, handover.role)
    return sum(kind.count(ending) for kind in HANGING if kind.move is not None)


def of_role(row: Membership) -> Ending:
    """The end of one role."""
    return Ending(row.unit_id, row.user_id, row.role)


def begin(handover: Handover) -> bool:
    """Let every room arrange its part of a handover; False when no room has one."""
    movers = [kind.move for kind in HANGING if kind.move is not None]
    for move in movers:
        move(handover)
    return bool(movers)
