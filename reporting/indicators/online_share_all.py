"""Dossiers filed online, of all received."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family
from reporting.indicators.base import INDICATORS, ONLINE, Declaration, Pass

ONLINE_SHARE_ALL = INDICATORS.add(
    Declaration(
        code="online_share_all",
        codes=("K2", "KPI2a"),
        family=Family.ONLINE,
        label=_("Hồ sơ trực tuyến trên tổng số hồ sơ"),
        short_name=_("hồ sơ trực tuyến"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ nộp bằng hình thức trực tuyến, chia cho tổng số hồ sơ được tiếp nhận "
            "trong kỳ (mọi hình thức nộp). Mỗi hồ sơ tính một lần, vào tháng được tiếp nhận. Không tính hồ sơ mới "
            "đăng ký, hồ sơ không được tiếp nhận và hồ sơ nội bộ giữa các cơ quan nhà nước."
        ),
        numerator=_("hồ sơ trực tuyến"),
        denominator=_("hồ sơ tiếp nhận"),
        cases=Pass.RECEIVED,
        hit=ONLINE,
        is_main=True,
    )
)
