"""Start of the room: after every migration the templates of result papers are loaded, so that no installation lacks them."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProceduresConfig(AppConfig):
    """The catalogue."""

    name = "procedures"

    def ready(self) -> None:
        """Ask for the end of migrations; say what hangs on units here."""
        from accounts.closing import PARTS
        from procedures.closing import HANDLED, OFFERINGS, POSTAL

        PARTS.add(OFFERINGS)
        PARTS.add(HANDLED)
        PARTS.add(POSTAL)
        post_migrate.connect(_load_templates, sender=self)


def _load_templates(*, using: str, plan: Any = None, **_said: Any) -> None:
    from django.db import connections

    from procedures import result_templates
    from procedures.models import ResultTemplate

    if ResultTemplate._meta.db_table in connections[using].introspection.table_names():  # not while going back
        result_templates.load()
