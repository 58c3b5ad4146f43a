"""What the log of look-ups keeps of what was looked for: words as they are, of numbers of people their end alone."""

import pytest

from accounts.services.look_ups import masked

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("sought", "kept"),
    [
        ("Lê Thị Khác 079085001001", "Lê Thị Khác …001"),
        ("Bùi An 079 085 001 001 tìm", "Bùi An …001 tìm"),
        ("C1234567", "…567"),  # passports: ours, with a space, and of other countries
        ("b 7654321", "b …321"),
        ("C01X00T47 Nguyễn Văn Mẫu", "…T47 Nguyễn Văn Mẫu"),
        ("271234567", "…567"),  # the old identity card
        ("0312345678-001", "…001"),
        ("090 300 0111", "…111"),
        ("3RXY-F3CK-MQFV", "3RXY-F3CK-MQFV"),
        ("Phường 12, khu phố 3", "Phường 12, khu phố 3"),
        ("0020", "0020"),
        ("nguoi=12", "nguoi=12"),
    ],
)
def test_every_number_of_a_person_is_shortened_to_its_end(sought, kept):
    assert masked(sought) == kept
