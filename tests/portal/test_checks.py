"""Production refuses demo mode, published keys, plain HTTP and unscanned files; demo says so."""

import pytest
from django.core.checks import run_checks

from portal.checks import demo_says_so, production_is_safe

pytestmark = pytest.mark.unit
SAFE = {
    "DEMO": False,
    "SECRET_KEY": "x" * 60,
    "IDENTITY_KEYS": ["a-secret-of-the-city"],
    "IDENTITY_INDEX_KEY": "another-secret-of-the-city",
    "SEAL_KEYS": ["a-seal-key-of-the-city"],
    "FILE_KEYS": ["a-file-key-of-the-city"],
    "CLAMD": "clamav:3310",
    "HTTPS": True,
}


def _ids(settings, **changes):
    for name, value in {**SAFE, **changes}.items():
        setattr(settings, name, value)
    return {message.id for message in production_is_safe(None)}


def test_a_safe_configuration_passes(settings):
    assert _ids(settings) == set()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"DEMO": True}, "portal.E001"),
        ({"SECRET_KEY": "demo-key-published-in-the-repository-never-for-production"}, "portal.E002"),
        ({"IDENTITY_KEYS": ["ZGVtby1rZXktcHVibGlzaGVkLWluLXRoZS1yZXBvLTE="]}, "portal.E003"),
        ({"IDENTITY_KEYS": ["good", "ZGVtby1rZXktcHVibGlzaGVkLWluLXRoZS1yZXBvLTE="]}, "portal.E003"),
        ({"IDENTITY_INDEX_KEY": "demo-index-key-published-in-the-repository"}, "portal.E003"),
        ({"CLAMD": ""}, "portal.E004"),
        ({"HTTPS": False}, "portal.E005"),
        ({"SEAL_KEYS": []}, "portal.E007"),
        ({"SEAL_KEYS": ["good", "demo-seal-key-published-in-the-repository"]}, "portal.E007"),
        ({"FILE_KEYS": []}, "portal.E008"),
        ({"FILE_KEYS": ["good", "demo-file-key-published-in-the-repository"]}, "portal.E008"),
    ],
)
def test_each_unsafe_setting_is_refused(settings, change, refusal):
    assert _ids(settings, **change) == {refusal}


def test_demo_says_that_files_are_not_scanned(settings):
    settings.CLAMD = ""
    assert [message.id for message in demo_says_so(None)] == ["portal.W001"]
    settings.CLAMD = "clamav:3310"
    assert demo_says_so(None) == []


def test_only_one_check_without_an_id_is_silenced():
    nameless = [message.msg for message in run_checks() if message.id is None]
    assert nameless == ["ACCOUNT_EMAIL_VERIFICATION = 'mandatory' requires 'email*' in ACCOUNT_SIGNUP_FIELDS"]
