"""Sheets from the ledger: which there are, as each circular has them. No act calls for them, and they bear no number."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import ledger_sheets
from dossiers.papers import SHEETS, TT_01_2018, TT_03_2025, TT_03_2025_FROM, Edition, LedgerSheet, PaperSize


def _of_circulars(old: str, new: str, title: Promise, template: str, size: PaperSize) -> tuple[Edition, Edition]:
    return (
        Edition(date.min, title, template, size, old, TT_01_2018),
        Edition(TT_03_2025_FROM, title, template, size, new, TT_03_2025),
    )


SHEETS.add(
    LedgerSheet(
        code="control_slip",
        label=_("Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        editions=_of_circulars(
            "05",
            "06",
            _("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
            "dossiers/print/control_slip.html",
            PaperSize.A5,
        ),
        pieces=ledger_sheets.control_slip,
        of_dossier=True,
    )
)
SHEETS.add(
    LedgerSheet(
        code="register",
        label=_("Sổ theo dõi hồ sơ"),
        editions=_of_circulars(
            "06", "07", _("SỔ THEO DÕI HỒ SƠ"), "dossiers/print/register.html", PaperSize.A4_LANDSCAPE
        ),
        pieces=ledger_sheets.register,
    )
)
SHEETS.add(
    LedgerSheet(
        code="handed_out",
        label=_("Phiếu bàn giao hồ sơ"),
        editions=(
            Edition(date.min, _("PHIẾU BÀN GIAO HỒ SƠ"), "dossiers/print/handover_list.html", PaperSize.A4_LANDSCAPE),
        ),
        pieces=ledger_sheets.handed_out,
    )
)
SHEETS.add(
    LedgerSheet(
        code="handed_back",
        label=_("Phiếu bàn giao kết quả"),
        editions=(
            Edition(date.min, _("PHIẾU BÀN GIAO KẾT QUẢ"), "dossiers/print/handover_list.html", PaperSize.A4_LANDSCAPE),
        ),
        pieces=ledger_sheets.handed_back,
    )
)
