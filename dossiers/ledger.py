"""How an event of the ledger is put together, hashed and verified. Pure: works on values, asks no database.

Every event names its `schema_version`; each version has its own tuple of columns, so that a column added later leaves
the digests of older events as they are. A new column is: one nullable column in dossiers.models.event, one new version
here, one test. Called by dossiers.services only: by the acts (services.core), the loader (services.bulk_load) and the
proof (services.proof).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from json.encoder import encode_basestring
from types import NoneType
from typing import Any

# Where and what: the same for every event of a dossier as long as nothing about it changes.
DIMENSIONS = (
    "dossier_id",
    "authority_code",
    "receiving_unit_id",
    "competent_unit_id",
    "counting_unit_id",
    "unit_group_id",
    "department_id",
    "ward_code",
    "procedure_id",
    "procedure_code",
    "case_code",
    "revision_id",
    "level_offered",
    "channel",
    "sub_channel",
    "is_assisted",
    "is_internal",
    "applicant_kind",
    "first_received_at",
    "first_due_at",
    "due_at",
    "fee_due",
    "papers_total",
    "papers_digitised",
    "papers_reused",
    "minutes_allowed",
    "minutes_used",
    "minutes_stopped",
    "clock_digest",
)
# What happened, when, by whom: said by each act.
ACT = (
    "code",
    "happened_at",
    "state_from",
    "state_to",
    "actor_id",
    "actor_role",
    "actor_unit_id",
    "actor_membership_id",
    "reason_code",
    "text_digest",
    "about_seq",
    "step_kind",
    "step_due_at",
    "electronic_result",
)
# Since version 2: the outgoing paper an act is about: which draft, in which version, and what its bytes digest to (of a draft
# that its applicant checks there are no bytes yet: what its content digests to).
PAPER = ("draft_id", "draft_version", "paper_digest")
# Since version 3: money that came with an act, or below nought went back, by which way, and what is paid in all.
MONEY = ("payment_amount", "payment_method", "fee_paid")
# Since version 4: the true time of an earlier act (`about_seq`) that was entered late; what was entered stays as it is.
CORRECTION = ("true_at",)
# Columns an act may leave out, with what stands there then.
BLANKS: Mapping[str, Any] = {
    "reason_code": "",
    "text_digest": "",
    "about_seq": None,
    "step_kind": "",
    "step_due_at": None,
    "electronic_result": None,
    "minutes_allowed": None,
    "minutes_used": None,
    "minutes_stopped": None,
    "clock_digest": "",
    "draft_id": None,
    "draft_version": None,
    "paper_digest": None,
    "payment_amount": None,
    "payment_method": None,
    "fee_paid": None,
    "true_at": None,
}
# Columns of each schema version, in any order (they are sorted when hashed). Never change a tuple that has been used.
COLUMNS: Mapping[int, tuple[str, ...]] = {
    1: ("seq", "schema_version", *DIMENSIONS, *ACT),
    2: ("seq", "schema_version", *DIMENSIONS, *ACT, *PAPER),
    3: ("seq", "schema_version", *DIMENSIONS, *ACT, *PAPER, *MONEY),
    4: ("seq", "schema_version", *DIMENSIONS, *ACT, *PAPER, *MONEY, *CORRECTION),
}
CURRENT = max(COLUMNS)


@lru_cache(maxsize=64)  # events of one dossier repeat most of their times
def _moment(value: Any) -> str:
    """How a time stands in the canonical form; anything else that JSON does not know is refused."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"a {type(value).__name__} has no canonical form")


_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_moment).encode
# What the encoder would say of the kinds of values that columns hold, in a quarter of its time; it is asked for any other.
_SAID: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
    NoneType: {None: "null"}.__getitem__,
    datetime: lambda moment: f'"{_moment(moment)}"',
}


class UnknownVersionError(LookupError):
    """An event was written by a later version of this software, whose columns are not known here."""


def event_row(
    *, seq: int, previous_hash: str, dimensions: Mapping[str, Any], act: Mapping[str, Any], version: int = CURRENT
) -> dict[str, Any]:
    """Put one event together: every column of its version, chained to the event before it.

    The only builder of events. Raises LookupError naming the columns that are missing or that the version does not
    have: a fact forgotten by an act is a fault of the program, never a blank in the ledger.
    """
    columns = columns_of(version)
    row = {**_blanks(columns), **dimensions, **act, "seq": seq, "schema_version": version}
    if row.keys() != _named(columns):
        wrong = sorted(row.keys() ^ set(columns))
        raise LookupError(f"event {row.get('code', '')}: columns missing or unknown: {', '.join(wrong)}")
    if not row["actor_role"]:
        raise LookupError(f"event {row['code']}: nobody acts")
    digest = event_hash(row, previous_hash)
    row["previous_hash"], row["hash"] = previous_hash, digest
    return row


def event_hash(values: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 over the previous hash and the columns of the event's own version, in canonical JSON (times in UTC).

    `values` may hold more than these columns. Raises UnknownVersionError.
    """
    columns = _openings(columns_of(values["schema_version"]))
    said = [opening + _SAID.get(type(value := values[name]), _CANONICAL)(value) for name, opening in columns]
    return hashlib.sha256(f"{previous_hash}\n{{{','.join(said)}}}".encode()).hexdigest()


def columns_of(version: int) -> tuple[str, ...]:
    """Columns of a schema version; raises UnknownVersionError."""
    try:
        return COLUMNS[version]
    except KeyError:
        raise UnknownVersionError(f"schema version {version}") from None


@cache
def _openings(columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The columns in their order, each with how its name opens it."""
    return tuple((name, f"{encode_basestring(name)}:") for name in sorted(columns))


@cache
def _named(columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(columns)


@cache
def _blanks(columns: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: blank for name, blank in BLANKS.items() if name in columns}


def text_digest(text: str) -> str:
    """Digest that stands in the ledger for words that may be erased; '' for none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
