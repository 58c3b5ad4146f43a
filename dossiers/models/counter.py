"""Counter rows behind every official number."""

from typing import ClassVar

from django.db import models

from portal import columns


class Counter(models.Model):
    """Last number given in a scope (authority or unit), for a kind, in a period (day or year)."""

    scope = columns.Line(max_length=60)
    kind = columns.Line(max_length=24)
    period = columns.Line(max_length=10)
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "kind", "period"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.kind} {self.period}: {self.last}"
