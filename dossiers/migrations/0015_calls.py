"""Calls the desk owes, and the number a submitter left at the counter."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_closing_of_units'),
        ('dossiers', '0014_form_marks'),
        ('integrations', '0002_noticed_failures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='needs_call',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='cần gọi điện'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='submitter_phone',
            field=models.CharField(blank=True, db_default='', max_length=16, verbose_name='điện thoại người nộp'),
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('who', models.CharField(blank=True, max_length=12, verbose_name='gọi cho')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='số điện thoại')),
                ('kind', models.CharField(max_length=60, verbose_name='loại tin')),
                ('words', models.CharField(max_length=300, verbose_name='cần báo')),
                ('reason', models.CharField(choices=[('failed', 'tin gửi đi không tới'), ('instead', 'cơ quan gọi điện thay tin nhắn')], max_length=10, verbose_name='lý do gọi')),
                ('since', models.DateTimeField(verbose_name='từ lúc')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần đã gọi')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='lần gọi gần nhất')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('outcome', models.CharField(blank=True, choices=[('told', 'đã báo được'), ('not_reached', 'chưa gặp được, sẽ gọi lại'), ('not_needed', 'không cần gọi nữa')], max_length=12, verbose_name='kết quả')),
                ('noted_seq', models.PositiveIntegerField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='dossiers.dossier')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.outboxmessage')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='nơi tiếp nhận')),
            ],
            options={
                'verbose_name': 'cuộc gọi cần làm',
                'verbose_name_plural': 'cuộc gọi cần làm',
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True), models.Q(('phone', ''), _negated=True)), fields=['unit', 'since', 'id'], name='call_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('dossier', 'phone'), name='call_once_a_number')],
            },
        ),
    ]
