"""The nine criteria of TT 01/2018/TT-VPCP Art. 13–15: points of a dossier, averaged over a unit's or an officer's dossiers."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from reporting.enums import Family, Measure
from reporting.indicators.base import DECIDED, INDICATORS, Declaration, Pass

_DOSSIERS = _("hồ sơ giải quyết xong")
_POINTS = _("điểm")
_criterion = partial(
    Declaration, family=Family.INSIDE, numerator=_POINTS, measure=Measure.POINTS, is_public=False, denominator=_DOSSIERS
)
_of_dossiers = partial(_criterion, cases=Pass.HANDLED, of_officers=True)
_of_agencies = partial(_criterion, cases=None)

TOTAL_TIME = INDICATORS.add(
    _of_dossiers(
        code="tt01_total_time",
        codes=("TT01-1",),
        label=_("Điểm về tổng thời gian giải quyết"),
        short_name=_("điểm thời gian"),
        formula=_(
            "Mỗi hồ sơ giải quyết xong trong kỳ: sớm hơn ngày hẹn 2 điểm, đúng ngày hẹn 1 điểm, muộn hơn 0 điểm; lấy trung "
            "bình, một chữ số thập phân."
        ),
        counted=f"{DECIDED} AND due_day IS NOT NULL",
        amount="CASE WHEN finished_day < due_day THEN 2 WHEN finished_day = due_day THEN 1 ELSE 0 END",
    )
)
UNIT_TIME = INDICATORS.add(
    _of_agencies(
        code="tt01_unit_time",
        codes=("TT01-2",),
        label=_("Điểm về thời gian của từng cơ quan phối hợp"),
        short_name=_("điểm thời gian từng cơ quan"),
        formula=_("Mỗi hồ sơ và mỗi cơ quan tham gia: sớm hơn thời hạn của mình 2 điểm, đúng hạn 1 điểm, muộn 0 điểm."),
        waits_for=("unit_stretch",),
    )
)
CONTACTS = INDICATORS.add(
    _of_dossiers(
        code="tt01_contacts",
        codes=("TT01-3",),
        label=_("Điểm về số lần liên hệ để hoàn thiện hồ sơ"),
        short_name=_("điểm số lần liên hệ"),
        formula=_(
            "Mỗi hồ sơ giải quyết xong trong kỳ: không yêu cầu bổ sung 2 điểm, một lần 1 điểm, nhiều hơn 0 điểm; lấy trung "
            "bình, một chữ số thập phân."
        ),
        counted=DECIDED,
        amount="CASE WHEN supplements = 0 THEN 2 WHEN supplements = 1 THEN 1 ELSE 0 END",
    )
)
BODIES = INDICATORS.add(
    _of_dossiers(
        code="tt01_bodies",
        codes=("TT01-4",),
        label=_("Điểm về số cơ quan phải liên hệ"),
        short_name=_("điểm số cơ quan"),
        formula=_(
            "Mỗi hồ sơ giải quyết xong trong kỳ: không phải liên hệ 2 điểm, một cơ quan 1 điểm, nhiều hơn 0 điểm."
        ),
        counted=f"{DECIDED} AND bodies_contacted IS NOT NULL",
        amount="CASE WHEN bodies_contacted = 0 THEN 2 WHEN bodies_contacted = 1 THEN 1 ELSE 0 END",
        waits_for=("bodies_contacted",),
    )
)
WHOLE_AT_DESK = INDICATORS.add(
    _of_agencies(
        code="tt01_at_desk",
        codes=("TT01-5",),
        label=_("Điểm về thực hiện trọn quy trình tại Một cửa"),
        short_name=_("điểm trọn quy trình"),
        formula=_("Tỷ lệ thủ tục được tiếp nhận, giải quyết và trả kết quả ngay tại Một cửa, theo mức của từng cấp."),
        waits_for=("desk_procedure",),
    )
)
PUBLICITY = INDICATORS.add(
    _of_agencies(
        code="tt01_publicity",
        codes=("TT01-6",),
        label=_("Điểm về công khai thủ tục"),
        short_name=_("điểm công khai"),
        formula=_(
            "Niêm yết và công khai điện tử đầy đủ 2 điểm, một trong hai 1 điểm, không đầy đủ hoặc không kịp thời 0 điểm."
        ),
        waits_for=("publicity_check",),
    )
)
ATTITUDE = INDICATORS.add(
    _of_dossiers(
        code="tt01_attitude",
        codes=("TT01-7",),
        label=_("Điểm về thái độ phục vụ"),
        short_name=_("điểm thái độ"),
        formula=_(
            "Mỗi hồ sơ giải quyết xong trong kỳ: sớm hạn và không có phản ánh 2 điểm, đúng hạn và không có phản ánh 1 "
            "điểm, còn lại 0 điểm."
        ),
        counted=f"{DECIDED} AND due_day IS NOT NULL AND complaint_upheld IS NOT NULL",
        amount="CASE WHEN complaint_upheld THEN 0 WHEN finished_day < due_day THEN 2 "
        "WHEN finished_day = due_day THEN 1 ELSE 0 END",
        waits_for=("complaint_upheld",),
    )
)
PETITIONS = INDICATORS.add(
    _of_agencies(
        code="tt01_petitions",
        codes=("TT01-8",),
        label=_("Điểm về xử lý phản ánh, kiến nghị"),
        short_name=_("điểm xử lý phản ánh"),
        formula=_("Không có hoặc 100 % đúng hạn 2 điểm, từ 90 % 1 điểm, dưới 90 % hoặc kéo dài 0 điểm."),
        waits_for=("petition",),
    )
)
ONLINE_POINTS = INDICATORS.add(
    _of_agencies(
        code="tt01_online",
        codes=("TT01-9",),
        label=_("Điểm về dịch vụ công trực tuyến"),
        short_name=_("điểm trực tuyến"),
        formula=_(
            "Từ 20 % thủ tục trực tuyến, từ 30 % hồ sơ trực tuyến và không hồ sơ nào trễ 2 điểm; từ 15 % hồ sơ và không hồ "
            "sơ nào trễ 1 điểm; còn lại 0 điểm."
        ),
        waits_for=("agency_score",),
    )
)
