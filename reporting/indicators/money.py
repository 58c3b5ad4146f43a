"""Payment online and results sent by post."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family, FinishKind
from reporting.indicators.base import DECIDED, INDICATORS, Declaration, Pass

PAID_ONLINE = INDICATORS.add(
    Declaration(
        code="paid_online_share",
        codes=("K8", "KPI10-1", "766-3.6"),
        family=Family.MONEY,
        label=_("Hồ sơ thanh toán trực tuyến"),
        short_name=_("hồ sơ thanh toán trực tuyến"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ đã nộp phí, lệ phí trực tuyến, chia cho số hồ sơ giải quyết xong trong kỳ "
            "có nghĩa vụ tài chính. Không tính hồ sơ không phải nộp tiền."
        ),
        numerator=_("hồ sơ thanh toán trực tuyến"),
        denominator=_("hồ sơ có nghĩa vụ tài chính"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND fee_due > 0",
        hit="paid_online",
        waits_for=("paid_online",),
    )
)
RETURNED_BY_POST = INDICATORS.add(
    Declaration(
        code="post_return_share",
        codes=("KPI10-2",),
        family=Family.MONEY,
        label=_("Kết quả trả qua bưu chính công ích"),
        short_name=_("kết quả trả qua bưu chính"),
        formula=_(
            "Số hồ sơ có kết quả trong kỳ đã trả kết quả qua dịch vụ bưu chính công ích, chia cho số hồ sơ có kết quả "
            "trong kỳ."
        ),
        numerator=_("kết quả trả qua bưu chính"),
        denominator=_("hồ sơ có kết quả"),
        cases=Pass.HANDLED,
        counted=f"finish_kind = '{FinishKind.GRANTED}'",
        hit="returned_by_post",
        waits_for=("returned_by_post",),
    )
)
