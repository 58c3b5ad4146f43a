"""Deploy checks: the demo's people, whose password is published, must not stand in a database of production."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name
from django.db import connection
from django.db.models import Count

from accounts.models import User
from accounts.seeds import DEMO_PASSWORD, accounts_of_cast
from portal.db import is_reachable


@register(Tags.security, deploy=True)
def no_demo_people(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a database with the cast or its password; one without tables yet holds nobody."""
    if settings.DEMO:  # refused by itself
        return []
    if not is_reachable():
        return [Warning("The database does not answer: not known whether it holds demo people.", id="accounts.W001")]
    return _found() if User._meta.db_table in connection.introspection.table_names() else []


def _found() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    people = [user for user in accounts_of_cast().values() if user.is_active]
    if people:
        sentence = (
            f"{len(people)} people of the demo may sign in, and their password is published; use an empty database."
        )
        found.append(Error(sentence, id="accounts.E001"))
    elif any(check_password(DEMO_PASSWORD, encoded) for encoded in _suspicious()):
        found.append(Error("Somebody signs in with the published password of the demo.", id="accounts.E002"))
    return found


def _suspicious() -> set[str]:
    """Hashes worth the time of a comparison: what several people have in common, and those of superusers."""
    usable = User.objects.filter(is_active=True).exclude(password__startswith="!")  # noqa: S106  the mark of an unusable one
    shared = usable.values("password").annotate(times=Count("pk")).filter(times__gt=1)
    return {row["password"] for row in shared[:5]} | set(
        usable.filter(is_superuser=True).order_by("pk").values_list("password", flat=True)[:5]
    )
