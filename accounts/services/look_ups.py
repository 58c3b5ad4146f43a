"""The log of look-ups: what was looked for in lists of dossiers and people, how many rows were shown, by whom.

An opened dossier is logged with whose data it shows (log_reads); a look-up also when nothing was found.
"""

import re

import structlog

from accounts.models import LookUp, OrgUnit, User

log = structlog.get_logger(__name__)
# Numbers of people, telephones among them: seven digits and more, however they are spaced, with the letter of a passport;
# and words of letters and at least five digits, as passports of other countries have.
LONG_NUMBER = re.compile(
    r"(?:\b[A-Z]{1,3}[.\-]?)?(?:[0-9][\s.\-()+]*){7,}|\b(?=(?:[A-Z]*[0-9]){5})[A-Z0-9]{7,}\b", re.IGNORECASE
)
KEPT = 3


def log_look_up(
    *, reader: User, what: str, sought: str, shown: int, unit: OrgUnit | None = None, request_id: str = ""
) -> None:
    """Record one look-up; of the number of a person only its last three signs are kept."""
    LookUp.objects.create(
        reader=reader, what=what[:80], sought=masked(sought)[:200], shown=shown, unit=unit, request_id=request_id[:64]
    )
    log.info("looked_up", by=reader.pk, unit=unit.pk if unit else None, shown=shown)


def masked(text: str) -> str:
    """The same words with every long number shortened to a mark of its end; a NUL, which no row takes, left out."""
    return LONG_NUMBER.sub(_end, text.replace("\x00", ""))


def _end(found: re.Match[str]) -> str:
    signs = "".join(sign for sign in found.group() if sign.isalnum())
    gap = " " if found.group()[-1:].isspace() else ""
    return f"…{signs[-KEPT:]}{gap}"
