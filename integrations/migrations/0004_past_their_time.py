"""Messages that were not sent while they were of use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('integrations', '0003_claims'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outboxmessage',
            name='state',
            field=models.CharField(choices=[('waiting', 'chờ gửi'), ('sent', 'đã gửi'), ('failed', 'không gửi được'), ('over', 'quá thời gian dùng')], default='waiting', max_length=10, verbose_name='trạng thái'),
        ),
        AddIndexConcurrently(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'over')), fields=['channel', 'updated_at'], name='outbox_over'),
        ),
    ]
