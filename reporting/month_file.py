"""The file of a closed month: written, read and checked. Needs no database: who checks has the file and the public key.

One JSON array a line. The first says what the file is, then come the rows of everything the month keeps, in one fixed
order; the last two are the SHA-256 of all lines before them and the signature over month, version and digest.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from portal.signing import fits, key_id

FORMAT: Final = ["mot-cua closed month", 1]


class MonthFault(StrEnum):
    """What is wrong with a file."""

    NO_FILE = "no_file"  # not such a file, or cut
    ALTERED = "altered"
    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_MONTH = "wrong_month"


@dataclass(frozen=True, slots=True)
class MonthSeal:
    """What stands under the rows: digest, and who signed it ('' for nobody)."""

    month: str
    version: int
    digest: str
    key_id: str = ""
    signer: str = ""
    signature: str = ""


def line(*cells: Any) -> str:
    """One row in its only form."""
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 of all lines before the digest."""
    found = hashlib.sha256()
    for one in lines:
        found.update(one.encode() + b"\n")
    return found.hexdigest()


def message_of(month: str, version: int, digest: str) -> bytes:
    """What is signed."""
    return f"{FORMAT[0]}\n{month}\n{version}\n{digest}\n".encode()


def text_of(lines: Sequence[str], sealed: MonthSeal) -> str:
    """The whole file."""
    signature = line("signature", "ed25519", sealed.key_id, sealed.signer, sealed.signature)
    return "\n".join([*lines, line("digest", "sha256", sealed.digest), signature]) + "\n"


def check(content: bytes, public_pem: bytes | None, month: str = "") -> tuple[MonthSeal | None, list[MonthFault]]:
    """What a file says it is, and what is wrong with it; nothing wrong: it is what was signed with this key."""
    try:
        lines = content.decode().split("\n")
        head, *_rows = (json.loads(one) for one in lines[:3])
        sealed = _sealed(lines)
    except (ValueError, TypeError, IndexError, KeyError):
        return None, [MonthFault.NO_FILE]
    if head != FORMAT or lines[-1] != "":
        return None, [MonthFault.NO_FILE]
    return sealed, list(_faults(lines, sealed, public_pem, month))


def _sealed(lines: list[str]) -> MonthSeal:
    month, version = json.loads(lines[1]), json.loads(lines[2])
    digest, signature = json.loads(lines[-3]), json.loads(lines[-2])
    if [month[0], version[0], *digest[:2], *signature[:2]] != [
        "month",
        "version",
        "digest",
        "sha256",
        "signature",
        "ed25519",
    ]:
        raise ValueError
    return MonthSeal(str(month[1]), int(version[1]), str(digest[2]), *map(str, signature[2:5]))


def _faults(lines: list[str], sealed: MonthSeal, public_pem: bytes | None, month: str) -> Iterable[MonthFault]:
    if digest_of(lines[:-3]) != sealed.digest:
        yield MonthFault.ALTERED
    if month and month != sealed.month:
        yield MonthFault.WRONG_MONTH
    if not sealed.signature:
        yield MonthFault.UNSIGNED
    elif public_pem is None or key_id(public_pem) != sealed.key_id:
        yield MonthFault.UNKNOWN_KEY
    elif not _signed(sealed, public_pem):
        yield MonthFault.WRONG_SIGNATURE


def _signed(sealed: MonthSeal, public_pem: bytes) -> bool:
    try:
        signature = base64.b64decode(sealed.signature, validate=True)
    except binascii.Error:
        return False
    return fits(message_of(sealed.month, sealed.version, sealed.digest), signature, public_pem)
