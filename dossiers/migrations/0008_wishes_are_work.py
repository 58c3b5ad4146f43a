"""A wish to withdraw that was open before wishes were work gets its work item, where the dossier lies."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

HEADS = {"department": "unit_head", "desk": "desk_head", "post": "desk_head"}
BESIDE = ["consult", "draft_sign", "draft_send", "withdrawal"]


def open_items(apps, schema_editor):
    """One item for each open wish; due in a day, since nobody was told of it as their work so far."""
    dossiers = apps.get_model("dossiers", "Dossier").objects
    items = apps.get_model("dossiers", "WorkItem").objects
    now = timezone.now()
    wished = dossiers.filter(wants_withdrawal=True, state__in=["accepted", "processing", "supplement"])
    for dossier in wished.select_related("receiving_unit").order_by("pk").iterator(chunk_size=500):
        here = items.filter(dossier=dossier, closed_at=None)
        if here.filter(kind="withdrawal").exists():
            continue
        step = here.exclude(kind__in=BESIDE).select_related("unit").order_by("pk").first()
        unit = step.unit if step else dossier.receiving_unit
        items.create(
            dossier=dossier,
            position=0,
            steps_total=step.steps_total if step else 0,
            kind="withdrawal",
            name="Trả lời đề nghị rút hồ sơ",
            unit=unit,
            role=HEADS.get(unit.kind, "signer"),
            opened_at=now,
            due_at=now + timedelta(days=1),
            outcome="",
        )


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0007_consultation'),
    ]

    operations = [migrations.RunPython(open_items, migrations.RunPython.noop)]
