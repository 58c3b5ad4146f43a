"""`manage.py setup_beat`: writes the beat table of portal.celery into the database scheduler; safe to run at any time."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from portal.celery import schedule

OURS = "portal.celery.schedule"  # marks the rows this command may remove


class Command(BaseCommand):
    """Bring the database scheduler's rows in line with the table in code; switched-off rows stay switched off."""

    help = "Write the beat table into the database scheduler."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create, change and remove rows; write nothing when all is in place."""
        table = schedule()
        changed = sum(self._put(name, entry) for name, entry in table.items())
        gone, _rows = PeriodicTask.objects.filter(description=OURS).exclude(name__in=table).delete()
        if changed or gone:
            PeriodicTasks.update_changed()
        self.stdout.write(f"beat: {len(table)} entries, {changed} written, {gone} removed")

    def _put(self, name: str, entry: dict[str, Any]) -> bool:
        when = self._when(entry)
        wanted = {"task": entry["task"], "description": OURS, "interval": None, "crontab": None, **when}
        row = PeriodicTask.objects.filter(name=name).first()
        if row and all(getattr(row, field) == value for field, value in wanted.items()):
            return False
        PeriodicTask.objects.update_or_create(name=name, defaults=wanted)
        return True

    def _when(self, entry: dict[str, Any]) -> dict[str, Any]:
        if "every" in entry:
            interval, _new = IntervalSchedule.objects.get_or_create(
                every=entry["every"], period=IntervalSchedule.SECONDS
            )
            return {"interval": interval}
        minute, hour, day, month, weekday = entry["crontab"].split()
        crontab, _new = CrontabSchedule.objects.get_or_create(
            minute=minute,
            hour=hour,
            day_of_month=day,
            month_of_year=month,
            day_of_week=weekday,
            timezone=ZoneInfo(settings.TIME_ZONE),
        )
        return {"crontab": crontab}
