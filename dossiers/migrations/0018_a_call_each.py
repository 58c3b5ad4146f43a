"""Of whom no number is known each audience has a call of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0017_calls_without_a_number'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='call',
            name='call_once_a_number',
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('phone', ''), _negated=True)), fields=('dossier', 'phone'), name='call_once_a_number'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('phone', '')), fields=('dossier', 'who'), name='call_once_an_audience'),
        ),
    ]
