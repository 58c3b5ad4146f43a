"""Start of the room: every channel is declared with its sweep, then the checks that ask them."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """What leaves or enters the house."""

    name = "integrations"

    def ready(self) -> None:
        """Import the modules of integrations.channels; each declares one channel. Each channel has its line in the outbox."""
        from integrations import checks, outbox  # noqa: F401  checks are registered by being imported
        from portal.registry import import_all

        import_all("integrations.channels")
        outbox.declare_sweeps()
