"""Deploy checks: what production must not run with. `manage.py check --deploy` reports them; bin/serve refuses to start."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32  # signs; of a random key that is at least 190 bits
FEWEST_SIGNS = 10  # different ones, or somebody leant on the keyboard
# Setting, the number of its refusal, and what happens without a key of the authority's own.
KEYS = [
    ("SECRET_KEY", "portal.E002", "anybody may sign sessions"),
    ("IDENTITY_KEYS", "portal.E003", "identity numbers are open to everybody"),
    ("IDENTITY_INDEX_KEY", "portal.E003", "identity numbers can be guessed from their index"),
    ("SEAL_KEYS", "portal.E007", "the ledger proves nothing"),
    ("FILE_KEYS", "portal.E008", "stored files are open to everybody"),
]
PUBLISHED = ("demo", "ZGVtby1rZXk")


@register(Tags.security, deploy=True)
def production_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse demo mode, plain HTTP, missing virus scanning and what else is made for a developer's machine."""
    wrong = [
        (settings.DEMO, "DEMO is on: anybody may sign in as anybody.", "portal.E001"),
        (not settings.CLAMD, "CLAMD is empty: uploads would not be scanned.", "portal.E004"),
        (not settings.HTTPS, "PUBLIC_URL is not https://.", "portal.E005"),
        (settings.DEBUG, "DEBUG is on: error pages show the inside of the house to everybody.", "portal.E010"),
        (
            not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            "ALLOWED_HOSTS is empty or takes any name: links in letters could lead to a stranger's machine.",
            "portal.E011",
        ),
        (
            not settings.SERVERS_NAMED,
            "DATABASE_URL or REDIS_URL is empty: the embedded servers are for the demo.",
            "portal.E012",
        ),
    ]
    return [Error(sentence, id=number) for is_wrong, sentence, number in wrong if is_wrong]


@register(Tags.security, deploy=True)
def proxies_are_said(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to guess where the client's address stands: limits and logs rest on it."""
    if not settings.PROXIES_SAID:
        sentence = (
            "Say BEHIND_PROXY and TRUSTED_PROXIES: without them all the world has the proxy's address, or any it likes."
        )
    elif (settings.TRUSTED_PROXIES > 0) != settings.BEHIND_PROXY:
        sentence = "BEHIND_PROXY and TRUSTED_PROXIES contradict each other: 1 and their number, or 0 and 0."
    else:
        return []
    return [Error(sentence, id="portal.E013")]


@register(Tags.security, deploy=True)
def keys_are_our_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse keys that are missing, published, easy to guess, or used for two things."""
    found: list[CheckMessage] = []
    everywhere: Counter[str] = Counter()
    for name, number, harm in KEYS:
        keys = _keys(name)
        everywhere.update(keys)
        fault = _fault(keys)
        if fault:
            found.append(Error(f"{name} {fault}: {harm}.", id=number))
    if any(count > 1 for count in everywhere.values()):
        found.append(Error("Two of the keys are equal: who learns one has learnt another.", id="portal.E009"))
    return found


def _keys(name: str) -> list[str]:
    try:
        value = getattr(settings, name)
    except ImproperlyConfigured:  # Django itself refuses an empty SECRET_KEY
        return []
    return [value] if isinstance(value, str) and value else list(value)


def _fault(keys: list[str]) -> str:
    if not keys:
        return "is empty"
    if any(mark in key for key in keys for mark in PUBLISHED):
        return "holds the published demo key"
    if any(len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS for key in keys):
        return f"holds a key of fewer than {SHORTEST_KEY} signs, or of the same few"
    return ""


@register(Tags.security)
def demo_says_so(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say plainly that files are not scanned when no scanner is configured."""
    if settings.CLAMD:
        return []
    return [checks.Warning("CLAMD is empty: uploads are marked 'not scanned'.", id="portal.W001")]
