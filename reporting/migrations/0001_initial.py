import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope_kind', models.CharField(choices=[('unit', 'đơn vị'), ('group', 'khối đơn vị'), ('department', 'phòng thụ lý'), ('total', 'toàn địa bàn')], max_length=12)),
                ('scope_id', models.BigIntegerField(null=True)),
                ('indicator', models.CharField(choices=[('services_used', 'Dịch vụ công trực tuyến có phát sinh hồ sơ'), ('online_share_all', 'Hồ sơ trực tuyến trên tổng số hồ sơ'), ('online_share_offered', 'Hồ sơ trực tuyến trên hồ sơ của thủ tục có trực tuyến'), ('on_time_first', 'Hồ sơ đúng hạn theo hẹn lần đầu')], max_length=24)),
                ('basis', models.CharField(choices=[('month', 'trong tháng'), ('cumulative', 'lũy kế từ đầu năm')], max_length=12)),
                ('formula_version', models.PositiveSmallIntegerField(default=1)),
                ('numerator', models.PositiveIntegerField()),
                ('denominator', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('indicator', models.CharField(choices=[('services_used', 'Dịch vụ công trực tuyến có phát sinh hồ sơ'), ('online_share_all', 'Hồ sơ trực tuyến trên tổng số hồ sơ'), ('online_share_offered', 'Hồ sơ trực tuyến trên hồ sơ của thủ tục có trực tuyến'), ('on_time_first', 'Hồ sơ đúng hạn theo hẹn lần đầu')], max_length=24, verbose_name='chỉ số')),
                ('basis', models.CharField(choices=[('month', 'trong tháng'), ('cumulative', 'lũy kế từ đầu năm')], max_length=12, verbose_name='cách tính')),
                ('scope_kind', models.CharField(choices=[('unit', 'đơn vị'), ('group', 'khối đơn vị'), ('department', 'phòng thụ lý'), ('total', 'toàn địa bàn')], max_length=12, verbose_name='phạm vi')),
                ('scope_id', models.BigIntegerField(blank=True, null=True, verbose_name='đơn vị')),
                ('month_end', models.DateField(verbose_name='đến ngày')),
                ('value', models.DecimalField(decimal_places=4, max_digits=6, verbose_name='chỉ tiêu')),
                ('is_derived', models.BooleanField(default=False, verbose_name='suy từ lộ trình')),
                ('decision_number', models.CharField(max_length=100, verbose_name='văn bản giao')),
                ('decided_on', models.DateField(verbose_name='ngày văn bản')),
                ('issuer', models.CharField(max_length=200, verbose_name='cơ quan giao')),
                ('plan', models.CharField(max_length=60, verbose_name='kế hoạch')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='phiên bản')),
            ],
            options={
                'verbose_name': 'chỉ tiêu',
                'verbose_name_plural': 'chỉ tiêu',
                'ordering': ['month_end', 'scope_kind', 'scope_id', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TransferFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dossier_id', models.BigIntegerField(verbose_name='hồ sơ')),
                ('seq', models.PositiveIntegerField()),
                ('moved_at', models.DateTimeField(verbose_name='chuyển lúc')),
                ('unit_id', models.BigIntegerField()),
                ('group_id', models.BigIntegerField(null=True)),
                ('department_id', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'lần chuyển hồ sơ',
                'verbose_name_plural': 'các lần chuyển hồ sơ',
            },
        ),
        migrations.CreateModel(
            name='DirtyMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='tháng')),
                ('marked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['month'], name='dirty_month')],
            },
        ),
        migrations.CreateModel(
            name='FactDossier',
            fields=[
                ('last_seq', models.PositiveIntegerField()),
                ('filed_at', models.DateTimeField(verbose_name='nộp lúc')),
                ('answer_due_at', models.DateTimeField(null=True, verbose_name='hạn trả lời')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='trả lời lúc')),
                ('received_at', models.DateTimeField(null=True, verbose_name='tiếp nhận lúc')),
                ('received_day', models.DateField(null=True, verbose_name='ngày tiếp nhận')),
                ('unit_id', models.BigIntegerField()),
                ('group_id', models.BigIntegerField(null=True)),
                ('department_id', models.BigIntegerField(null=True)),
                ('ward_code', models.CharField(blank=True, max_length=10)),
                ('procedure_id', models.BigIntegerField()),
                ('case_code', models.CharField(blank=True, max_length=80)),
                ('channel', models.PositiveSmallIntegerField()),
                ('sub_channel', models.CharField(max_length=10)),
                ('level_offered', models.PositiveSmallIntegerField()),
                ('is_assisted', models.BooleanField()),
                ('is_internal', models.BooleanField()),
                ('applicant_kind', models.CharField(blank=True, max_length=12)),
                ('first_due_at', models.DateTimeField(null=True, verbose_name='hẹn trả lần đầu')),
                ('first_due_day', models.DateField(null=True, verbose_name='ngày hẹn trả lần đầu')),
                ('due_at', models.DateTimeField(null=True, verbose_name='hạn trả')),
                ('supplements', models.PositiveSmallIntegerField(verbose_name='số lần yêu cầu bổ sung')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='xử lý xong lúc')),
                ('finished_day', models.DateField(null=True, verbose_name='ngày xử lý xong')),
                ('finish_kind', models.CharField(blank=True, choices=[('granted', 'đã giải quyết'), ('refused', 'từ chối giải quyết'), ('stopped', 'dừng xử lý'), ('withdrawn', 'rút hồ sơ'), ('not_accepted', 'không được tiếp nhận')], max_length=12, verbose_name='kết thúc')),
                ('finished_unit_id', models.BigIntegerField(null=True)),
                ('finished_group_id', models.BigIntegerField(null=True)),
                ('finished_department_id', models.BigIntegerField(null=True)),
                ('electronic_result', models.BooleanField(null=True)),
                ('returned_at', models.DateTimeField(null=True, verbose_name='trả kết quả lúc')),
                ('fee_due', models.PositiveIntegerField(null=True)),
                ('papers_total', models.PositiveSmallIntegerField()),
                ('papers_digitised', models.PositiveSmallIntegerField()),
                ('papers_reused', models.PositiveSmallIntegerField()),
                ('dossier_id', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='hồ sơ')),
            ],
            options={
                'verbose_name': 'dữ kiện hồ sơ',
                'verbose_name_plural': 'dữ kiện hồ sơ',
                'indexes': [models.Index(fields=['received_at'], name='fact_by_reception'), models.Index(fields=['finished_at'], name='fact_by_end')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='tháng')),
                ('computed_at', models.DateTimeField(verbose_name='tính lúc')),
                ('counted_until', models.DateTimeField(verbose_name='số liệu đến')),
                ('frozen_at', models.DateTimeField(blank=True, null=True, verbose_name='chốt lúc')),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-month', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('frozen_at__isnull', True)), fields=('month',), name='run_one_live'), models.UniqueConstraint(condition=models.Q(('frozen_at__isnull', False)), fields=('month',), name='run_one_frozen')],
            },
        ),
        migrations.CreateModel(
            name='ClosedFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_seq', models.PositiveIntegerField()),
                ('filed_at', models.DateTimeField(verbose_name='nộp lúc')),
                ('answer_due_at', models.DateTimeField(null=True, verbose_name='hạn trả lời')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='trả lời lúc')),
                ('received_at', models.DateTimeField(null=True, verbose_name='tiếp nhận lúc')),
                ('received_day', models.DateField(null=True, verbose_name='ngày tiếp nhận')),
                ('unit_id', models.BigIntegerField()),
                ('group_id', models.BigIntegerField(null=True)),
                ('department_id', models.BigIntegerField(null=True)),
                ('ward_code', models.CharField(blank=True, max_length=10)),
                ('procedure_id', models.BigIntegerField()),
                ('case_code', models.CharField(blank=True, max_length=80)),
                ('channel', models.PositiveSmallIntegerField()),
                ('sub_channel', models.CharField(max_length=10)),
                ('level_offered', models.PositiveSmallIntegerField()),
                ('is_assisted', models.BooleanField()),
                ('is_internal', models.BooleanField()),
                ('applicant_kind', models.CharField(blank=True, max_length=12)),
                ('first_due_at', models.DateTimeField(null=True, verbose_name='hẹn trả lần đầu')),
                ('first_due_day', models.DateField(null=True, verbose_name='ngày hẹn trả lần đầu')),
                ('due_at', models.DateTimeField(null=True, verbose_name='hạn trả')),
                ('supplements', models.PositiveSmallIntegerField(verbose_name='số lần yêu cầu bổ sung')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='xử lý xong lúc')),
                ('finished_day', models.DateField(null=True, verbose_name='ngày xử lý xong')),
                ('finish_kind', models.CharField(blank=True, choices=[('granted', 'đã giải quyết'), ('refused', 'từ chối giải quyết'), ('stopped', 'dừng xử lý'), ('withdrawn', 'rút hồ sơ'), ('not_accepted', 'không được tiếp nhận')], max_length=12, verbose_name='kết thúc')),
                ('finished_unit_id', models.BigIntegerField(null=True)),
                ('finished_group_id', models.BigIntegerField(null=True)),
                ('finished_department_id', models.BigIntegerField(null=True)),
                ('electronic_result', models.BooleanField(null=True)),
                ('returned_at', models.DateTimeField(null=True, verbose_name='trả kết quả lúc')),
                ('fee_due', models.PositiveIntegerField(null=True)),
                ('papers_total', models.PositiveSmallIntegerField()),
                ('papers_digitised', models.PositiveSmallIntegerField()),
                ('papers_reused', models.PositiveSmallIntegerField()),
                ('dossier_id', models.BigIntegerField(verbose_name='hồ sơ')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closed_facts', to='reporting.run')),
            ],
            options={
                'verbose_name': 'dữ kiện lúc chốt',
                'verbose_name_plural': 'dữ kiện lúc chốt',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='run',
            trigger=pgtrigger.compiler.Trigger(name='frozen_run_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."frozen_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2cf6f031684e0b2b02378e2e26b5a262b5e357e2', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_run_stays_381f9', table='reporting_run', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='snapshot',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='reporting.run'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('indicator', 'basis', 'scope_kind', 'scope_id', 'month_end', 'version'), name='target_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0), ('value__lte', 1)), name='target_is_a_ratio'),
        ),
        migrations.AddConstraint(
            model_name='transferfact',
            constraint=models.UniqueConstraint(fields=('dossier_id', 'seq'), name='transfer_once'),
        ),
        migrations.AddConstraint(
            model_name='closedfact',
            constraint=models.UniqueConstraint(fields=('run', 'dossier_id'), name='closed_fact_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closedfact',
            trigger=pgtrigger.compiler.Trigger(name='closed_fact_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ddad0e534f3b4687e785ad743176bcb5f0fa7d03', operation='UPDATE OR DELETE', pgid='pgtrigger_closed_fact_stays_d2f18', table='reporting_closedfact', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='snapshot',
            constraint=models.UniqueConstraint(fields=('run', 'scope_kind', 'scope_id', 'indicator', 'basis'), name='snapshot_once', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='snapshot',
            trigger=pgtrigger.compiler.Trigger(name='frozen_snapshot_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF EXISTS (SELECT 1 FROM reporting_run r\n                           WHERE r.frozen_at IS NOT NULL AND r.id IN (NEW.run_id, OLD.run_id)) THEN\n                    RAISE EXCEPTION 'figures of a frozen month do not change';\n                END IF;\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n                ", hash='3b65de82195ffb6da4c4c540e5f2d5544be95b95', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_snapshot_stays_c2aa8', table='reporting_snapshot', when='BEFORE')),
        ),
    ]
