"""App configurations of the ground floor: task names in the web process, deploy checks, the site of the system pages."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    """The ground floor."""

    name = "portal"

    def ready(self) -> None:
        """Load what every app brings: tasks (else `app.tasks` is empty in web processes) with their sweeps, navigation, sections; and the checks.

        Celery's own loader cannot be used here: since 5.7 it calls django.setup(), which is running now.
        """
        from portal import celery, checks  # noqa: F401  the app object and the checks, once settings are ready

        autodiscover_modules("tasks", "navigation", "dossier_sections")


class SystemConfig(AdminConfig):
    """Django's admin with our site, which has no sign-in form of its own."""

    default_site = "portal.system.SystemSite"
