"""The error classes of the house. Views catch UserError only; tasks retry RetryLaterError only; the rest are bugs."""

from django.utils.translation import gettext_lazy as _


class PortalError(Exception):
    """Root of all errors we raise on purpose."""


class UserError(PortalError):
    """Something a person can understand and mend; `message` is a full Vietnamese sentence shown as it is."""

    default_message = _("Không thực hiện được yêu cầu. Vui lòng kiểm tra lại và thử lại.")

    def __init__(self, message: object | None = None, *, field: str | None = None) -> None:
        self.message = str(message if message is not None else self.default_message)
        self.field = field
        super().__init__(self.message)


class NotNowError(UserError):
    """The act does not fit the present state, step or person."""

    default_message = _(
        "Hồ sơ không còn ở bước này nên không thực hiện được thao tác. Vui lòng tải lại trang để xem hiện trạng."
    )


class StaleError(UserError):
    """Somebody else was faster."""

    default_message = _("Hồ sơ vừa được cập nhật ở nơi khác. Vui lòng xem lại nội dung mới rồi thực hiện tiếp.")


class MissingPaperError(UserError):
    """A required paper or answer is missing."""

    default_message = _("Hồ sơ còn thiếu thành phần bắt buộc. Vui lòng bổ sung trước khi gửi.")


class LimitError(UserError):
    """A limit of size, number or rate was reached."""

    default_message = _("Vượt quá giới hạn cho phép. Vui lòng thử lại sau.")


class BusyError(UserError):
    """A lock was not had in time; nothing was changed."""

    default_message = _("Hệ thống đang bận. Dữ liệu của bạn chưa thay đổi; vui lòng thử lại sau ít giây.")


class ExternalError(PortalError):
    """A fault of a remote service; only tasks and clients see it."""


class RetryLaterError(ExternalError):
    """The remote service may answer later."""


class AwayError(RetryLaterError):
    """The remote service cannot be reached at all: what waits for it is not at fault, and the rest need not be tried."""


class RefusedError(ExternalError):
    """The remote service said no; trying again is useless."""
