"""Check the file of a closed month with a public key: `verify_month FILE --key KEY.pem [--month 2022-09]`.

Needs neither database nor the rest of the portal. Exit 0: the file is what was signed with this key.
"""

from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.month_file import MonthFault, check

SENTENCES = {
    MonthFault.NO_FILE: gettext_lazy("Đây không phải là tệp tháng đã chốt, hoặc tệp bị cắt."),
    MonthFault.ALTERED: gettext_lazy("Nội dung tệp đã bị sửa: mã kiểm tra không khớp."),
    MonthFault.UNSIGNED: gettext_lazy("Tệp không có chữ ký."),
    MonthFault.UNKNOWN_KEY: gettext_lazy("Tệp ký bằng khóa khác với khóa công khai đã đưa."),
    MonthFault.WRONG_SIGNATURE: gettext_lazy("Chữ ký không đúng với nội dung."),
    MonthFault.WRONG_MONTH: gettext_lazy("Tệp là của tháng khác."),
}


class Command(BaseCommand):
    """Says the month, version, digest and signer, and every fault."""

    help = "Verify an exported closed month from the file and the public key alone."
    requires_system_checks: ClassVar = []

    def add_arguments(self, parser: CommandParser) -> None:
        """File, key, month."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, help="public key (PEM)")
        parser.add_argument("--month", default="", help="the month it must be of, as 2022-09")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read both, check, say."""
        try:
            content = options["file"].read_bytes()
            pem = options["key"].read_bytes() if options["key"] else None
            sealed, faults = check(content, pem, options["month"])
        except OSError as error:
            raise CommandError(_("Không đọc được tệp: %(why)s.") % {"why": error.strerror}) from error
        except ValueError as error:
            raise CommandError(_("Khóa công khai không phải là khóa Ed25519 dạng PEM.")) from error
        if sealed is not None:
            self.stdout.write(
                _("Tháng %(month)s, lần chốt %(version)s, mã kiểm tra %(digest)s, ký bởi: %(signer)s (%(key)s).")
                % {
                    "month": sealed.month,
                    "version": sealed.version,
                    "digest": sealed.digest,
                    "signer": sealed.signer or "–",
                    "key": sealed.key_id or "–",
                }
            )
        if faults:
            raise CommandError(" ".join(str(SENTENCES[fault]) for fault in faults))
        self.stdout.write(_("Hợp lệ: đúng nội dung đã ký."))
