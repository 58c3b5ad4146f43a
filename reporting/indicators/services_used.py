"""Services offered online that had at least one online dossier."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family
from reporting.indicators.base import INDICATORS, Declaration, Pass, Source

SERVICES_USED = INDICATORS.add(
    Declaration(
        code="services_used",
        codes=("K1", "KPI1"),
        family=Family.ONLINE,
        label=_("Dịch vụ công trực tuyến có phát sinh hồ sơ"),
        short_name=_("dịch vụ có phát sinh hồ sơ"),
        formula=_(
            "Số dịch vụ công trực tuyến có ít nhất một hồ sơ trực tuyến được tiếp nhận trong kỳ, chia cho số dịch "
            "vụ công trực tuyến (một phần và toàn trình) đang cung cấp trong kỳ. Trong một phạm vi, cùng một thủ "
            "tục chỉ tính một lần, nên số của khối không phải là tổng số của các đơn vị. Không tính thủ tục nội "
            "bộ."
        ),
        numerator=_("dịch vụ có hồ sơ"),
        denominator=_("dịch vụ cung cấp"),
        noun=_("dịch vụ"),
        sources=(Source.LEDGER, Source.OFFERINGS),
        cases=Pass.OFFERED,
        counted="is_online",
        hit="dossiers > 0",
        key="procedure_id",
        is_main=True,
    )
)
