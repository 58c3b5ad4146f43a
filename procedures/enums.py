"""Short stable values of the catalogue."""

from enum import StrEnum

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class ProcedureKind(TextChoices):
    """Who made the procedure (national data: STANDARD, SPECIFIC, STANDARD_INTERNAL)."""

    STANDARD = "standard", _("do bộ, ngành công bố")
    SPECIFIC = "specific", _("đặc thù của tỉnh")
    INTERNAL = "internal", _("nội bộ giữa các cơ quan nhà nước")


class RevisionState(TextChoices):
    """Life of a revision; a published one never changes."""

    DRAFT = "draft", _("bản nháp")
    PUBLISHED = "published", _("đã công bố")
    RETIRED = "retired", _("hết hiệu lực")


class RevisionSource(TextChoices):
    """Where a revision came from; an import never overwrites local work silently."""

    IMPORT = "import", _("cơ sở dữ liệu quốc gia")
    LOCAL = "local", _("địa phương biên tập")


class Channel(IntegerChoices):
    """KenhThucHien of the national exchange; null counts as at the desk (QĐ 766 formulas)."""

    DESK = 1, _("trực tiếp")
    ONLINE = 2, _("trực tuyến")
    POST = 3, _("bưu chính công ích")


class FeePer(TextChoices):
    """What a fee is counted by."""

    FLAT = "flat", _("hồ sơ")
    COPY = "copy", _("bản")
    PAGE = "page", _("trang")
    PERSON = "person", _("người")


class FeeSubject(TextChoices):
    """People for whom fees are lower or waived (Luật Phí và lệ phí 2015 Art. 10)."""

    POOR = "poor", _("người thuộc hộ nghèo")
    MERIT = "merit", _("người có công với cách mạng")
    DISABLED = "disabled", _("người khuyết tật")
    ELDERLY = "elderly", _("người cao tuổi")
    CHILD = "child", _("trẻ em")
    MINORITY = "minority", _("đồng bào dân tộc thiểu số ở xã đặc biệt khó khăn")
    OTHER = "other", _("trường hợp khác theo quy định")


class ServiceLevel(IntegerChoices):
    """MucDo of the national exchange, plus 0 for what is served at the counter only."""

    NONE = 0, _("chỉ nộp trực tiếp")
    INFORMATION = 2, _("cung cấp thông tin")
    PARTIAL = 3, _("trực tuyến một phần")
    FULL = 4, _("trực tuyến toàn trình")


ONLINE_LEVELS = frozenset({ServiceLevel.PARTIAL, ServiceLevel.FULL})


class OfflineReason(TextChoices):
    """The four reasons NĐ 224/2026 Art. 14 allows for not being fully online."""

    PRESENCE = "presence", _("phải có mặt trực tiếp")
    SITE_CHECK = "site_check", _("phải kiểm tra, xác minh tại chỗ")
    TECHNICAL_FAULT = "technical_fault", _("sự cố kỹ thuật chưa khắc phục được")
    OTHER_TECHNICAL = "other_technical", _("vấn đề kỹ thuật khác")


class PaperKind(TextChoices):
    """What a row of the papers list is; a note is guidance and not a paper."""

    SUBMIT = "submit", _("phải nộp")
    PRESENT = "present", _("phải xuất trình")
    NOTE = "note", _("lưu ý")


class PaperForm(TextChoices):
    """In which form a paper came."""

    ORIGINAL = "original", _("bản chính")
    COPY = "copy", _("bản sao")
    E_COPY = "e_copy", _("bản điện tử")
    REUSED = "reused", _("lấy từ kho dữ liệu")


class ClockName(TextChoices):
    """The two clocks of a dossier: until the desk has answered an online submission, and until the result is there."""

    ACCEPT = "accept", _("tiếp nhận")
    MAIN = "main", _("giải quyết")


class ResumePolicy(TextChoices):
    """How a limit goes on after a stop (NĐ 61/2018 Art. 19.4 starts it anew; some sheets only move the due time)."""

    RESTART = "restart", _("tính lại từ đầu")
    SHIFT = "shift", _("cộng thêm thời gian đã dừng")


class StepKind(TextChoices):
    """Steps of the internal route; each kind allows its own acts."""

    INTAKE = "intake", _("Tiếp nhận, chuyển hồ sơ")
    ASSIGN = "assign", _("Phân công")
    APPRAISE = "appraise", _("Thẩm định")
    REVIEW = "review", _("Kiểm tra, trình")
    SIGN = "sign", _("Ký")
    STAMP = "stamp", _("Vào sổ, đóng dấu, ban hành")
    RETURN = "return", _("Trả kết quả")
    CONSULT = "consult", _("Cho ý kiến")
    # These two hang on a step of the route while a paper of it is on its way out; a route never names them.
    DRAFT_SIGN = "draft_sign", _("Ký duyệt dự thảo")
    DRAFT_SEND = "draft_send", _("Gửi văn bản cho người nộp")
    # Lies beside the route from the wish to withdraw until its answer.
    WITHDRAWAL = "withdrawal", _("Trả lời đề nghị rút hồ sơ")
    # In the hands of the post, until the desk signs for it: before it is received, or after a delivery that failed.
    POST = "post", _("Bưu điện giữ, chờ bàn giao cho Bộ phận Một cửa")


ROUTE_KINDS = frozenset(StepKind) - {StepKind.DRAFT_SIGN, StepKind.DRAFT_SEND, StepKind.WITHDRAWAL, StepKind.POST}


class StepPlace(TextChoices):
    """Which unit does a step: the desk that received, the handling department, or the deciding authority."""

    DESK = "desk", _("Bộ phận Một cửa")
    DEPARTMENT = "department", _("phòng chuyên môn")
    AUTHORITY = "authority", _("lãnh đạo, văn phòng của cơ quan có thẩm quyền")
    OTHER = "other", _("đơn vị được hỏi ý kiến")


class DraftCheck(TextChoices):
    """Whether the applicant checks the draft of the result before it is signed."""

    NONE = "none", _("không gửi kiểm tra")
    SILENCE = "silence", _("gửi kiểm tra; hết một ngày làm việc không trả lời là đồng ý")
    CONFIRM = "confirm", _("gửi kiểm tra; người nộp phải xác nhận")


class FactKey(StrEnum):
    """Keys of public facts. The version is ours; the figures are written by the rooms above (reporting.public_figures)."""

    CATALOGUE_VERSION = "catalogue_version"  # a new word whenever names change
    TODAY = "today"  # {"day", "filed", "online"}
    MOST_USED = "most_used"  # [{"procedure_id", "code", "filed"}], last seven days
    USUAL_DAYS = "usual_days"  # of a procedure: {"days", "dossiers"}; nine of ten took at most so many days


class FieldSource(StrEnum):
    """Where a field of a result paper comes from."""

    ANSWER = "answer"  # what the applicant declared, which the officer checks
    OFFICER = "officer"
    EXTERNAL = "external"  # a number another system gives, typed with its source and time
    SYSTEM = "system"  # words and sentences made of the others


class PaperDay(StrEnum):
    """Which day decides what edition of a result paper holds."""

    ISSUED = "issued"
    FILED = "filed"  # dossiers filed before the edition began keep the one before
