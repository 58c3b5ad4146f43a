import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import portal.partialdate
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('name', models.CharField(max_length=120, verbose_name='tên lịch')),
                ('weekly', models.JSONField(default=dict, verbose_name='giờ làm việc trong tuần')),
                ('cutoff', models.TimeField(blank=True, null=True, verbose_name='giờ chốt nhận trong ngày')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'lịch làm việc',
                'verbose_name_plural': 'lịch làm việc',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('full_name', models.CharField(max_length=200, verbose_name='họ và tên')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name='thư điện tử')),
                ('phone', models.CharField(blank=True, max_length=16, null=True, unique=True, verbose_name='số điện thoại')),
                ('phone_verified', models.BooleanField(default=False, verbose_name='đã xác thực số điện thoại')),
                ('is_active', models.BooleanField(default=True, verbose_name='đang hoạt động')),
                ('is_staff', models.BooleanField(default=False, verbose_name='vào được trang hệ thống')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='phải đổi mật khẩu')),
                ('identity_sealed', models.TextField(blank=True, editable=False)),
                ('identity_index', models.CharField(blank=True, editable=False, max_length=64)),
                ('date_joined', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'tài khoản',
                'verbose_name_plural': 'tài khoản',
            },
        ),
        migrations.CreateModel(
            name='DayOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('day', models.DateField(verbose_name='ngày')),
                ('kind', models.CharField(choices=[('off', 'nghỉ'), ('workday', 'làm việc bù')], max_length=10, verbose_name='loại')),
                ('name', models.CharField(max_length=120, verbose_name='tên ngày')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='căn cứ')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='accounts.calendar', verbose_name='lịch')),
            ],
            options={
                'verbose_name': 'ngày nghỉ, ngày làm bù',
                'verbose_name_plural': 'ngày nghỉ, ngày làm bù',
                'ordering': ['day', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OrgUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='mã đơn vị')),
                ('authority_code', models.CharField(blank=True, help_text='Mã theo QĐ 20/2020/QĐ-TTg, dùng trong mã hồ sơ.', max_length=35, verbose_name='mã định danh')),
                ('is_sample_code', models.BooleanField(default=False, verbose_name='mã mẫu, chưa công bố')),
                ('name', models.CharField(max_length=200, verbose_name='tên đơn vị')),
                ('short_name', models.CharField(blank=True, max_length=80, verbose_name='tên ngắn')),
                ('sort_order', models.PositiveIntegerField(default=0, verbose_name='thứ tự')),
                ('kind', models.CharField(choices=[('province', 'tỉnh, thành phố trực thuộc trung ương'), ('city', 'thành phố thuộc tỉnh'), ('ward', 'phường, xã'), ('department', 'phòng chuyên môn'), ('desk', 'Bộ phận Một cửa, trung tâm phục vụ hành chính công'), ('post', 'điểm bưu điện'), ('group', 'khối đơn vị')], max_length=12, verbose_name='loại đơn vị')),
                ('place_code', models.CharField(blank=True, max_length=10, verbose_name='mã địa bàn')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='địa chỉ')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='điện thoại')),
                ('valid_from', models.DateField(verbose_name='hoạt động từ')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='hoạt động đến hết')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='group_members', to='accounts.orgunit', verbose_name='khối')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.orgunit', verbose_name='trực thuộc')),
                ('successors', models.ManyToManyField(blank=True, related_name='predecessors', to='accounts.orgunit', verbose_name='đơn vị kế thừa')),
            ],
            options={
                'verbose_name': 'đơn vị',
                'verbose_name_plural': 'đơn vị',
                'ordering': ['sort_order', 'code', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('role', models.CharField(choices=[('receptionist', 'cán bộ tiếp nhận'), ('cashier', 'cán bộ thu phí, lệ phí'), ('returner', 'cán bộ trả kết quả'), ('desk_head', 'trưởng Bộ phận Một cửa'), ('postal_clerk', 'nhân viên bưu điện'), ('helper', 'người hỗ trợ (Tổ công nghệ số cộng đồng)'), ('officer', 'chuyên viên thụ lý'), ('unit_head', 'lãnh đạo phòng'), ('signer', 'lãnh đạo ký'), ('clerk', 'văn thư'), ('consulted', 'đơn vị phối hợp'), ('home_affairs', 'chuyên viên Nội vụ'), ('procedure_controller', 'kiểm soát thủ tục hành chính'), ('administrator', 'quản trị hệ thống')], max_length=24, verbose_name='vai trò')),
                ('valid_from', models.DateField(verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến hết ngày')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người cấp')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.orgunit', verbose_name='đơn vị')),
            ],
            options={
                'verbose_name': 'vai trò tại đơn vị',
                'verbose_name_plural': 'vai trò tại đơn vị',
                'ordering': ['unit__sort_order', 'role', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='calendar',
            name='unit',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendar', to='accounts.orgunit', verbose_name='đơn vị'),
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='tạo lúc')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='cập nhật lúc')),
                ('kind', models.CharField(choices=[('person', 'cá nhân'), ('firm', 'doanh nghiệp, tổ chức'), ('household', 'hộ kinh doanh'), ('agency', 'cơ quan nhà nước')], max_length=12, verbose_name='loại chủ thể')),
                ('full_name', models.CharField(max_length=200, verbose_name='họ tên hoặc tên tổ chức')),
                ('search_name', models.CharField(db_index=True, editable=False, max_length=220)),
                ('sort_name', models.CharField(editable=False, max_length=900)),
                ('birth_date', portal.partialdate.PartialDateField(blank=True, max_length=10, verbose_name='ngày sinh')),
                ('gender', models.CharField(blank=True, max_length=10, verbose_name='giới tính')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='số điện thoại')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='địa chỉ')),
                ('place_code', models.CharField(blank=True, max_length=10, verbose_name='mã phường, xã')),
                ('identity_kind', models.CharField(blank=True, choices=[('citizen_id', 'số định danh cá nhân'), ('passport', 'hộ chiếu'), ('tax_code', 'mã số thuế'), ('agency_code', 'mã định danh cơ quan')], max_length=12, verbose_name='loại số định danh')),
                ('identity_sealed', models.TextField(blank=True, editable=False)),
                ('identity_index', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('identity_source', models.CharField(choices=[('declared', 'tự khai'), ('counter', 'đối chiếu tại quầy'), ('e_identity', 'định danh điện tử')], default='declared', max_length=12, verbose_name='nguồn')),
                ('same_as', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='former_rows', to='accounts.party', verbose_name='cùng chủ thể với')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='cơ quan')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='party', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản')),
            ],
            options={
                'verbose_name': 'chủ thể',
                'verbose_name_plural': 'chủ thể',
            },
        ),
        migrations.CreateModel(
            name='NameChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_name', models.CharField(max_length=200, verbose_name='tên cũ')),
                ('new_name', models.CharField(max_length=200, verbose_name='tên mới')),
                ('basis', models.CharField(max_length=300, verbose_name='giấy tờ chứng minh')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='lúc')),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người xác nhận')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='đơn vị')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='name_changes', to='accounts.party')),
            ],
            options={
                'verbose_name': 'việc đổi tên',
                'verbose_name_plural': 'việc đổi tên',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PersonalDataRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=80, verbose_name='nội dung xem')),
                ('subject', models.CharField(blank=True, max_length=40, verbose_name='hồ sơ')),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='lúc')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='accounts.party')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=10, verbose_name='mã')),
                ('name', models.CharField(max_length=120, verbose_name='tên')),
                ('kind', models.CharField(choices=[('province', 'tỉnh, thành phố'), ('district', 'quận, huyện'), ('ward', 'phường, xã')], max_length=10, verbose_name='cấp')),
                ('parent_code', models.CharField(blank=True, max_length=10, verbose_name='thuộc')),
                ('valid_from', models.DateField(verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến hết ngày')),
            ],
            options={
                'ordering': ['code', 'valid_from', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('code', 'valid_from'), name='place_once')],
            },
        ),
        migrations.CreateModel(
            name='PlaceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_on', models.DateField(verbose_name='ngày')),
                ('decision', models.CharField(blank=True, max_length=100, verbose_name='văn bản')),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='came_from', to='accounts.place')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='became', to='accounts.place')),
            ],
            options={
                'ordering': ['changed_on', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email__isnull', False), ('phone__isnull', False), _connector='OR'), name='user_has_email_or_phone', violation_error_message='Tài khoản cần có số điện thoại hoặc thư điện tử.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email', ''), _negated=True), name='user_email_not_blank'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('phone', ''), _negated=True), name='user_phone_not_blank'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('identity_index', ''), _negated=True), fields=('identity_index',), name='staff_number_once'),
        ),
        migrations.AddConstraint(
            model_name='dayoff',
            constraint=models.UniqueConstraint(fields=('calendar', 'day'), name='day_once_per_calendar'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dayoff',
            trigger=pgtrigger.compiler.Trigger(name='calendar_changes_too', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    UPDATE accounts_calendar SET updated_at = now()\n                    WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.calendar_id ELSE OLD.calendar_id END,\n                                 CASE WHEN TG_OP = 'DELETE' THEN OLD.calendar_id ELSE NEW.calendar_id END);\n                    RETURN NULL;\n                ", hash='4131bcd1625c115acfcd6372e7c7aa427ff5fd96', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_calendar_changes_too_35d60', table='accounts_dayoff', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='orgunit',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='unit_dates_in_order', violation_error_message='Ngày kết thúc phải sau ngày bắt đầu.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='membership_dates_in_order', violation_error_message='Ngày kết thúc phải sau ngày bắt đầu.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('user', 'unit', 'role', 'valid_from'), name='membership_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendar',
            trigger=pgtrigger.compiler.Trigger(name='next_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; RETURN NEW;', hash='2e1db4feb79e0e33f23841d4967668f41bdf1c92', operation='UPDATE', pgid='pgtrigger_next_version_b8657', table='accounts_calendar', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['sort_name', 'id'], name='party_sort'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('birth_date__regex', '^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$')), name='party_birth_date_stored'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('identity_index', ''), _negated=True), models.Q(('user__isnull', True), models.Q(('identity_source', 'declared'), _negated=True), _connector='OR')), fields=('kind', 'identity_kind', 'identity_index'), name='party_bears_number_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='namechange',
            trigger=pgtrigger.compiler.Trigger(name='name_change_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='62512403c7743967ce4e566396c2d2ecb4974a43', operation='UPDATE OR DELETE', pgid='pgtrigger_name_change_stays_148a5', table='accounts_namechange', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='personaldataread',
            index=models.Index(fields=['party', '-at'], name='read_by_party'),
        ),
        migrations.AddConstraint(
            model_name='placechange',
            constraint=models.UniqueConstraint(fields=('old', 'new'), name='place_change_once'),
        ),
    ]
