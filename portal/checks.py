"""Deploy checks: what production must not run with. `manage.py check --deploy` reports them; bin/serve refuses to start."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def production_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse demo mode, published keys, plain HTTP and missing virus scanning in production."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(Error("DEMO is on: anybody may sign in as anybody.", id="portal.E001"))
    if "demo" in settings.SECRET_KEY:
        found.append(Error("SECRET_KEY is the published demo key.", id="portal.E002"))
    if any("ZGVtby1rZXk" in key for key in settings.IDENTITY_KEYS) or "demo" in settings.IDENTITY_INDEX_KEY:
        found.append(Error("IDENTITY_KEYS or IDENTITY_INDEX_KEY is the published demo key.", id="portal.E003"))
    if not settings.CLAMD:
        found.append(Error("CLAMD is empty: uploads would not be scanned.", id="portal.E004"))
    if not settings.HTTPS:
        found.append(Error("PUBLIC_URL is not https://.", id="portal.E005"))
    if not settings.SEAL_KEYS or any("demo" in key for key in settings.SEAL_KEYS):
        found.append(
            Error("SEAL_KEYS is empty or the published demo key: the ledger proves nothing.", id="portal.E007")
        )
    if not settings.FILE_KEYS or any("demo" in key for key in settings.FILE_KEYS):
        found.append(
            Error("FILE_KEYS is empty or the published demo key: stored files are open to everybody.", id="portal.E008")
        )
    return found


@register(Tags.security)
def demo_says_so(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say plainly that files are not scanned when no scanner is configured."""
    if settings.CLAMD:
        return []
    return [checks.Warning("CLAMD is empty: uploads are marked 'not scanned'.", id="portal.W001")]
