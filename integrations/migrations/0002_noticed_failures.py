"""Messages that failed are noticed once by the room that wrote them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index on a grown table is built beside its work
    dependencies = [("integrations", "0001_initial")]

    operations = [
        migrations.AddField(
            "outboxmessage",
            "noticed_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="đã xử lý lỗi lúc"),
        ),
        AddIndexConcurrently(
            "outboxmessage",
            models.Index(
                condition=models.Q(("noticed_at__isnull", True), ("state", "failed")),
                fields=["id"],
                name="outbox_unnoticed",
            ),
        ),
    ]
