"""Sealing of secrets at rest: identity numbers and tracking codes are stored encrypted, found by a keyed index."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no 0 O 1 I L U: can be read out over the telephone


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])


def seal(text: str) -> str:
    """Encrypt with the first of IDENTITY_KEYS."""
    return _box(tuple(settings.IDENTITY_KEYS)).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Decrypt with any of IDENTITY_KEYS; cryptography's InvalidToken when none fits."""
    return _box(tuple(settings.IDENTITY_KEYS)).decrypt(token.encode()).decode()


def blind_index(text: str) -> str:
    """Keyed digest for equality search; without the key it tells nothing."""
    return hmac.new(settings.IDENTITY_INDEX_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def speakable_code(groups: int = 3, size: int = 4) -> str:
    """A random code such as `K7QM-3XWD-9FHT`; 12 characters carry 58 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for _ in range(groups))


def normalise_code(text: str) -> str:
    """What a person typed for a speakable code, in its stored form."""
    letters = "".join(letter for letter in text.upper() if letter in ALPHABET)
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
