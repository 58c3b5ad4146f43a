"""Start of the room: what hangs on units here is declared."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Figures, boards and targets."""

    name = "reporting"

    def ready(self) -> None:
        """Say what hangs on units here."""
        from accounts.closing import PARTS
        from reporting.closing import AFTER_FIGURES, TARGETS

        PARTS.add(TARGETS)
        PARTS.add(AFTER_FIGURES)
