import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import portal.partialdate
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('procedures', '0001_initial'),
        ('vault', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EventText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('text', models.TextField(verbose_name='nội dung')),
                ('is_public', models.BooleanField(default=False, verbose_name='cho người nộp xem')),
            ],
        ),
        migrations.CreateModel(
            name='PaperDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('kind', models.CharField(choices=[('result', 'kết quả giải quyết'), ('refusal', 'từ chối'), ('supplement_request', 'yêu cầu bổ sung'), ('apology', 'xin lỗi và hẹn lại'), ('stop_notice', 'thông báo dừng giải quyết'), ('withdrawal_answer', 'trả lời đề nghị rút hồ sơ'), ('consultation_answer', 'trả lời lấy ý kiến')], max_length=24, verbose_name='loại dự thảo')),
                ('template', models.CharField(max_length=60, verbose_name='mẫu')),
                ('template_version', models.PositiveSmallIntegerField(verbose_name='phiên bản mẫu')),
                ('fields', models.JSONField(default=dict, verbose_name='nội dung')),
                ('state', models.CharField(choices=[('drafting', 'đang soạn'), ('reviewed', 'đã xem xét'), ('numbered', 'đã cấp số'), ('signed', 'đã ký'), ('issued', 'đã ban hành'), ('sent_back', 'trả lại'), ('dropped', 'đã hủy')], default='drafting', max_length=12, verbose_name='trạng thái')),
                ('version', models.PositiveIntegerField(default=0)),
                ('book', models.CharField(blank=True, max_length=60, verbose_name='sổ')),
                ('book_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='năm')),
                ('book_number', models.PositiveIntegerField(blank=True, null=True, verbose_name='số')),
                ('numbered_at', models.DateTimeField(blank=True, null=True, verbose_name='cấp số lúc')),
                ('issued_seq', models.PositiveIntegerField(blank=True, null=True, verbose_name='sự kiện ban hành')),
                ('dropped_reason', models.CharField(blank=True, max_length=500, verbose_name='lý do hủy')),
            ],
            options={
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PaperReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('agrees', models.BooleanField(verbose_name='đồng ý')),
                ('note', models.TextField(blank=True, verbose_name='ý kiến')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='lúc')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PrintedForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='tên phiếu')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='số')),
                ('event_seq', models.PositiveIntegerField()),
                ('called_at', models.DateTimeField(verbose_name='yêu cầu in lúc')),
            ],
            options={
                'ordering': ['called_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, verbose_name='số, ký hiệu')),
                ('code', models.CharField(max_length=120, unique=True, verbose_name='mã kết quả')),
                ('title', models.CharField(max_length=500, verbose_name='tên kết quả')),
                ('is_refusal', models.BooleanField(default=False, verbose_name='văn bản từ chối')),
                ('content', models.TextField(verbose_name='nội dung')),
                ('issued_at', models.DateTimeField(verbose_name='ban hành lúc')),
                ('handed_to', models.CharField(blank=True, max_length=200, verbose_name='người nhận')),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name='số')),
                ('sealed_at', models.DateTimeField(verbose_name='niêm phong lúc')),
                ('key_id', models.CharField(max_length=16)),
                ('previous_mac', models.CharField(blank=True, max_length=64)),
                ('row_count', models.PositiveIntegerField()),
                ('rows_digest', models.CharField(max_length=64)),
                ('mac', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='SealRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ledger', 'sổ sự kiện của một hồ sơ'), ('result', 'kết quả đã ban hành'), ('handover', 'việc trả kết quả'), ('supplement', 'yêu cầu bổ sung đã gửi'), ('paper', 'bản in đã lưu'), ('attachment', 'tệp đã nộp'), ('reads', 'nhật ký xem dữ liệu cá nhân')], max_length=12)),
                ('version', models.PositiveSmallIntegerField()),
                ('subject', models.BigIntegerField()),
                ('position', models.PositiveIntegerField(default=0)),
                ('span', models.TextField(blank=True)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Supplement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='lần')),
                ('items', models.JSONField(verbose_name='các mục cần bổ sung')),
                ('reason', models.TextField(verbose_name='lý do')),
                ('requested_at', models.DateTimeField(verbose_name='yêu cầu lúc')),
                ('answer_by', models.DateField(verbose_name='hạn bổ sung')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='đã bổ sung lúc')),
                ('answer', models.TextField(blank=True, verbose_name='trả lời của người nộp')),
            ],
            options={
                'ordering': ['round', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TouchedPromise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('kept', 'giữ nguyên'), ('waiting', 'chờ dời hạn'), ('moved', 'đã dời hạn'), ('failed', 'chưa dời được')], max_length=10, verbose_name='tình trạng')),
                ('due_before', models.DateTimeField(verbose_name='hạn đã hẹn')),
                ('due_after', models.DateTimeField(blank=True, null=True, verbose_name='hạn mới')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('fault', models.CharField(blank=True, max_length=300, verbose_name='lỗi')),
            ],
            options={
                'verbose_name': 'hạn đã hẹn bị ảnh hưởng',
                'verbose_name_plural': 'hạn đã hẹn bị ảnh hưởng',
                'ordering': ['decision_id', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dossier_id', models.BigIntegerField()),
                ('marked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='WorkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='bước')),
                ('steps_total', models.PositiveSmallIntegerField(default=0, verbose_name='tổng số bước')),
                ('kind', models.CharField(choices=[('intake', 'Tiếp nhận, chuyển hồ sơ'), ('assign', 'Phân công'), ('appraise', 'Thẩm định'), ('review', 'Kiểm tra, trình'), ('sign', 'Ký'), ('stamp', 'Vào sổ, đóng dấu, ban hành'), ('return', 'Trả kết quả')], max_length=10, verbose_name='loại bước')),
                ('name', models.CharField(max_length=200, verbose_name='tên bước')),
                ('role', models.CharField(choices=[('receptionist', 'cán bộ tiếp nhận'), ('cashier', 'cán bộ thu phí, lệ phí'), ('returner', 'cán bộ trả kết quả'), ('desk_head', 'trưởng Bộ phận Một cửa'), ('postal_clerk', 'nhân viên bưu điện'), ('helper', 'người hỗ trợ (Tổ công nghệ số cộng đồng)'), ('officer', 'chuyên viên thụ lý'), ('unit_head', 'lãnh đạo phòng'), ('signer', 'lãnh đạo ký'), ('clerk', 'văn thư'), ('consulted', 'đơn vị phối hợp'), ('home_affairs', 'chuyên viên Nội vụ'), ('procedure_controller', 'kiểm soát thủ tục hành chính'), ('administrator', 'quản trị hệ thống')], max_length=24, verbose_name='vai trò')),
                ('opened_at', models.DateTimeField(verbose_name='nhận lúc')),
                ('due_at', models.DateTimeField(verbose_name='hạn bước')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='tạm dừng lúc')),
            ],
            options={
                'ordering': ['opened_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CalendarDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decided_at', models.DateTimeField(verbose_name='quyết định lúc')),
                ('edit', models.CharField(max_length=300, verbose_name='thay đổi')),
                ('choice', models.CharField(choices=[('keep', 'giữ nguyên hạn đã hẹn'), ('move', 'dời hạn về sau theo lịch mới và báo người nộp')], max_length=10, verbose_name='quyết định')),
                ('calendar_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='lịch của')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người quyết định')),
            ],
            options={
                'verbose_name': 'quyết định về hạn đã hẹn',
                'verbose_name_plural': 'quyết định về hạn đã hẹn',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=24)),
                ('period', models.CharField(max_length=10)),
                ('last', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'kind', 'period'), name='counter_once')],
            },
        ),
        migrations.CreateModel(
            name='DirtyDossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dossier_id', models.BigIntegerField()),
                ('marked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['dossier_id', 'id'], name='dirty_by_dossier')],
            },
        ),
        migrations.CreateModel(
            name='Dossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='mã tạm')),
                ('code', models.CharField(blank=True, max_length=60, null=True, unique=True, verbose_name='mã hồ sơ')),
                ('secret_sealed', models.TextField(blank=True, editable=False)),
                ('secret_index', models.CharField(blank=True, editable=False, max_length=64)),
                ('idempotency_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('authority_code', models.CharField(max_length=35, verbose_name='mã cơ quan')),
                ('case_code', models.CharField(blank=True, max_length=80, verbose_name='trường hợp')),
                ('answers', models.JSONField(default=dict, verbose_name='nội dung kê khai')),
                ('owner_name', models.CharField(blank=True, max_length=200, verbose_name='tên chủ hồ sơ')),
                ('owner_search_name', models.CharField(blank=True, db_index=True, editable=False, max_length=220)),
                ('owner_birth_date', portal.partialdate.PartialDateField(blank=True, max_length=10, verbose_name='ngày sinh chủ hồ sơ')),
                ('owner_phone', models.CharField(blank=True, max_length=16, verbose_name='điện thoại chủ hồ sơ')),
                ('owner_email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử chủ hồ sơ')),
                ('owner_address', models.CharField(blank=True, max_length=300, verbose_name='địa chỉ chủ hồ sơ')),
                ('owner_place_code', models.CharField(blank=True, max_length=10, verbose_name='phường, xã của chủ hồ sơ')),
                ('owner_is_confirmed', models.BooleanField(default=False, verbose_name='chủ hồ sơ đã đối chiếu')),
                ('submitter_name', models.CharField(blank=True, max_length=200, verbose_name='tên người nộp')),
                ('channel', models.PositiveSmallIntegerField(choices=[(1, 'trực tiếp'), (2, 'trực tuyến'), (3, 'bưu chính công ích')], verbose_name='hình thức nộp')),
                ('sub_channel', models.CharField(choices=[('portal', 'cổng của địa phương'), ('counter', 'tại quầy'), ('post', 'qua bưu điện')], max_length=10, verbose_name='nơi nộp')),
                ('is_assisted', models.BooleanField(default=False, verbose_name='có người hỗ trợ')),
                ('is_internal', models.BooleanField(default=False, verbose_name='nội bộ')),
                ('level_offered', models.PositiveSmallIntegerField(choices=[(0, 'chỉ nộp trực tiếp'), (2, 'cung cấp thông tin'), (3, 'trực tuyến một phần'), (4, 'trực tuyến toàn trình')], verbose_name='mức độ trực tuyến khi nộp')),
                ('delivery', models.CharField(choices=[('desk', 'nhận tại Bộ phận Một cửa'), ('online', 'nhận bản điện tử'), ('post', 'nhận qua bưu điện')], default='desk', max_length=10, verbose_name='hình thức nhận kết quả')),
                ('fee_due', models.PositiveIntegerField(blank=True, null=True, verbose_name='phí, lệ phí phải nộp (đồng)')),
                ('state', models.CharField(choices=[('draft', 'Bản nháp'), ('submitted', 'Mới đăng ký'), ('intake_fix', 'Mới đăng ký, chờ hoàn thiện'), ('not_accepted', 'Không được tiếp nhận'), ('accepted', 'Được tiếp nhận'), ('processing', 'Đang xử lý'), ('supplement', 'Yêu cầu bổ sung giấy tờ'), ('payment', 'Yêu cầu thực hiện nghĩa vụ tài chính'), ('withdrawn', 'Công dân yêu cầu rút hồ sơ'), ('stopped', 'Dừng xử lý'), ('refused', 'Từ chối giải quyết'), ('done', 'Đã xử lý xong'), ('returned', 'Đã trả kết quả')], default='draft', max_length=16, verbose_name='trạng thái')),
                ('proposal', models.CharField(blank=True, choices=[('grant', 'đồng ý giải quyết'), ('refuse', 'từ chối giải quyết')], max_length=10, verbose_name='đề xuất')),
                ('wants_withdrawal', models.BooleanField(default=False, verbose_name='đề nghị rút')),
                ('version', models.PositiveIntegerField(default=0)),
                ('event_count', models.PositiveIntegerField(default=0)),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='nộp lúc')),
                ('accept_by', models.DateTimeField(blank=True, null=True, verbose_name='hạn tiếp nhận')),
                ('received_at', models.DateTimeField(blank=True, null=True, verbose_name='tiếp nhận lúc')),
                ('first_due_at', models.DateTimeField(blank=True, null=True, verbose_name='hẹn trả lần đầu')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='hạn trả')),
                ('clock_stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='tạm dừng tính hạn từ')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='xử lý xong lúc')),
                ('returned_at', models.DateTimeField(blank=True, null=True, verbose_name='trả kết quả lúc')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản')),
                ('competent_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competent_dossiers', to='accounts.orgunit', verbose_name='cơ quan giải quyết')),
                ('counting_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counted_dossiers', to='accounts.orgunit', verbose_name='đơn vị tính số liệu')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handled_dossiers', to='accounts.orgunit', verbose_name='phòng thụ lý')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_dossiers', to='accounts.party', verbose_name='chủ hồ sơ')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='procedures.procedure')),
                ('receiving_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='received_dossiers', to='accounts.orgunit', verbose_name='nơi tiếp nhận')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='procedures.revision')),
                ('submitter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submitted_dossiers', to='accounts.party', verbose_name='người nộp')),
            ],
            options={
                'verbose_name': 'hồ sơ',
                'verbose_name_plural': 'hồ sơ',
            },
        ),
        migrations.CreateModel(
            name='ClockSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='thứ tự')),
                ('clock', models.CharField(choices=[('accept', 'tiếp nhận'), ('main', 'giải quyết')], max_length=10, verbose_name='đồng hồ')),
                ('kind', models.CharField(choices=[('run', 'đang tính'), ('moved', 'tính theo hạn dời do lịch làm việc thay đổi'), ('apology', 'tính theo hạn hẹn lại sau khi xin lỗi'), ('transfer', 'chờ cơ quan có thẩm quyền nhận hồ sơ'), ('stopped_supplement', 'dừng chờ bổ sung'), ('stopped_payment', 'dừng chờ nộp phí, nghĩa vụ tài chính'), ('stopped_check', 'dừng chờ người nộp kiểm tra bản dự thảo'), ('stopped_decision', 'dừng theo quyết định')], max_length=20, verbose_name='loại')),
                ('started_at', models.DateTimeField(verbose_name='từ')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='đến')),
                ('limit_value', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='thời hạn')),
                ('limit_unit', models.CharField(blank=True, max_length=12, verbose_name='đơn vị')),
                ('start_rule', models.CharField(max_length=30, verbose_name='quy tắc bắt đầu tính')),
                ('policy', models.CharField(choices=[('restart', 'tính lại từ đầu'), ('shift', 'cộng thêm thời gian đã dừng')], max_length=10, verbose_name='sau khi tạm dừng')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='hạn')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='phút làm việc được tính')),
                ('spent', models.PositiveIntegerField(blank=True, null=True, verbose_name='phút làm việc đã qua')),
                ('explanation', models.JSONField(blank=True, default=dict, verbose_name='diễn giải')),
                ('calendar_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='lịch của')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='segments', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'đoạn tính hạn',
                'verbose_name_plural': 'đoạn tính hạn',
                'ordering': ['dossier_id', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paper_code', models.CharField(max_length=80, verbose_name='mã thành phần')),
                ('paper_name', models.CharField(max_length=500, verbose_name='tên giấy tờ')),
                ('form', models.CharField(choices=[('original', 'bản chính'), ('copy', 'bản sao'), ('e_copy', 'bản điện tử'), ('reused', 'lấy từ kho dữ liệu')], max_length=10, verbose_name='hình thức')),
                ('round', models.PositiveSmallIntegerField(default=0, verbose_name='lần nộp')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='thêm lúc')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='bỏ lúc')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='vault.storedfile')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='dossiers.dossier')),
            ],
            options={
                'ordering': ['paper_code', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DossierEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dossier_id', models.BigIntegerField(verbose_name='hồ sơ')),
                ('seq', models.PositiveIntegerField(verbose_name='thứ tự')),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('schema_version', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=24, verbose_name='sự kiện')),
                ('happened_at', models.DateTimeField(verbose_name='xảy ra lúc')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='ghi lúc')),
                ('state_from', models.CharField(blank=True, max_length=16)),
                ('state_to', models.CharField(max_length=16)),
                ('authority_code', models.CharField(max_length=35)),
                ('receiving_unit_id', models.BigIntegerField()),
                ('competent_unit_id', models.BigIntegerField()),
                ('counting_unit_id', models.BigIntegerField()),
                ('unit_group_id', models.BigIntegerField(null=True)),
                ('department_id', models.BigIntegerField(null=True)),
                ('ward_code', models.CharField(blank=True, max_length=10)),
                ('procedure_id', models.BigIntegerField()),
                ('procedure_code', models.CharField(max_length=60)),
                ('case_code', models.CharField(blank=True, max_length=80)),
                ('revision_id', models.BigIntegerField()),
                ('level_offered', models.PositiveSmallIntegerField()),
                ('channel', models.PositiveSmallIntegerField()),
                ('sub_channel', models.CharField(max_length=10)),
                ('is_assisted', models.BooleanField(default=False)),
                ('is_internal', models.BooleanField(default=False)),
                ('applicant_kind', models.CharField(max_length=12)),
                ('first_received_at', models.DateTimeField(null=True)),
                ('first_due_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_role', models.CharField(blank=True, max_length=24)),
                ('actor_unit_id', models.BigIntegerField(null=True)),
                ('actor_membership_id', models.BigIntegerField(null=True)),
                ('papers_total', models.PositiveSmallIntegerField(default=0)),
                ('papers_digitised', models.PositiveSmallIntegerField(default=0)),
                ('papers_reused', models.PositiveSmallIntegerField(default=0)),
                ('electronic_result', models.BooleanField(null=True)),
                ('fee_due', models.PositiveIntegerField(null=True)),
                ('reason_code', models.CharField(blank=True, max_length=40)),
                ('text_digest', models.CharField(blank=True, max_length=64)),
                ('about_seq', models.PositiveIntegerField(null=True)),
                ('step_kind', models.CharField(blank=True, max_length=10)),
                ('step_due_at', models.DateTimeField(null=True)),
                ('minutes_allowed', models.PositiveIntegerField(null=True)),
                ('minutes_used', models.PositiveIntegerField(null=True)),
                ('minutes_stopped', models.PositiveIntegerField(null=True)),
                ('clock_digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'sự kiện hồ sơ',
                'verbose_name_plural': 'sổ sự kiện hồ sơ',
                'ordering': ['dossier_id', 'seq'],
                'indexes': [models.Index(fields=['code', 'happened_at', 'counting_unit_id'], name='event_by_month')],
                'constraints': [models.UniqueConstraint(fields=('dossier_id', 'seq'), name='event_seq_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dossierevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1d85eff7b4b785eb9ec592f4886b987c1f3c9741', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e395c', table='dossiers_dossierevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dossierevent',
            trigger=pgtrigger.compiler.Trigger(name='never_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the ledger of dossiers is append-only';", hash='e0cf5f72cdd527f8c7df1d9a0181275146610f09', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncate_ad8d3', table='dossiers_dossierevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dossierevent',
            trigger=pgtrigger.compiler.Trigger(name='mark_unsealed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO dossiers_unsealed (dossier_id) SELECT DISTINCT dossier_id FROM written;\n                RETURN NULL;\n                ', hash='8cc0145727f42dedbcf70ffa02d923caaa76cbce', level='STATEMENT', operation='INSERT', pgid='pgtrigger_mark_unsealed_8adf0', referencing='REFERENCING NEW TABLE AS written ', table='dossiers_dossierevent', when='AFTER')),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='event_texts', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='paperdraft',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người soạn'),
        ),
        migrations.AddField(
            model_name='paperdraft',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_drafts', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='paperdraft',
            name='file',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.storedfile'),
        ),
        migrations.AddField(
            model_name='paperdraft',
            name='signer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ký'),
        ),
        migrations.AddField(
            model_name='paperreview',
            name='draft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='dossiers.paperdraft'),
        ),
        migrations.AddField(
            model_name='paperreview',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='printedform',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='printed_forms', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='printedform',
            name='file',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.storedfile'),
        ),
        migrations.AddField(
            model_name='result',
            name='dossier',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='result',
            name='signer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='SealExport',
            fields=[
                ('seal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='export', serialize=False, to='dossiers.seal')),
            ],
        ),
        migrations.CreateModel(
            name='SealStamp',
            fields=[
                ('seal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='stamp', serialize=False, to='dossiers.seal')),
                ('answer', models.BinaryField()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='seal_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3ee134d9aa8342f42a6759978de1c60f102eadbd', operation='UPDATE OR DELETE', pgid='pgtrigger_seal_stays_27835', table='dossiers_seal', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='sealrow',
            name='seal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='dossiers.seal'),
        ),
        migrations.AddField(
            model_name='supplement',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplements', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='supplement',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='touchedpromise',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='dossiers.calendardecision'),
        ),
        migrations.AddField(
            model_name='touchedpromise',
            name='segment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.clocksegment'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người làm'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='holder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to=settings.AUTH_USER_MODEL, verbose_name='người giữ'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='dossiers.workitem'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to='accounts.orgunit', verbose_name='đơn vị'),
        ),
        migrations.AddField(
            model_name='paperdraft',
            name='work_item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paper_drafts', to='dossiers.workitem'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['account', '-id'], name='dossier_by_account'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['competent_unit', 'state', '-id'], name='dossier_by_unit'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('state', 'draft')), fields=['created_at'], name='dossier_old_drafts'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'intake_fix', 'not_accepted', 'withdrawn']), ('code__isnull', False), _connector='OR'), name='dossier_received_has_code'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('owner__isnull', False), models.Q(('owner_name', ''), _negated=True)), _connector='OR'), name='dossier_has_owner'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(('owner_birth_date__regex', '^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$')), name='dossier_owner_birth_date_stored'),
        ),
        migrations.AddIndex(
            model_name='clocksegment',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['calendar_unit', 'due_at'], name='segment_open'),
        ),
        migrations.AddConstraint(
            model_name='clocksegment',
            constraint=models.UniqueConstraint(fields=('dossier', 'position'), name='segment_position_once'),
        ),
        migrations.AddConstraint(
            model_name='clocksegment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('dossier', 'clock'), name='segment_one_open'),
        ),
        migrations.AddConstraint(
            model_name='clocksegment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('spent__isnull', True)), models.Q(('ended_at__gte', models.F('started_at')), ('spent__isnull', False)), _connector='OR'), name='segment_times_in_order'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('removed_at__isnull', True)), fields=['dossier', 'paper_code'], name='attachment_live'),
        ),
        migrations.AddConstraint(
            model_name='eventtext',
            constraint=models.UniqueConstraint(fields=('dossier', 'seq'), name='event_text_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventtext',
            trigger=pgtrigger.compiler.Trigger(name='text_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='336d594b6d6eec7765c6979d424bca96a7078a44', operation='UPDATE', pgid='pgtrigger_text_stays_953ad', table='dossiers_eventtext', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='printedform',
            index=models.Index(condition=models.Q(('file__isnull', True)), fields=['called_at', 'id'], name='printed_form_missing'),
        ),
        migrations.AddConstraint(
            model_name='printedform',
            constraint=models.UniqueConstraint(fields=('dossier', 'name', 'event_seq'), name='printed_form_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealexport',
            trigger=pgtrigger.compiler.Trigger(name='export_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='47cf3bf957cf5f1a2c5b90a97e940cd71092b1ff', operation='UPDATE OR DELETE', pgid='pgtrigger_export_stays_01e83', table='dossiers_sealexport', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealstamp',
            trigger=pgtrigger.compiler.Trigger(name='stamp_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='94ba118015a62bb415e93329c46b7bdc335f883d', operation='UPDATE OR DELETE', pgid='pgtrigger_stamp_stays_e0068', table='dossiers_sealstamp', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='sealrow',
            constraint=models.UniqueConstraint(fields=('kind', 'subject', 'position'), name='sealed_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealrow',
            trigger=pgtrigger.compiler.Trigger(name='seal_row_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d78d3d9f809947c3d0bfbd7d0f4e683823d0cb48', operation='UPDATE OR DELETE', pgid='pgtrigger_seal_row_stays_cb5ef', table='dossiers_sealrow', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='supplement',
            constraint=models.UniqueConstraint(fields=('dossier', 'round'), name='supplement_round_once'),
        ),
        migrations.AddConstraint(
            model_name='supplement',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('dossier',), name='supplement_one_open'),
        ),
        migrations.AddIndex(
            model_name='touchedpromise',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='promise_waiting'),
        ),
        migrations.AddConstraint(
            model_name='touchedpromise',
            constraint=models.UniqueConstraint(fields=('decision', 'segment'), name='promise_once_a_decision'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['unit', 'due_at', 'id'], name='work_inbox'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['holder', 'due_at', 'id'], name='work_mine'),
        ),
        migrations.AddConstraint(
            model_name='paperdraft',
            constraint=models.UniqueConstraint(fields=('book', 'book_year', 'book_number'), name='draft_number_once'),
        ),
        migrations.AddConstraint(
            model_name='paperdraft',
            constraint=models.CheckConstraint(condition=models.Q(('book_number__isnull', True), models.Q(models.Q(('book', ''), _negated=True), ('book_year__isnull', False)), _connector='OR'), name='draft_number_has_a_book'),
        ),
    ]
