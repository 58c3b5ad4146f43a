"""Production refuses demo mode, bad keys, plain HTTP, unscanned files and settings nobody said; demo says so."""

import pytest
from django.core.checks import run_checks

from portal.checks import demo_says_so, keys_are_our_own, production_is_safe, proxies_are_said

pytestmark = pytest.mark.unit
SAFE = {
    "DEMO": False,
    "DEBUG": False,
    "SECRET_KEY": "signs-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "IDENTITY_KEYS": ["one-0123456789-abcdefghijklmnopqrstuvwxyz"],
    "IDENTITY_INDEX_KEY": "index-0123456789-abcdefghijklmnopqrstuvwxyz",
    "SEAL_KEYS": ["seal-0123456789-abcdefghijklmnopqrstuvwxyz"],
    "FILE_KEYS": ["file-0123456789-abcdefghijklmnopqrstuvwxyz"],
    "CLAMD": "clamav:3310",
    "HTTPS": True,
    "ALLOWED_HOSTS": ["dvc.example.vn"],
    "SERVERS_NAMED": True,
    "PROXIES_SAID": True,
    "BEHIND_PROXY": True,
    "TRUSTED_PROXIES": 1,
}


def _ids(settings, **changes):
    for name, value in {**SAFE, **changes}.items():
        setattr(settings, name, value)
    return {message.id for check in (production_is_safe, proxies_are_said, keys_are_our_own) for message in check(None)}


def test_a_safe_configuration_passes(settings):
    assert _ids(settings) == set()
    assert _ids(settings, BEHIND_PROXY=False, TRUSTED_PROXIES=0) == set()


GOOD = "another-0123456789-abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"DEMO": True}, "portal.E001"),
        ({"SECRET_KEY": "demo-key-published-in-the-repository-never-for-production"}, "portal.E002"),
        ({"SECRET_KEY": ""}, "portal.E002"),
        ({"SECRET_KEY": "short"}, "portal.E002"),
        ({"SECRET_KEY": "ab" * 40}, "portal.E002"),
        ({"IDENTITY_KEYS": []}, "portal.E003"),
        ({"IDENTITY_KEYS": ["short"]}, "portal.E003"),
        ({"IDENTITY_KEYS": ["ZGVtby1rZXktcHVibGlzaGVkLWluLXRoZS1yZXBvLTE="]}, "portal.E003"),
        ({"IDENTITY_KEYS": [GOOD, "ZGVtby1rZXktcHVibGlzaGVkLWluLXRoZS1yZXBvLTE="]}, "portal.E003"),
        ({"IDENTITY_INDEX_KEY": "demo-index-key-published-in-the-repository"}, "portal.E003"),
        ({"IDENTITY_INDEX_KEY": ""}, "portal.E003"),
        ({"CLAMD": ""}, "portal.E004"),
        ({"HTTPS": False}, "portal.E005"),
        ({"SEAL_KEYS": []}, "portal.E007"),
        ({"SEAL_KEYS": [GOOD, "demo-seal-key-published-in-the-repository"]}, "portal.E007"),
        ({"FILE_KEYS": []}, "portal.E008"),
        ({"FILE_KEYS": [GOOD, "demo-file-key-published-in-the-repository"]}, "portal.E008"),
        ({"SEAL_KEYS": [GOOD], "FILE_KEYS": [GOOD]}, "portal.E009"),
        ({"SECRET_KEY": GOOD, "IDENTITY_KEYS": ["yet-" + GOOD, GOOD]}, "portal.E009"),
        ({"DEBUG": True}, "portal.E010"),
        ({"ALLOWED_HOSTS": ["*"]}, "portal.E011"),
        ({"ALLOWED_HOSTS": []}, "portal.E011"),
        ({"SERVERS_NAMED": False}, "portal.E012"),
        ({"PROXIES_SAID": False}, "portal.E013"),
        ({"TRUSTED_PROXIES": 0}, "portal.E013"),
        ({"BEHIND_PROXY": False}, "portal.E013"),
    ],
)
def test_each_unsafe_setting_is_refused(settings, change, refusal):
    assert _ids(settings, **change) == {refusal}


def test_no_key_stands_in_what_is_said(settings):
    for name, value in {**SAFE, "FILE_KEYS": ["a-short-secret"]}.items():
        setattr(settings, name, value)
    assert "a-short-secret" not in str(keys_are_our_own(None))


def test_demo_says_that_files_are_not_scanned(settings):
    settings.CLAMD = ""
    assert [message.id for message in demo_says_so(None)] == ["portal.W001"]
    settings.CLAMD = "clamav:3310"
    assert demo_says_so(None) == []


def test_only_one_check_without_an_id_is_silenced():
    nameless = [message.msg for message in run_checks() if message.id is None]
    assert nameless == ["ACCOUNT_EMAIL_VERIFICATION = 'mandatory' requires 'email*' in ACCOUNT_SIGNUP_FIELDS"]
