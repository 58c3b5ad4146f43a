"""Lists of open work are walked by the law's due time; the indexes by the step's own time have nothing left to serve."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("dossiers", "0026_by_law")]
    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["unit", "legal_at", "id"],
                include=("kind", "holder", "is_waiting", "is_new", "is_asked", "dossier"),
                name="work_by_law",
            ),
        ),
        AddIndexConcurrently(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["holder", "legal_at", "id"],
                name="work_mine_by_law",
            ),
        ),
        AddIndexConcurrently(
            model_name="paperdraft",
            index=models.Index(
                condition=models.Q(("state", "sent_back")), fields=["dossier", "work_item"], name="draft_sent_back"
            ),
        ),
        RemoveIndexConcurrently(model_name="workitem", name="work_inbox"),
        RemoveIndexConcurrently(model_name="workitem", name="work_mine"),
    ]
