"""The receipt for money as the decree has it; what stands on it is tried with the acts (tests/dossiers/money)."""

from datetime import date

OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)
GOLDEN = {
    ("fee_receipt", OLD): ("", "", "paper-a5", "BIÊN LAI THU PHÍ, LỆ PHÍ"),
    ("fee_receipt", NEW): ("", "", "paper-a5", "BIÊN LAI THU PHÍ, LỆ PHÍ"),
}
