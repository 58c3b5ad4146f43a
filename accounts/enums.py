"""Short stable values of the accounts room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member of a unit may do there (NĐ 61/2018 Art. 8–11, 17–20)."""

    RECEPTIONIST = "receptionist", _("cán bộ tiếp nhận")
    CASHIER = "cashier", _("cán bộ thu phí, lệ phí")
    RETURNER = "returner", _("cán bộ trả kết quả")
    DESK_HEAD = "desk_head", _("trưởng Bộ phận Một cửa")
    POSTAL_CLERK = "postal_clerk", _("nhân viên bưu điện")
    HELPER = "helper", _("người hỗ trợ (Tổ công nghệ số cộng đồng)")
    OFFICER = "officer", _("chuyên viên thụ lý")
    UNIT_HEAD = "unit_head", _("lãnh đạo phòng")
    SIGNER = "signer", _("lãnh đạo ký")
    CLERK = "clerk", _("văn thư")
    CONSULTED = "consulted", _("đơn vị phối hợp")
    HOME_AFFAIRS = "home_affairs", _("chuyên viên Nội vụ")
    PROCEDURE_CONTROLLER = "procedure_controller", _("kiểm soát thủ tục hành chính")
    ADMINISTRATOR = "administrator", _("quản trị hệ thống")


class Office(TextChoices):
    """Whether somebody leads a unit or stands in for its leader; papers print the title above the signature."""

    CHIEF = "chief", _("cấp trưởng (chủ tịch, trưởng phòng)")
    DEPUTY = "deputy", _("cấp phó (phó chủ tịch, phó trưởng phòng)")


DESK_ROLES = frozenset({Role.RECEPTIONIST, Role.CASHIER, Role.RETURNER, Role.DESK_HEAD, Role.POSTAL_CLERK})
CASE_ROLES = frozenset({Role.OFFICER, Role.UNIT_HEAD, Role.SIGNER, Role.CLERK, Role.CONSULTED})
WORK_ROLES = DESK_ROLES | CASE_ROLES  # who works on dossiers
COUNTER_ROLES = frozenset({Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK})  # who receives paper at the counter
HEAD_ROLES = frozenset({Role.DESK_HEAD, Role.UNIT_HEAD, Role.SIGNER})  # who leads the people of a unit
MANAGER_ROLES = frozenset({Role.HOME_AFFAIRS, Role.DESK_HEAD, Role.UNIT_HEAD, Role.SIGNER})  # who reads the boards


class UnitKind(TextChoices):
    """Kinds of organisation units."""

    PROVINCE = "province", _("tỉnh, thành phố trực thuộc trung ương")
    CITY = "city", _("thành phố thuộc tỉnh")
    WARD = "ward", _("phường, xã")
    DEPARTMENT = "department", _("phòng chuyên môn")
    DESK = "desk", _("Bộ phận Một cửa, trung tâm phục vụ hành chính công")
    POST = "post", _("điểm bưu điện")
    GROUP = "group", _("khối đơn vị")


class PartyKind(TextChoices):
    """Who may own or submit a dossier."""

    PERSON = "person", _("cá nhân")
    FIRM = "firm", _("doanh nghiệp, tổ chức")
    HOUSEHOLD = "household", _("hộ kinh doanh")
    AGENCY = "agency", _("cơ quan nhà nước")


class IdentityKind(TextChoices):
    """Which number identifies a party."""

    CITIZEN_ID = "citizen_id", _("số định danh cá nhân")
    PASSPORT = "passport", _("hộ chiếu")
    TAX_CODE = "tax_code", _("mã số thuế")
    AGENCY_CODE = "agency_code", _("mã định danh cơ quan")


class IdentitySource(TextChoices):
    """Where an identity number came from."""

    DECLARED = "declared", _("tự khai")
    COUNTER = "counter", _("đối chiếu tại quầy")
    E_IDENTITY = "e_identity", _("định danh điện tử")


class PlaceKind(TextChoices):
    """Levels of places."""

    PROVINCE = "province", _("tỉnh, thành phố")
    DISTRICT = "district", _("quận, huyện")
    WARD = "ward", _("phường, xã")


class DayKind(TextChoices):
    """What an exceptional day of a calendar is."""

    OFF = "off", _("nghỉ")
    WORKDAY = "workday", _("làm việc bù")


class CalendarChoice(TextChoices):
    """What happens to promises already made when the calendar they rest on is edited."""

    KEEP = "keep", _("giữ nguyên hạn đã hẹn")
    MOVE = "move", _("dời hạn về sau theo lịch mới và báo người nộp")


class ClosingRule(TextChoices):
    """How the work of a closed unit is divided among its successors."""

    ONE = "one", _("tất cả về một đơn vị")
    WARD = "ward", _("chia theo phường, xã của chủ hồ sơ")
    FIELD = "field", _("chia theo lĩnh vực của thủ tục")


class ClosingState(TextChoices):
    """How far the closing of a unit is."""

    DRAFT = "draft", _("đang chuẩn bị")
    RUNNING = "running", _("đang chuyển")
    DONE = "done", _("đã xong")
