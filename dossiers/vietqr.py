"""The text of a VietQR code (EMVCo merchant-presented QR with the Napas template): account, amount, purpose. Pure.

Called by whoever shows how to pay by transfer; drawn by portal.pdf and the pages as any QR code.
"""

from portal.text import unaccented

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DYNAMIC = "12"
VND = "704"
LONGEST_PURPOSE = 25
_POLYNOMIAL, _START, _TOP = 0x1021, 0xFFFF, 0x8000


def text(*, bank: str, account: str, amount: int, purpose: str) -> str:
    """The whole text with its check sum. `bank`: the bank's BIN of six digits; `purpose`: at most 25 signs without accents."""
    body = "".join(
        (
            _field("00", "01"),
            _field("01", DYNAMIC),
            _field(
                "38",
                _field("00", NAPAS)
                + _field("01", _field("00", bank) + _field("01", account))
                + _field("02", TO_ACCOUNT),
            ),
            _field("53", VND),
            _field("54", str(amount)),
            _field("58", "VN"),
            _field("62", _field("08", plain(purpose))),
            "6304",
        )
    )
    return f"{body}{checksum(body):04X}"


def plain(purpose: str) -> str:
    """A purpose as banks take it: letters, digits, points, hyphens and blanks of ASCII."""
    return "".join(sign for sign in unaccented(purpose) if sign.isascii() and (sign.isalnum() or sign in ".- "))[
        :LONGEST_PURPOSE
    ]


def checksum(body: str) -> int:
    """CRC-16/CCITT-FALSE of the text before it."""
    found = _START
    for byte in body.encode():
        found ^= byte << 8
        for _bit in range(8):
            found = ((found << 1) ^ _POLYNOMIAL if found & _TOP else found << 1) & 0xFFFF
    return found


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"
