import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Field',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=80, unique=True, verbose_name='mã lĩnh vực')),
                ('name', models.CharField(max_length=300, verbose_name='tên lĩnh vực')),
                ('sort_name', models.CharField(editable=False, max_length=1300)),
            ],
            options={
                'verbose_name': 'lĩnh vực',
                'ordering': ['sort_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LifeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=120, verbose_name='sự kiện')),
                ('icon', models.CharField(blank=True, max_length=40)),
                ('for_business', models.BooleanField(default=False)),
                ('sort_order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['for_business', 'sort_order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('code', models.CharField(max_length=60, unique=True, verbose_name='mã thủ tục')),
                ('name', models.CharField(max_length=2000, verbose_name='tên thủ tục')),
                ('kind', models.CharField(choices=[('standard', 'do bộ, ngành công bố'), ('specific', 'đặc thù của tỉnh'), ('internal', 'nội bộ giữa các cơ quan nhà nước')], default='standard', max_length=10, verbose_name='loại')),
                ('is_internal', models.BooleanField(default=False, verbose_name='nội bộ giữa các cơ quan nhà nước')),
                ('levels', models.JSONField(default=list, verbose_name='cấp thực hiện')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='cơ quan công bố')),
                ('popularity', models.PositiveIntegerField(default=0, verbose_name='độ phổ biến')),
                ('keywords', models.CharField(blank=True, max_length=1000, verbose_name='từ khóa, tên thường gọi')),
                ('retired_on', models.DateField(blank=True, null=True, verbose_name='bãi bỏ từ')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='procedures.field', verbose_name='lĩnh vực')),
                ('life_events', models.ManyToManyField(blank=True, related_name='procedures', to='procedures.lifeevent', verbose_name='sự kiện')),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='procedures.procedure')),
            ],
            options={
                'verbose_name': 'thủ tục hành chính',
                'verbose_name_plural': 'thủ tục hành chính',
                'ordering': ['code', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('procedure', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='procedures.procedure')),
                ('name', models.TextField()),
                ('body', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('number', models.PositiveIntegerField(verbose_name='phiên bản')),
                ('state', models.CharField(choices=[('draft', 'bản nháp'), ('published', 'đã công bố'), ('retired', 'hết hiệu lực')], default='draft', max_length=10, verbose_name='trạng thái')),
                ('source', models.CharField(choices=[('import', 'cơ sở dữ liệu quốc gia'), ('local', 'địa phương biên tập')], default='local', max_length=10, verbose_name='nguồn')),
                ('source_digest', models.CharField(blank=True, max_length=64)),
                ('valid_from', models.DateField(verbose_name='hiệu lực từ')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='hiệu lực đến hết')),
                ('decision_number', models.CharField(blank=True, max_length=200, verbose_name='quyết định công bố')),
                ('name', models.CharField(max_length=2000, verbose_name='tên thủ tục')),
                ('audience', models.JSONField(default=list, verbose_name='đối tượng thực hiện')),
                ('agency', models.TextField(blank=True, verbose_name='cơ quan thực hiện')),
                ('agency_competent', models.TextField(blank=True, verbose_name='cơ quan có thẩm quyền')),
                ('agency_coordinating', models.TextField(blank=True, verbose_name='cơ quan phối hợp')),
                ('receiving_address', models.TextField(blank=True, verbose_name='địa chỉ tiếp nhận')),
                ('steps_text', models.TextField(blank=True, verbose_name='trình tự thực hiện')),
                ('conditions', models.TextField(blank=True, verbose_name='yêu cầu, điều kiện')),
                ('time_limit_text', models.TextField(blank=True, verbose_name='thời hạn giải quyết')),
                ('fee_text', models.TextField(blank=True, verbose_name='phí, lệ phí')),
                ('results', models.JSONField(default=list, verbose_name='kết quả')),
                ('legal_basis', models.JSONField(default=list, verbose_name='căn cứ pháp lý')),
                ('cases', models.JSONField(default=list, verbose_name='trường hợp')),
                ('form_spec', models.JSONField(blank=True, null=True, verbose_name='biểu mẫu điện tử')),
                ('what_you_get', models.CharField(blank=True, max_length=500, verbose_name='bạn nhận được')),
                ('minutes_to_fill', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='thời gian điền (phút)')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='procedures.procedure')),
            ],
            options={
                'ordering': ['procedure_id', '-number', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RequiredPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_code', models.CharField(blank=True, max_length=80, verbose_name='trường hợp')),
                ('code', models.CharField(max_length=150, verbose_name='mã thành phần')),
                ('name', models.TextField(verbose_name='tên giấy tờ')),
                ('kind', models.CharField(choices=[('submit', 'phải nộp'), ('present', 'phải xuất trình'), ('note', 'lưu ý')], default='submit', max_length=10, verbose_name='loại')),
                ('heading', models.TextField(blank=True, verbose_name='nhóm')),
                ('form_name', models.CharField(blank=True, max_length=1000, verbose_name='mẫu đơn, tờ khai')),
                ('originals', models.PositiveSmallIntegerField(default=0, verbose_name='bản chính')),
                ('copies', models.PositiveSmallIntegerField(default=0, verbose_name='bản sao')),
                ('is_required', models.BooleanField(default=False, verbose_name='bắt buộc')),
                ('vault_kind', models.CharField(blank=True, max_length=80, verbose_name='loại giấy tờ trong kho')),
                ('sort_order', models.PositiveSmallIntegerField(default=0)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='procedures.revision')),
            ],
            options={
                'ordering': ['sort_order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LimitRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_code', models.CharField(blank=True, max_length=80, verbose_name='trường hợp')),
                ('channel', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'trực tiếp'), (2, 'trực tuyến'), (3, 'bưu chính công ích')], null=True, verbose_name='hình thức nộp')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='thời hạn')),
                ('unit', models.CharField(blank=True, max_length=12, verbose_name='đơn vị')),
                ('text', models.TextField(blank=True, verbose_name='nguyên văn')),
                ('resume_policy', models.CharField(choices=[('restart', 'tính lại từ đầu'), ('shift', 'cộng thêm thời gian đã dừng')], default='restart', max_length=10, verbose_name='sau khi tạm dừng')),
                ('start_rule', models.CharField(blank=True, max_length=30, verbose_name='quy tắc bắt đầu tính')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limits', to='procedures.revision')),
            ],
            options={
                'ordering': ['case_code', 'channel', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FeeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_code', models.CharField(blank=True, max_length=80, verbose_name='trường hợp')),
                ('channel', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'trực tiếp'), (2, 'trực tuyến'), (3, 'bưu chính công ích')], null=True, verbose_name='hình thức nộp')),
                ('name', models.CharField(max_length=300, verbose_name='tên khoản')),
                ('amount', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='mức thu (đồng)')),
                ('note', models.TextField(blank=True, verbose_name='ghi chú, miễn giảm')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fees', to='procedures.revision')),
            ],
            options={
                'ordering': ['case_code', 'channel', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RouteStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='bước')),
                ('kind', models.CharField(choices=[('intake', 'Tiếp nhận, chuyển hồ sơ'), ('assign', 'Phân công'), ('appraise', 'Thẩm định'), ('review', 'Kiểm tra, trình'), ('sign', 'Ký'), ('stamp', 'Vào sổ, đóng dấu, ban hành'), ('return', 'Trả kết quả')], max_length=10, verbose_name='loại bước')),
                ('name', models.CharField(max_length=200, verbose_name='tên bước')),
                ('role', models.CharField(choices=[('receptionist', 'cán bộ tiếp nhận'), ('cashier', 'cán bộ thu phí, lệ phí'), ('returner', 'cán bộ trả kết quả'), ('desk_head', 'trưởng Bộ phận Một cửa'), ('postal_clerk', 'nhân viên bưu điện'), ('helper', 'người hỗ trợ (Tổ công nghệ số cộng đồng)'), ('officer', 'chuyên viên thụ lý'), ('unit_head', 'lãnh đạo phòng'), ('signer', 'lãnh đạo ký'), ('clerk', 'văn thư'), ('consulted', 'đơn vị phối hợp'), ('home_affairs', 'chuyên viên Nội vụ'), ('procedure_controller', 'kiểm soát thủ tục hành chính'), ('administrator', 'quản trị hệ thống')], max_length=24, verbose_name='vai trò')),
                ('place', models.CharField(choices=[('desk', 'Bộ phận Một cửa'), ('department', 'phòng chuyên môn'), ('authority', 'lãnh đạo, văn phòng của cơ quan có thẩm quyền')], max_length=12, verbose_name='nơi thực hiện')),
                ('hours', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='giờ làm việc')),
                ('after', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, null=True, size=None, verbose_name='sau các bước')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='route', to='procedures.revision')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OnlineOffering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, 'chỉ nộp trực tiếp'), (2, 'cung cấp thông tin'), (3, 'trực tuyến một phần'), (4, 'trực tuyến toàn trình')], verbose_name='mức độ trực tuyến')),
                ('valid_from', models.DateField(verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến hết ngày')),
                ('reason', models.CharField(blank=True, choices=[('presence', 'phải có mặt trực tiếp'), ('site_check', 'phải kiểm tra, xác minh tại chỗ'), ('technical_fault', 'sự cố kỹ thuật chưa khắc phục được'), ('other_technical', 'vấn đề kỹ thuật khác')], max_length=20, verbose_name='lý do chưa toàn trình')),
                ('reason_note', models.CharField(blank=True, max_length=500, verbose_name='giải thích, căn cứ')),
                ('decided_by', models.CharField(blank=True, max_length=200, verbose_name='văn bản quyết định')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handled_offerings', to='accounts.orgunit', verbose_name='phòng thụ lý')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='accounts.orgunit', verbose_name='cơ quan có thẩm quyền')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='procedures.procedure')),
            ],
            options={
                'ordering': ['unit__sort_order', '-valid_from', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'unit', 'valid_from'), name='offering_once_a_day'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='offering_dates_in_order'), models.CheckConstraint(condition=models.Q(('level', 4), models.Q(('reason', ''), _negated=True), _connector='OR'), name='offering_has_reason', violation_error_message='Thủ tục chưa trực tuyến toàn trình phải ghi lý do.')],
            },
        ),
        migrations.CreateModel(
            name='PublicFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('value', models.JSONField()),
                ('as_of', models.DateTimeField()),
                ('procedure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='procedures.procedure')),
            ],
            options={
                'ordering': ['key', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'key'), name='fact_once', nulls_distinct=False)],
            },
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('procedure', 'number'), name='revision_number_once'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='revision_dates_in_order'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='published_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF OLD.state = 'draft' THEN\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        END IF;\n        IF TG_OP = 'DELETE' OR NEW.state = 'draft'\n           OR to_jsonb(OLD) - ARRAY['state', 'valid_to', 'updated_at']\n              IS DISTINCT FROM to_jsonb(NEW) - ARRAY['state', 'valid_to', 'updated_at'] THEN\n            RAISE EXCEPTION 'a published revision of a procedure is immutable';\n        END IF;\n        RETURN NEW;\n    ", hash='d89d224b7ad22a3699a005e6f2b905ee47c9086e', operation='UPDATE OR DELETE', pgid='pgtrigger_published_is_fixed_7d69e', table='procedures_revision', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='requiredpaper',
            constraint=models.UniqueConstraint(fields=('revision', 'case_code', 'code'), name='paper_code_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requiredpaper',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_revision', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT 1 FROM procedures_revision r WHERE r.id = OLD.revision_id AND r.state <> 'draft') THEN\n            RAISE EXCEPTION 'a published revision of a procedure is immutable';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='a65c4e9a5c81e0a8bc2f13c585fe89504bf9d017', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_with_revision_18563', table='procedures_requiredpaper', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='limitrule',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_revision', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT 1 FROM procedures_revision r WHERE r.id = OLD.revision_id AND r.state <> 'draft') THEN\n            RAISE EXCEPTION 'a published revision of a procedure is immutable';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='8f866aafa7ac501b9e73202b1f5388d4473547b3', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_with_revision_5fd59', table='procedures_limitrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='feerule',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_revision', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT 1 FROM procedures_revision r WHERE r.id = OLD.revision_id AND r.state <> 'draft') THEN\n            RAISE EXCEPTION 'a published revision of a procedure is immutable';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='4589274e5dfb80b79212d0dea3ca8ee5079c4078', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_with_revision_dd579', table='procedures_feerule', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='routestep',
            constraint=models.UniqueConstraint(fields=('revision', 'position'), name='route_position_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routestep',
            trigger=pgtrigger.compiler.Trigger(name='frozen_with_revision', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT 1 FROM procedures_revision r WHERE r.id = OLD.revision_id AND r.state <> 'draft') THEN\n            RAISE EXCEPTION 'a published revision of a procedure is immutable';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='465ad4d03ec65e94ff98f8ce0392bdfe0dda3bb0', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_with_revision_73f68', table='procedures_routestep', when='BEFORE')),
        ),
    ]
