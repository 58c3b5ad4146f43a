"""Deploy checks: a channel that cannot really send says so before the portal starts."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name

from integrations.registry import CHANNELS


@register(Tags.security, deploy=True)
def channels_can_send(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to start without a channel that is needed; warn about the others."""
    found: list[CheckMessage] = []
    for channel in CHANNELS:
        lack = channel.lacks()
        if lack:
            kind, sign = (Error, "E") if channel.is_needed() else (Warning, "W")
            found.append(kind(lack, id=f"integrations.{sign}_{channel.code}"))
    return found
