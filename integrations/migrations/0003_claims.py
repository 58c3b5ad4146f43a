from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('integrations', '0002_noticed_failures'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmessage',
            name='claimed_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='đang gửi đến'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['channel', 'next_at', 'id'], name='outbox_due_by_channel'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('claimed_until__isnull', False)), fields=['channel'], name='outbox_claimed'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['channel', 'updated_at'], name='outbox_failed'),
        ),
        RemoveIndexConcurrently(
            model_name='outboxmessage',
            name='outbox_due',
        ),
    ]
