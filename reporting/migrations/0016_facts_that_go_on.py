"""What was open at a moment is found by an index, however many dossiers there are before and after it."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression


class Migration(migrations.Migration):
    """Indexes; built without locking the table, the new ones before the old one goes."""

    atomic = False
    dependencies = [("reporting", "0015_second_persons")]
    operations = [
        AddIndexConcurrently(
            "factdossier", models.Index(fields=["received_at", "finished_at"], name="fact_by_reception_and_end")
        ),
        AddIndexConcurrently(
            "factdossier",
            models.Index(
                fields=["finished_at", "received_at"],
                name="fact_that_lasted",
                condition=models.Q(
                    finished_day__gte=models.ExpressionWrapper(
                        CombinedExpression(models.F("received_day"), "+", models.Value(90)),
                        output_field=models.DateField(),
                    )
                ),
            ),
        ),
        RemoveIndexConcurrently("factdossier", "fact_by_reception"),
    ]
