"""Facts are also found by the day they were filed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index; built without locking the table."""

    atomic = False
    dependencies = [("reporting", "0007_follow_up")]
    operations = [
        AddIndexConcurrently("factdossier", models.Index(fields=["filed_at"], name="fact_by_filing")),
    ]
