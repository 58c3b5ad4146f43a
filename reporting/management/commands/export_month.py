"""Write the file of a closed month: `export_month 2022-09 [--out FILE] [--key-out KEY.pem]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.clock import Month
from portal.signing import signer
from reporting.closed_months import export
from reporting.models import Run


class Command(BaseCommand):
    """Prints the file unless told where to write it; nothing in it is of a person."""

    help = "Export a closed month with digest and signature; --key-out writes the public key of today's signer."

    def add_arguments(self, parser: CommandParser) -> None:
        """Month, version, places."""
        parser.add_argument("month", help="as 2022-09")
        parser.add_argument(
            "--version-number", type=int, default=0, help="of a month closed again (default: the newest)"
        )
        parser.add_argument("--out", type=Path)
        parser.add_argument("--key-out", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the run and write."""
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise CommandError(
                _("“%(text)s” không phải là tháng; hãy viết như 2022-09.") % {"text": options["month"]}
            ) from error
        runs = Run.objects.filter(month=month.first_day, frozen_at__isnull=False, has_copies=True).order_by("-version")
        if options["version_number"]:
            runs = runs.filter(version=options["version_number"])
        run = runs.first()
        if run is None:
            raise CommandError(
                _("Tháng %(month)s chưa chốt hoặc chốt bằng bản cũ nên không xuất được.") % {"month": month}
            )
        text = export(run)
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
            self.stdout.write(
                _("Đã ghi %(file)s, mã kiểm tra %(digest)s.") % {"file": options["out"], "digest": run.digest}
            )
        else:
            self.stdout.write(text, ending="")
        by = signer()
        if options["key_out"] and by is not None:
            options["key_out"].write_bytes(by.public_pem())
