"""Three plain tables of the yardstick; made by `migrate --run-syncdb`, never part of the portal."""

from django.db import models


class Office(models.Model):
    """Where a case lies."""

    name = models.CharField(max_length=200)


class Kind(models.Model):
    """What a case is about."""

    title = models.CharField(max_length=300)


class Case(models.Model):
    """As many columns as a queue shows."""

    code = models.CharField(max_length=40)
    person = models.CharField(max_length=200)
    kind = models.ForeignKey(Kind, models.PROTECT)
    office = models.ForeignKey(Office, models.PROTECT)
    is_open = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["office", "due_at", "id"], name="reference_queue", condition=models.Q(is_open=True))
        ]
