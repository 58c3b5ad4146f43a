"""App configuration of the ground floor: loads task names into the web process and registers deploy checks."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    """The ground floor."""

    name = "portal"

    def ready(self) -> None:
        """Load every app's tasks (without this `app.tasks` is empty in web processes) and the checks.

        Celery's own loader cannot be used here: since 5.7 it calls django.setup(), which is running now.
        """
        from portal import celery, checks  # noqa: F401  the app object and the checks, once settings are ready

        autodiscover_modules("tasks")
