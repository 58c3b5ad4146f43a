"""The app of people and units; registers its checks when Django starts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the module."""

    name = "accounts"

    def ready(self) -> None:
        """Register the checks."""
        from accounts import checks  # noqa: F401
