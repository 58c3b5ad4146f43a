"""What indicators wait for, in words: columns of the facts no act writes yet, and tables that do not exist yet."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from reporting.indicators.base import Text

AWAITED: Final[dict[str, Text]] = {
    # columns of the facts
    "work_digitised": _("số hóa giấy tờ hình thành khi giải quyết"),
    "result_signed": _("ký số kết quả"),
    "paid_online": _("thanh toán phí, lệ phí"),
    "returned_by_post": _("hình thức trả kết quả"),
    "rating": _("phiếu đánh giá của người nộp"),
    "bodies_contacted": _("số cơ quan người nộp phải liên hệ"),
    "complaint_upheld": _("phản ánh về thái độ đã được xác minh"),
    # tables
    "petition": _("phản ánh, kiến nghị"),
    "survey": _("khảo sát người dân"),
    "pageview": _("lượt truy cập"),
    "national_account": _("tài khoản dịch vụ công quốc gia của cán bộ"),
    "training": _("xác nhận thành thạo của cán bộ"),
    "automatic_step": _("bước do hệ thống tự làm"),
    "proactive_service": _("dịch vụ cung cấp chủ động"),
    "unit_stretch": _("thời gian hồ sơ ở từng cơ quan"),
    "desk_procedure": _("thủ tục thực hiện trọn quy trình tại Một cửa"),
    "publicity_check": _("kết quả kiểm tra công khai"),
    "agency_score": _("chấm điểm cơ quan theo TT 01/2018/TT-VPCP"),
}
