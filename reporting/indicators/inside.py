"""Internal procedures, staff, and how much of the whole is whose."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Basis, Family
from reporting.indicators.base import INDICATORS, ONLINE, Declaration, Pass

STAFF = _("cán bộ")

INTERNAL_ONLINE = INDICATORS.add(
    Declaration(
        code="internal_online",
        codes=("K12", "KPI4"),
        family=Family.INSIDE,
        label=_("Thủ tục nội bộ thực hiện trực tuyến"),
        short_name=_("hồ sơ nội bộ trực tuyến"),
        formula=_(
            "Số hồ sơ nội bộ giữa các cơ quan nhà nước được tiếp nhận trong kỳ nộp trực tuyến, chia cho tổng số hồ sơ nội "
            "bộ được tiếp nhận trong kỳ."
        ),
        numerator=_("hồ sơ nội bộ trực tuyến"),
        denominator=_("hồ sơ nội bộ"),
        cases=Pass.RECEIVED,
        hit=ONLINE,
        internal=True,
        is_public=False,
    )
)
VOLUME_SHARE = INDICATORS.add(
    Declaration(
        code="volume_share",
        codes=("KPI13",),
        family=Family.INSIDE,
        label=_("Tỷ trọng hồ sơ của đơn vị"),
        short_name=_("tỷ trọng hồ sơ"),
        formula=_(
            "Số hồ sơ được tiếp nhận trong kỳ của đơn vị, chia cho số hồ sơ được tiếp nhận trong kỳ của toàn địa bàn."
        ),
        numerator=_("hồ sơ của đơn vị"),
        denominator=_("hồ sơ của toàn địa bàn"),
        cases=Pass.RECEIVED,
        of_whole=True,
        is_public=False,
    )
)
STAFF_ACCOUNTS = INDICATORS.add(
    Declaration(
        code="staff_accounts",
        codes=("K11", "KPI5"),
        family=Family.INSIDE,
        label=_("Cán bộ có tài khoản dịch vụ công quốc gia và của tỉnh"),
        short_name=_("cán bộ có đủ tài khoản"),
        formula=_(
            "Số cán bộ, công chức, viên chức có cả hai tài khoản, chia cho tổng số cán bộ, công chức, viên chức."
        ),
        numerator=_("cán bộ có đủ tài khoản"),
        denominator=STAFF,
        noun=STAFF,
        cases=None,
        bases=(Basis.CUMULATIVE,),
        is_public=False,
        waits_for=("national_account",),
    )
)
STAFF_SKILLED = INDICATORS.add(
    Declaration(
        code="staff_skilled",
        codes=("K11-TT",),
        family=Family.INSIDE,
        label=_("Cán bộ sử dụng thành thạo dịch vụ công trực tuyến"),
        short_name=_("cán bộ thành thạo"),
        formula=_(
            "Số cán bộ, công chức, viên chức được xác nhận thành thạo, chia cho tổng số cán bộ, công chức, viên chức."
        ),
        numerator=_("cán bộ thành thạo"),
        denominator=STAFF,
        noun=STAFF,
        cases=None,
        bases=(Basis.CUMULATIVE,),
        is_public=False,
        waits_for=("training",),
    )
)
