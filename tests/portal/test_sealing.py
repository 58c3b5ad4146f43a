"""Sealed text opens with any key in the ring and with no other; the blind index is steady and keyed."""

import pytest
from cryptography.fernet import InvalidToken

from portal import sealing

pytestmark = pytest.mark.unit


def test_sealed_text_is_not_readable_and_opens_again():
    token = sealing.seal("001199000001")
    assert "001199000001" not in token
    assert sealing.seal("001199000001") != token
    assert sealing.unseal(token) == "001199000001"


def test_keys_rotate_without_losing_what_was_sealed(settings):
    settings.IDENTITY_KEYS = ["old-key"]
    token = sealing.seal("bí mật")
    settings.IDENTITY_KEYS = ["new-key", "old-key"]
    assert sealing.unseal(token) == "bí mật"
    settings.IDENTITY_KEYS = ["new-key"]
    with pytest.raises(InvalidToken):
        sealing.unseal(token)


def test_blind_index_depends_on_its_key(settings):
    settings.IDENTITY_INDEX_KEY = "one"
    first = sealing.blind_index("001199000001")
    assert first == sealing.blind_index("001199000001")
    settings.IDENTITY_INDEX_KEY = "two"
    assert first != sealing.blind_index("001199000001")


def test_speakable_code_survives_how_people_type_it():
    code = sealing.speakable_code()
    assert len(code.replace("-", "")) == 12
    assert not set("01OILU") & set(code)
    assert sealing.normalise_code(f"  {code.lower().replace('-', ' ')} ") == code
