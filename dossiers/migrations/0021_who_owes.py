"""What waits to be paid is found by an index, built without stopping anybody."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("dossiers", "0020_money")]
    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="dossier",
            index=models.Index(condition=models.Q(('fee_due__gt', models.F('fee_paid')), ('state__in', ('accepted', 'processing', 'supplement', 'payment', 'checking', 'done'))), fields=['receiving_unit', 'received_at'], name='dossier_owes'),
        ),
    ]
