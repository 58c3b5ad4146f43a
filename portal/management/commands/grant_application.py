"""Set the rights of the application's database role, as the owner: `AS_OWNER=1 manage.py grant_application`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import rights


class Command(BaseCommand):
    """Run by `bin/serve migrate` after the tables are made; may be repeated at any time."""

    help = "Grant the role of DATABASE_URL what the application needs and no more. Connects by DATABASE_OWNER_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant, or say why not."""
        role = rights.application()
        if not settings.DATABASE_OWNER_URL:
            if not settings.DEMO:
                raise CommandError(
                    "DATABASE_OWNER_URL is not set: the application would own the tables it must not change."
                )
            self.stdout.write("Demo without DATABASE_OWNER_URL: the application owns its tables; nothing granted.")
            return
        owner = rights.connected_as()
        if owner == role.name:
            raise CommandError(f"{owner} is the application's own role. Set AS_OWNER=1 and two different roles.")
        with transaction.atomic():
            rights.grant(role)
        self.stdout.write(f"{role.name}: rights granted by {owner}.")
        for wrong in rights.wrong_grants(role.name):
            self.stderr.write(f"wrong: {wrong}")
