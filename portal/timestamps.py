"""Time stamps of an authority (RFC 3161): asked for over HTTP, and read as far as it takes to know what was stamped.

Not checked here is the authority's signature: `openssl ts -verify` does that with the authority's certificate
(docs/operations.md).
"""

import secrets
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from portal.errors import RetryLaterError

SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
SECONDS = 15
LARGEST = 256 * 1024
GRANTED = (0, 1)  # granted; granted with modifications
_INTEGER, _OCTETS, _EXPLICIT_0 = 0x02, 0x04, 0xA0


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Imprint:
    algorithm: _Algorithm
    digest: bytes


@asn1.sequence
class _Request:
    version: int
    imprint: _Imprint
    nonce: int
    with_certificate: Annotated[bool, asn1.Default(False)]


@dataclass(frozen=True, slots=True)
class StampAnswer:
    """What an answer says: whether it was granted, which SHA-256 was stamped, and the nonce it repeats."""

    is_granted: bool
    digest: bytes = b""
    nonce: int | None = None


def stamp(digest: bytes, *, url: str) -> bytes:
    """Have a SHA-256 stamped; gives the whole answer, to be kept. Raises RetryLaterError when there is none that fits."""
    nonce = secrets.randbits(63)
    asked = urllib.request.Request(  # noqa: S310  http or https by the settings of the operator
        url, data=query(digest, nonce), headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(LARGEST)
        found = read(body)
    except (OSError, ValueError, IndexError) as error:
        raise RetryLaterError(f"time stamp: {type(error).__name__}") from error
    if found != StampAnswer(is_granted=True, digest=digest, nonce=nonce):
        raise RetryLaterError("time stamp: refused, or an answer to another question")
    return body


def query(digest: bytes, nonce: int) -> bytes:
    """The question in DER."""
    imprint = _Imprint(algorithm=_Algorithm(algorithm=SHA256, parameters=asn1.Null()), digest=digest)
    return asn1.encode_der(_Request(version=1, imprint=imprint, nonce=nonce, with_certificate=True))


def read(answer: bytes) -> StampAnswer:
    """Read an answer in DER; ValueError or IndexError when it is none."""
    (_tag, response), *_rest = _parts(answer)
    (_tag, status), *token = _parts(response)
    code = int.from_bytes(next(_parts(status))[1], signed=True)
    if code not in GRANTED or not token:
        return StampAnswer(is_granted=False)
    signed = _inside(_inside(token[0][1], _EXPLICIT_0), 0x30)
    content = _inside(_inside(list(_parts(signed))[2][1], _EXPLICIT_0), _OCTETS)
    info = list(_parts(_inside(content, 0x30)))
    digest = _inside(info[2][1], _OCTETS)
    later = [value for tag, value in info[5:] if tag == _INTEGER]  # accuracy and order are of other types
    return StampAnswer(is_granted=True, digest=digest, nonce=int.from_bytes(later[0], signed=True) if later else None)


def _inside(data: bytes, wanted: int) -> bytes:
    """The content of the first part with a tag."""
    for tag, value in _parts(data):
        if tag == wanted:
            return value
    raise ValueError(f"no part {wanted:#x}")


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each part of a DER value, in order."""
    place = 0
    while place < len(data):
        tag, length, start = data[place], data[place + 1], place + 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[start : start + count])
            start += count
        if start + length > len(data):
            raise ValueError("cut off")
        yield tag, data[start : start + length]
        place = start + length
