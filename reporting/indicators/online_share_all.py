"""Dossiers filed online, of all received."""

from django.utils.translation import gettext_lazy as _

from reporting.indicators.base import BOTH, INDICATORS, ONLINE, Declaration, Pass, Source, always

ONLINE_SHARE_ALL = INDICATORS.add(
    Declaration(
        code="online_share_all",
        codes=("K2", "KPI2a"),
        label=_("Hồ sơ trực tuyến trên tổng số hồ sơ"),
        short_name=_("hồ sơ trực tuyến"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ nộp bằng hình thức trực tuyến, chia cho tổng số hồ sơ được tiếp nhận "
            "trong kỳ (mọi hình thức nộp). Mỗi hồ sơ tính một lần, vào tháng được tiếp nhận. Không tính hồ sơ mới "
            "đăng ký, hồ sơ không được tiếp nhận và hồ sơ nội bộ giữa các cơ quan nhà nước."
        ),
        numerator=_("hồ sơ trực tuyến"),
        denominator=_("hồ sơ tiếp nhận"),
        noun=_("hồ sơ"),
        bases=BOTH,
        sources=(Source.LEDGER,),
        additive=True,
        cases=Pass.RECEIVED,
        hit=always(ONLINE),
    )
)
