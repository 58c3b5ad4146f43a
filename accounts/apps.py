"""The app of people and units; registers its checks and its kinds of messages when Django starts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the module."""

    name = "accounts"

    def ready(self) -> None:
        """Register the checks and the kinds of messages."""
        from accounts import checks, message_kinds  # noqa: F401
