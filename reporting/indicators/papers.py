"""Digitised and reused papers, electronic results."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family
from reporting.indicators.base import DECIDED, INDICATORS, Declaration, Pass

DIGITISED_RECEIVED = INDICATORS.add(
    Declaration(
        code="digitised_received",
        codes=("KPI8-1",),
        family=Family.PAPERS,
        label=_("Hồ sơ được số hóa khi tiếp nhận"),
        short_name=_("hồ sơ số hóa khi tiếp nhận"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ mà mọi giấy tờ đã có bản điện tử ngay khi tiếp nhận, chia cho số hồ sơ có "
            "giấy tờ được tiếp nhận trong kỳ."
        ),
        numerator=_("hồ sơ số hóa đủ"),
        denominator=_("hồ sơ có giấy tờ"),
        cases=Pass.RECEIVED,
        counted="received_papers > 0",
        hit="received_digitised >= received_papers",
    )
)
DIGITISED_SETTLED = INDICATORS.add(
    Declaration(
        code="digitised_settled",
        codes=("K5", "766-4.2"),
        family=Family.PAPERS,
        label=_("Hồ sơ giải quyết xong có giấy tờ được số hóa"),
        short_name=_("hồ sơ được số hóa"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ mà mọi giấy tờ đã có bản điện tử, chia cho số hồ sơ có giấy tờ giải quyết "
            "xong trong kỳ."
        ),
        numerator=_("hồ sơ số hóa đủ"),
        denominator=_("hồ sơ có giấy tờ"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND papers_total > 0",
        hit="papers_digitised >= papers_total",
    )
)
DIGITISED_WORK = INDICATORS.add(
    Declaration(
        code="digitised_work",
        codes=("KPI8-2",),
        family=Family.PAPERS,
        label=_("Hồ sơ được số hóa trong khi giải quyết"),
        short_name=_("hồ sơ số hóa khi giải quyết"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ mà giấy tờ hình thành khi giải quyết đã được số hóa, chia cho số hồ sơ "
            "giải quyết xong trong kỳ."
        ),
        numerator=_("hồ sơ số hóa khi giải quyết"),
        denominator=_("hồ sơ giải quyết xong"),
        cases=Pass.HANDLED,
        counted=DECIDED,
        hit="work_digitised",
        waits_for=("work_digitised",),
    )
)
ELECTRONIC_RESULTS = INDICATORS.add(
    Declaration(
        code="electronic_results",
        codes=("K6", "KPI8-3", "766-4.1"),
        family=Family.PAPERS,
        label=_("Hồ sơ có kết quả điện tử"),
        short_name=_("kết quả điện tử"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ có kết quả điện tử đã ký số, chia cho số hồ sơ giải quyết xong trong kỳ. "
            "Bản chụp không có chữ ký số không phải là kết quả điện tử."
        ),
        numerator=_("hồ sơ có kết quả điện tử"),
        denominator=_("hồ sơ giải quyết xong"),
        cases=Pass.HANDLED,
        counted=DECIDED,
        hit="electronic_result AND result_signed",
        waits_for=("result_signed",),
    )
)
REUSE = INDICATORS.add(
    Declaration(
        code="reuse_share",
        codes=("K7", "766-4.3"),
        family=Family.PAPERS,
        label=_("Hồ sơ có giấy tờ được dùng lại"),
        short_name=_("hồ sơ dùng lại giấy tờ"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ có ít nhất một giấy tờ lấy từ kho dữ liệu điện tử, chia cho số hồ sơ giải "
            "quyết xong trong kỳ."
        ),
        numerator=_("hồ sơ dùng lại giấy tờ"),
        denominator=_("hồ sơ giải quyết xong"),
        cases=Pass.HANDLED,
        counted=DECIDED,
        hit="papers_reused > 0",
    )
)
REUSED_PAPERS = INDICATORS.add(
    Declaration(
        code="reused_papers",
        codes=("KPI9",),
        family=Family.PAPERS,
        label=_("Giấy tờ được dùng lại"),
        short_name=_("giấy tờ được dùng lại"),
        formula=_(
            "Số giấy tờ lấy từ kho dữ liệu điện tử trong các hồ sơ giải quyết xong trong kỳ, chia cho số giấy tờ của các "
            "hồ sơ đó."
        ),
        numerator=_("giấy tờ dùng lại"),
        denominator=_("giấy tờ của hồ sơ"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND papers_total > 0",
        amount="papers_reused",
        whole="papers_total",
    )
)
