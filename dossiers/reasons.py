"""Reason codes: why something was done, from a short stable list that reports count. Declared in dossiers.acts.

Stored is the code alone; a code once used is never given up.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from portal.registry import Registry


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: for which acts, on which legal ground, and what follows for the citizen ('' when nothing does)."""

    code: str
    label: Promise
    acts: tuple[str, ...]
    law: str
    effect: Promise | str = ""


REASONS: Registry[Reason] = Registry("reason")


def choices(action: str) -> list[tuple[str, str]]:
    """Reasons of an act as a form offers them."""
    return [(reason.code, str(reason.label)) for reason in REASONS if action in reason.acts]
