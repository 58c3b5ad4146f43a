import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ByteRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='tên tệp')),
                ('mime', models.CharField(max_length=100, verbose_name='loại tệp')),
                ('size', models.PositiveIntegerField(verbose_name='dung lượng')),
                ('sha256', models.CharField(max_length=64)),
                ('wrapped_key', models.BinaryField(blank=True, null=True)),
                ('key_id', models.CharField(blank=True, max_length=40)),
                ('scan_state', models.CharField(choices=[('waiting', 'đang chờ quét vi-rút'), ('clean', 'đã quét, an toàn'), ('infected', 'có mã độc, đã cách ly'), ('not_scanned', 'chưa quét (không có máy quét)')], max_length=12, verbose_name='quét vi-rút')),
                ('scanned_at', models.DateTimeField(blank=True, null=True, verbose_name='quét lúc')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='VaultItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('kind', models.CharField(choices=[('result', 'kết quả giải quyết'), ('accepted_paper', 'giấy tờ đã được chấp nhận')], max_length=16, verbose_name='nguồn gốc')),
                ('paper_kind', models.CharField(max_length=80, verbose_name='mã loại giấy tờ')),
                ('title', models.CharField(max_length=500, verbose_name='tên giấy tờ')),
                ('number', models.CharField(blank=True, max_length=80, verbose_name='số, ký hiệu')),
                ('issuer', models.CharField(blank=True, max_length=200, verbose_name='cơ quan cấp')),
                ('issued_on', models.DateField(verbose_name='ngày cấp')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='có giá trị đến')),
                ('source_code', models.CharField(blank=True, max_length=60, verbose_name='mã hồ sơ nguồn')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vault_items', to='vault.storedfile')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vault_items', to='accounts.party')),
            ],
            options={
                'ordering': ['-issued_on', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(fields=['scan_state', 'created_at'], name='file_scan_queue'),
        ),
        migrations.AddIndex(
            model_name='vaultitem',
            index=models.Index(fields=['owner', 'paper_kind'], name='vault_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='vaultitem',
            constraint=models.UniqueConstraint(fields=('owner', 'file'), name='vault_file_once'),
        ),
    ]
