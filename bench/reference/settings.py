"""The portal's own settings plus the yardstick's app and addresses."""

from portal.settings import *  # noqa: F403  the same middleware, pool and templates are the point
from portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.reference"]
ROOT_URLCONF = "bench.reference.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
