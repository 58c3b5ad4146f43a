"""Detached signatures of documents the house makes by itself: a small protocol, and an Ed25519 key kept here behind it.

Whoever signs later with a key of the authority's own (a token, a signing service) stands behind the same protocol. What is
signed names its purpose, so that a signature over one thing never fits another.
"""

import base64
import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings
from django.utils.translation import gettext_lazy as _

DEMO_LABEL = _("khóa thử của bản trình diễn, không có giá trị pháp lý")
_DEMO_SEED = b"demo-signing-key-published-in-the-repository"
SEED = 32


class DocumentSigner(Protocol):
    """Signs bytes with one key. `label` says to people whose key it is; `is_demo`: it proves nothing about anybody."""

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""

    @property
    def label(self) -> str:
        """Whose key it is."""

    @property
    def is_demo(self) -> bool:
        """Whether everybody has the key."""

    def sign(self, message: bytes) -> bytes:
        """The signature."""

    def public_pem(self) -> bytes:
        """The public key, for whoever checks."""


class LocalSigner:
    """An Ed25519 key that the settings hold."""

    def __init__(self, seed: bytes, label: str, *, is_demo: bool) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.label, self.is_demo = label, is_demo
        self.key_id = key_id(self.public_pem())

    def sign(self, message: bytes) -> bytes:
        """The signature."""
        return self._key.sign(message)

    def public_pem(self) -> bytes:
        """The public key."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signer() -> DocumentSigner | None:
    """Who signs here: the key of SIGNING_KEY, in a demo a published one that says so, else nobody."""
    if settings.SIGNING_KEY:
        return LocalSigner(seed_of(settings.SIGNING_KEY), settings.AUTHORITY_NAME, is_demo=False)
    if settings.DEMO:
        return LocalSigner(hashlib.sha256(_DEMO_SEED).digest(), str(DEMO_LABEL), is_demo=True)
    return None


def seed_of(text: str) -> bytes:
    """The 32 bytes of SIGNING_KEY; ValueError when it holds something else."""
    seed = base64.b64decode(text, validate=True)
    if len(seed) != SEED:
        raise ValueError(f"SIGNING_KEY must be {SEED} bytes in base64")
    return seed


def key_id(public_pem: bytes) -> str:
    """Fingerprint of a public key; ValueError when it is none of Ed25519."""
    return hashlib.sha256(_public(public_pem).public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def fits(message: bytes, signature: bytes, public_pem: bytes) -> bool:
    """Whether the signature is of this message under this key."""
    try:
        _public(public_pem).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _public(pem: bytes) -> Ed25519PublicKey:
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")  # noqa: TRY004  a file that holds another key, not a fault of the code
    return key
