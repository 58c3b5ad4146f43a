"""How far services are offered online (NĐ 224/2026 Art. 14: what keeps a service from it is a dated reason)."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family
from reporting.indicators.base import INDICATORS, Declaration, Pass, Source

SERVICE = _("dịch vụ")

FULL_SERVICES = INDICATORS.add(
    Declaration(
        code="full_services",
        codes=("K3", "224-a"),
        family=Family.SUPPLY,
        label=_("Dịch vụ công trực tuyến toàn trình"),
        short_name=_("dịch vụ toàn trình"),
        formula=_(
            "Số thủ tục được cung cấp trực tuyến toàn trình trong kỳ, chia cho số thủ tục đủ điều kiện toàn trình: không "
            "tính thủ tục phải có mặt hoặc phải kiểm tra tại chỗ. Trong một phạm vi, cùng một thủ tục chỉ tính một lần."
        ),
        numerator=_("dịch vụ toàn trình"),
        denominator=_("thủ tục đủ điều kiện"),
        noun=SERVICE,
        sources=(Source.OFFERINGS,),
        cases=Pass.OFFERED,
        counted="may_be_full",
        hit="is_full",
        key="procedure_id",
    )
)
OFFERED_ONLINE = INDICATORS.add(
    Declaration(
        code="offered_online",
        codes=("K14", "KPI3"),
        family=Family.SUPPLY,
        label=_("Thủ tục đủ điều kiện được cung cấp trực tuyến"),
        short_name=_("thủ tục được cung cấp trực tuyến"),
        formula=_(
            "Số thủ tục được cung cấp trực tuyến (một phần hoặc toàn trình) trong kỳ, chia cho số thủ tục đủ điều kiện: "
            "đang cung cấp, hoặc chỉ chưa cung cấp vì lý do kỹ thuật. Trong một phạm vi, cùng một thủ tục chỉ tính một lần."
        ),
        numerator=_("thủ tục trực tuyến"),
        denominator=_("thủ tục đủ điều kiện"),
        noun=SERVICE,
        sources=(Source.OFFERINGS,),
        cases=Pass.OFFERED,
        counted="may_be_online",
        hit="is_online",
        key="procedure_id",
    )
)
AUTOMATION = INDICATORS.add(
    Declaration(
        code="automation",
        codes=("224-c",),
        family=Family.SUPPLY,
        label=_("Mức độ tự động hóa"),
        short_name=_("bước tự động"),
        formula=_("Số bước giải quyết do hệ thống tự làm trong kỳ, chia cho số bước giải quyết trong kỳ."),
        numerator=_("bước tự động"),
        denominator=_("bước giải quyết"),
        noun=_("bước"),
        cases=None,
        waits_for=("automatic_step",),
    )
)
PROACTIVE = INDICATORS.add(
    Declaration(
        code="proactive_services",
        codes=("224-g",),
        family=Family.SUPPLY,
        label=_("Dịch vụ công chủ động"),
        short_name=_("dịch vụ chủ động"),
        formula=_(
            "Số lần cơ quan chủ động cung cấp dịch vụ khi dữ liệu đã đủ, không đợi người dân nộp hồ sơ, chia cho số lần "
            "dịch vụ đó được giải quyết trong kỳ."
        ),
        numerator=_("lần chủ động"),
        denominator=_("lần giải quyết"),
        noun=_("lần"),
        cases=None,
        waits_for=("proactive_service",),
    )
)
