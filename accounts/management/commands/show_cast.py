"""`manage.py show_cast`: names the people of the demo for whoever has just started it; demo mode only."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import seeds


class Command(BaseCommand):
    """Print the cast by group, and how to sign in."""

    help = "Print the demo's people (demo mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a person."""
        if not settings.DEMO:
            raise CommandError("The cast exists in demo mode only.")
        for group, people in groupby(seeds.invited(), key=lambda person: person.group):
            self.stdout.write(group)
            for person in people:
                self.stdout.write(f"  {person.title[:1].upper()}{person.title[1:]}: {person.name}, {person.login}")
        self.stdout.write(f"One click on the sign-in page takes a role; the password of all is {seeds.DEMO_PASSWORD}")
