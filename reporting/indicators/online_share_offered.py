"""Dossiers filed online, of those whose procedure was offered online on the day of filing."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family
from reporting.indicators.base import INDICATORS, LEVELS, ONLINE, Declaration, Pass

ONLINE_SHARE_OFFERED = INDICATORS.add(
    Declaration(
        code="online_share_offered",
        codes=("K2b", "KPI2b"),
        family=Family.ONLINE,
        label=_("Hồ sơ trực tuyến trên hồ sơ của thủ tục có trực tuyến"),
        short_name=_("hồ sơ trực tuyến của thủ tục có trực tuyến"),
        formula=_(
            "Số hồ sơ trực tuyến được tiếp nhận trong kỳ, chia cho số hồ sơ được tiếp nhận trong kỳ của những thủ "
            "tục mà vào ngày nộp cơ quan đã cung cấp trực tuyến một phần hoặc toàn trình."
        ),
        numerator=_("hồ sơ trực tuyến"),
        denominator=_("hồ sơ của thủ tục có trực tuyến"),
        cases=Pass.RECEIVED,
        counted=f"level_offered IN ({LEVELS})",
        hit=ONLINE,
        is_main=True,
    )
)
