"""Start of the room: every channel is declared, then the checks that ask them."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """What leaves or enters the house."""

    name = "integrations"

    def ready(self) -> None:
        """Import the modules of integrations.channels; each declares one channel."""
        from integrations import checks  # noqa: F401  registered by being imported
        from portal.registry import import_all

        import_all("integrations.channels")
