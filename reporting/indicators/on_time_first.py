"""Dossiers finished by the day promised first."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family
from reporting.indicators.base import DECIDED, INDICATORS, Declaration, Pass

ON_TIME_FIRST = INDICATORS.add(
    Declaration(
        code="on_time_first",
        codes=("K4", "KPI7"),
        family=Family.TIME,
        label=_("Hồ sơ đúng hạn theo hẹn lần đầu"),
        short_name=_("hồ sơ đúng hạn"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ không muộn hơn ngày hẹn trả lần đầu, chia cho số hồ sơ giải quyết "
            "xong trong kỳ cộng số hồ sơ chưa xong đã quá ngày hẹn lần đầu vào cuối kỳ. So theo ngày; hẹn lại "
            "không làm thay đổi ngày hẹn lần đầu. Giải quyết xong là đã ban hành kết quả hoặc từ chối giải quyết; "
            "không tính hồ sơ rút, dừng giải quyết, hồ sơ không có ngày hẹn và hồ sơ nội bộ."
        ),
        numerator=_("hồ sơ đúng hạn"),
        denominator=_("hồ sơ đến hạn phải xong"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND first_due_day IS NOT NULL OR past_first_due",
        hit="finished_day <= first_due_day",
        is_main=True,
    )
)
