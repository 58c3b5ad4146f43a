"""Start of the room: what may be done, what then happens, what is printed and told are declared."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """The aggregate of both sides of the counter."""

    name = "dossiers"

    def ready(self) -> None:
        """Import the modules of dossiers.acts; each declares one matter."""
        from dossiers import message_kinds  # noqa: F401  kinds are declared by being imported
        from portal.registry import import_all

        import_all("dossiers.acts")
