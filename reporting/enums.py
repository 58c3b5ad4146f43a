"""Short stable values of reporting."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Basis(TextChoices):
    """Over which days a figure counts."""

    MONTH = "month", _("trong tháng")
    QUARTER = "quarter", _("trong quý")
    MID_MONTH = "mid_month", _("từ ngày 15 tháng trước đến ngày 14")
    CUMULATIVE = "cumulative", _("lũy kế từ đầu năm")


class ScopeKind(TextChoices):
    """Whose figure it is."""

    UNIT = "unit", _("đơn vị")
    GROUP = "group", _("khối đơn vị")
    DEPARTMENT = "department", _("phòng thụ lý")
    TOTAL = "total", _("toàn địa bàn")
    PROCEDURE = "procedure", _("thủ tục")
    OFFICER = "officer", _("cán bộ thụ lý")


class Family(TextChoices):
    """What a figure is about; boards list figures by it."""

    ONLINE = "online", _("Nộp trực tuyến")
    TIME = "time", _("Thời hạn giải quyết")
    INTAKE = "intake", _("Tiếp nhận, bổ sung, từ chối")
    PAPERS = "papers", _("Số hóa, kết quả điện tử")
    SUPPLY = "supply", _("Cung cấp dịch vụ")
    MONEY = "money", _("Thanh toán, trả kết quả")
    PEOPLE = "people", _("Hài lòng, phản ánh, nhận biết")
    INSIDE = "inside", _("Thủ tục nội bộ, cán bộ, chấm điểm")


class Measure(TextChoices):
    """How a figure reads: numerator over denominator as a share, as hours or as points, or the numerator alone."""

    RATIO = "ratio", _("tỷ lệ")
    HOURS = "hours", _("giờ làm việc mỗi hồ sơ")
    COUNT = "count", _("số lượng")
    POINTS = "points", _("điểm")


class Direction(TextChoices):
    """Which way is better: a target is to be reached, or a limit not to be passed."""

    HIGHER = "higher", _("càng cao càng tốt")
    LOWER = "lower", _("càng thấp càng tốt")


class ZeroRule(TextChoices):
    """What a figure without any case is worth."""

    NOTHING = "nothing", _("không phát sinh, không đánh giá")
    NOUGHT = "nought", _("tính là 0")
    FULL = "full", _("tính là đạt tối đa")


class TargetScope(TextChoices):
    """Whom a target is set for: one scope, or every unit of a kind that has none of its own."""

    UNIT = "unit", _("đơn vị")
    GROUP = "group", _("khối đơn vị")
    DEPARTMENT = "department", _("phòng thụ lý")
    TOTAL = "total", _("toàn địa bàn")
    WARDS = "wards", _("mỗi phường, xã")
    DEPARTMENTS = "departments", _("mỗi phòng chuyên môn")
    UNITS = "units", _("mỗi đơn vị")


class PlanState(TextChoices):
    """How far a plan of targets is: written by one person, put in force by another."""

    DRAFT = "draft", _("bản nháp")
    IN_FORCE = "in_force", _("đã đưa vào áp dụng")
    DROPPED = "dropped", _("đã bỏ")


class FinishKind(TextChoices):
    """How the processing of a dossier ended; the first end counts."""

    GRANTED = "granted", _("đã giải quyết")
    REFUSED = "refused", _("từ chối giải quyết")
    STOPPED = "stopped", _("dừng xử lý")
    WITHDRAWN = "withdrawn", _("rút hồ sơ")
    NOT_ACCEPTED = "not_accepted", _("không được tiếp nhận")


class Light(TextChoices):
    """Status against a target; officially there are only reached and not reached."""

    REACHED = "reached", _("đạt")
    MISSED = "missed", _("chưa đạt")
    NO_TARGET = "no_target", _("chưa giao chỉ tiêu")
    NO_DATA = "no_data", _("không phát sinh")


class Comparison(TextChoices):
    """How a figure stands in a comparison: against its target, or without one against the whole of the same days."""

    REACHED = "reached", _("đạt")
    MISSED = "missed", _("chưa đạt")
    BETTER = "better", _("tốt hơn mức chung")
    SAME = "same", _("bằng mức chung")
    WORSE = "worse", _("kém mức chung")
    FEW = "few", _("ít hồ sơ")
    PLAIN = "plain", _("không so sánh")
    NO_DATA = "no_data", _("không phát sinh")
    UNCOUNTED = "uncounted", _("chưa tính")
    NO_UNIT = "no_unit", _("không có đơn vị")


class Organised(TextChoices):
    """By which units past months are read; values stand in addresses."""

    THEN = "khi-do", _("như khi đó")
    NOW = "bay-gio", _("như bây giờ")


class Part(TextChoices):
    """Which part of a fraction a list shows; values stand in addresses."""

    NUMERATOR = "tu-so", _("tử số")
    DENOMINATOR = "mau-so", _("mẫu số")
    REST = "con-lai", _("phần còn lại")


class Ahead(TextChoices):
    """How to look at what is still to come."""

    EIGHT_WEEKS = "tam-tuan", _("theo bình quân một ngày làm việc của tám tuần gần nhất")
    THIS_MONTH = "thang-nay", _("theo nhịp tháng này, như trên bảng số liệu")
    LAST_YEAR = "cung-ky", _("như các tuần này của năm trước")
    OWN = "tu-nhap", _("theo số tự nhập")


class ShortfallState(TextChoices):
    """How far the explanation of a missed target is."""

    OPEN = "open", _("chờ giải trình")
    SENT = "sent", _("đã gửi, chờ xem xét")
    RETURNED = "returned", _("trả lại để bổ sung")
    ACCEPTED = "accepted", _("đã chấp nhận")


class ShortfallStep(TextChoices):
    """What was done with the explanation of a missed target."""

    OPENED = "opened", _("yêu cầu giải trình")
    SENT = "sent", _("gửi giải trình")
    RETURNED = "returned", _("trả lại")
    ACCEPTED = "accepted", _("chấp nhận")


class RemedyState(TextChoices):
    """How far a measure or a task is."""

    OPEN = "open", _("đang làm")
    DONE = "done", _("đã xong")
    DROPPED = "dropped", _("thôi không làm")


class LetterState(TextChoices):
    """How far a letter that reminds of a target is."""

    DRAFT = "draft", _("dự thảo")
    ISSUED = "issued", _("đã phát hành")
    DROPPED = "dropped", _("đã bỏ")


class Soundness(TextChoices):
    """What a checker says of a dossier that was on time only by its promise being moved."""

    VALID = "valid", _("hợp lệ")
    INVALID = "invalid", _("không hợp lệ")


class ExportForm(TextChoices):
    """Which kind of file a list is written to."""

    XLSX = "xlsx", _("bảng tính XLSX")
    CSV = "csv", _("văn bản CSV")


class ExportState(TextChoices):
    """How far a list is on its way to a file."""

    WAITING = "waiting", _("đang tạo")
    DONE = "done", _("đã xong")
    GONE = "gone", _("đã hết hạn giữ")


class MinutesState(TextChoices):
    """How far the minutes of a meeting are."""

    DRAFT = "draft", _("bản nháp")
    SETTLED = "settled", _("đã chốt biên bản")
    DROPPED = "dropped", _("đã bỏ")
