"""A dossier has one new date after an apology at most; its index is built without stopping anybody."""

from typing import ClassVar

from django.db import migrations, models

ONCE = """
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "segment_one_apology" ON "dossiers_clocksegment" ("dossier_id")
WHERE "kind" = 'apology'
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("dossiers", "0024_answers_given_anew")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="dossier",
            name="reappointed_from",
            field=models.DateTimeField(blank=True, null=True, verbose_name="hẹn trả trước khi hẹn lại"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONCE, 'DROP INDEX IF EXISTS "segment_one_apology"')],
            state_operations=[
                migrations.AddConstraint(
                    model_name="clocksegment",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("kind", "apology")), fields=("dossier",), name="segment_one_apology"
                    ),
                ),
            ],
        ),
    ]
