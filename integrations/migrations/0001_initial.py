import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangeLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(max_length=40, verbose_name='dịch vụ')),
                ('operation', models.CharField(max_length=60, verbose_name='thao tác')),
                ('outcome', models.CharField(max_length=40, verbose_name='kết quả')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='chi tiết')),
                ('milliseconds', models.PositiveIntegerField(default=0, verbose_name='thời gian (ms)')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True, verbose_name='lúc')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('kind', models.CharField(max_length=60, verbose_name='loại')),
                ('channel', models.CharField(max_length=20, verbose_name='kênh')),
                ('address', models.CharField(max_length=254, verbose_name='địa chỉ')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='tiêu đề')),
                ('body', models.TextField(verbose_name='nội dung')),
                ('link', models.CharField(blank=True, max_length=300, verbose_name='liên kết')),
                ('dedupe_key', models.CharField(max_length=120, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'chờ gửi'), ('sent', 'đã gửi'), ('failed', 'không gửi được')], default='waiting', max_length=10, verbose_name='trạng thái')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='số lần gửi')),
                ('next_at', models.DateTimeField(auto_now_add=True, verbose_name='gửi lần tới')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='đã gửi lúc')),
                ('last_error', models.CharField(blank=True, max_length=300, verbose_name='lỗi gần nhất')),
            ],
            options={
                'verbose_name': 'tin gửi đi',
                'verbose_name_plural': 'tin gửi đi',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at', 'id'], name='outbox_due')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=300, verbose_name='tiêu đề')),
                ('body', models.TextField(verbose_name='nội dung')),
                ('link', models.CharField(blank=True, max_length=300, verbose_name='liên kết')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='lúc')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='đã đọc lúc')),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notice', to='integrations.outboxmessage')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['address', '-created_at'], name='notice_by_reader')],
            },
        ),
    ]
