"""Shares of online dossiers beside the main ones: who filed them, and how far the service reaches."""

from django.utils.translation import gettext_lazy as _

from procedures.enums import ServiceLevel
from reporting.enums import Family
from reporting.indicators.base import INDICATORS, ONLINE, Declaration, Pass

SELF_FILED = INDICATORS.add(
    Declaration(
        code="online_share_self",
        codes=("K2-TN",),
        family=Family.ONLINE,
        label=_("Hồ sơ trực tuyến người dân tự nộp"),
        short_name=_("hồ sơ trực tuyến tự nộp"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ nộp trực tuyến mà không có cán bộ nộp hộ, chia cho tổng số hồ sơ được "
            "tiếp nhận trong kỳ. Cộng với tỷ lệ có hỗ trợ thành tỷ lệ hồ sơ trực tuyến."
        ),
        numerator=_("hồ sơ tự nộp trực tuyến"),
        denominator=_("hồ sơ tiếp nhận"),
        cases=Pass.RECEIVED,
        hit=f"{ONLINE} AND NOT is_assisted",
    )
)
ASSISTED = INDICATORS.add(
    Declaration(
        code="online_share_assisted",
        codes=("K2-HT",),
        family=Family.ONLINE,
        label=_("Hồ sơ trực tuyến có cán bộ hỗ trợ nộp"),
        short_name=_("hồ sơ trực tuyến có hỗ trợ"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ nộp trực tuyến do cán bộ, tổ công nghệ số cộng đồng nộp hộ, chia cho tổng "
            "số hồ sơ được tiếp nhận trong kỳ."
        ),
        numerator=_("hồ sơ trực tuyến có hỗ trợ"),
        denominator=_("hồ sơ tiếp nhận"),
        cases=Pass.RECEIVED,
        hit=f"{ONLINE} AND is_assisted",
        watched="filed_by_id",
    )
)
FULLY_ONLINE = INDICATORS.add(
    Declaration(
        code="online_share_full",
        codes=("224-b", "766-3"),
        family=Family.ONLINE,
        label=_("Hồ sơ trực tuyến toàn trình trên tổng số hồ sơ"),
        short_name=_("hồ sơ trực tuyến toàn trình"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ nộp trực tuyến của thủ tục mà vào ngày nộp cơ quan đã cung cấp toàn trình, "
            "chia cho tổng số hồ sơ được tiếp nhận trong kỳ."
        ),
        numerator=_("hồ sơ trực tuyến toàn trình"),
        denominator=_("hồ sơ tiếp nhận"),
        cases=Pass.RECEIVED,
        hit=f"{ONLINE} AND level_offered = {int(ServiceLevel.FULL)}",
    )
)
