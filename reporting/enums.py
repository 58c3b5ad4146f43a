"""Short stable values of reporting."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Basis(TextChoices):
    """Over which days a figure counts."""

    MONTH = "month", _("trong tháng")
    CUMULATIVE = "cumulative", _("lũy kế từ đầu năm")


class ScopeKind(TextChoices):
    """Whose figure it is."""

    UNIT = "unit", _("đơn vị")
    GROUP = "group", _("khối đơn vị")
    DEPARTMENT = "department", _("phòng thụ lý")
    TOTAL = "total", _("toàn địa bàn")


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


class Part(TextChoices):
    """Which part of a fraction a list shows; values stand in addresses."""

    NUMERATOR = "tu-so", _("tử số")
    DENOMINATOR = "mau-so", _("mẫu số")
    REST = "con-lai", _("phần còn lại")
