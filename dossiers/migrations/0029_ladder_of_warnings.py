"""The ladder of warnings: what was told of which limit; when each running promise is looked at next. Built without stopping anybody.

Promises that run today are looked at once by the first sweep, which tells the most urgent of what they have reached.
"""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

RUNNING = """
UPDATE "dossiers_clocksegment" SET "warn_at" = "started_at"
WHERE "ended_at" IS NULL AND "due_at" IS NOT NULL AND "kind" IN ('run', 'moved', 'apology')
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("accounts", "0005_look_ups"), ("dossiers", "0028_handover_sheets")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="clocksegment",
            name="ask_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="hỏi nguyên nhân chậm từ"),
        ),
        migrations.AddField(
            model_name="clocksegment",
            name="letter_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gửi văn bản xin lỗi trước"),
        ),
        migrations.AddField(
            model_name="clocksegment",
            name="warn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="xem lại lúc"),
        ),
        migrations.CreateModel(
            name="ClockWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveSmallIntegerField(verbose_name="thời hạn")),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("half", "đã qua nửa thời hạn"),
                            ("most", "đã qua 80 phần trăm thời hạn"),
                            ("ask", "hỏi nguyên nhân chậm"),
                            ("letter", "phải gửi văn bản xin lỗi"),
                            ("due", "đến hạn"),
                            ("late", "quá hạn"),
                            ("supplement", "ngày cuối yêu cầu bổ sung"),
                            ("intake", "sắp hết giờ tiếp nhận"),
                        ],
                        max_length=10,
                        verbose_name="mức",
                    ),
                ),
                ("reached_at", models.DateTimeField(verbose_name="đến mức này lúc")),
                ("noted_at", models.DateTimeField(verbose_name="ghi lúc")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="báo lúc")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clock_warnings",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.orgunit",
                        verbose_name="nơi giữ hồ sơ",
                    ),
                ),
            ],
            options={
                "verbose_name": "cảnh báo hạn",
                "verbose_name_plural": "cảnh báo hạn",
                "indexes": [
                    models.Index(
                        condition=models.Q(("told_at__isnull", True)), fields=["unit", "id"], name="clock_warning_untold"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "count", "rung"), name="clock_warning_once")
                ],
            },
        ),
        AddIndexConcurrently(
            model_name="clocksegment",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True), ("warn_at__isnull", False)),
                fields=["warn_at", "id"],
                name="segment_to_look_at",
            ),
        ),
        AddIndexConcurrently(
            model_name="clocksegment",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False), ("ended_at__isnull", True)),
                fields=["ask_at", "id"],
                name="segment_asked",
            ),
        ),
        migrations.RunSQL(RUNNING, migrations.RunSQL.noop),
    ]
