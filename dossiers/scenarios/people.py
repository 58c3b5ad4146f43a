"""Invented people for scenarios: names put together from common parts, no identity number, no telephone."""

from datetime import date, timedelta
from random import Random

from accounts import validators
from accounts.enums import PartyKind
from accounts.services.facts import PartyFacts

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
)
MIDDLE_WOMEN = ("Thị", "Thị Kim", "Thị Ngọc", "Thị Thu", "Thị Mỹ", "Thị Thanh")
MIDDLE_MEN = ("Văn", "Hữu", "Đức", "Quang", "Minh", "Công", "Thanh", "Xuân")
GIVEN_WOMEN = (
    "Hoa",
    "Lan",
    "Hương",
    "Mai",
    "Thủy",
    "Ngân",
    "Yến",
    "Trang",
    "Linh",
    "Hạnh",
    "Phượng",
    "Diễm",
    "Ánh",
    "Thảo",
)
GIVEN_MEN = (
    "Hùng",
    "Dũng",
    "Sơn",
    "Tuấn",
    "Long",
    "Phúc",
    "Khánh",
    "Đạt",
    "Bình",
    "Nam",
    "Thắng",
    "Hải",
    "Lâm",
    "Quân",
)
TRADES = ("Quán ăn", "Cửa hàng", "Tiệm may", "Nhà nghỉ", "Tạp hóa", "Vựa hải sản")
FIRMS = ("Xây dựng", "Thương mại", "Dịch vụ biển", "Du lịch", "Vật liệu", "Cơ khí")
ELDEST = date(1945, 1, 1)
YOUNGEST_AFTER = 57 * 365


def person(chance: Random, place_code: str) -> PartyFacts:
    """A person of a ward."""
    woman = chance.random() < 0.5
    middle, given = (MIDDLE_WOMEN, GIVEN_WOMEN) if woman else (MIDDLE_MEN, GIVEN_MEN)
    return PartyFacts(
        kind=PartyKind.PERSON,
        full_name=f"{chance.choice(FAMILY)} {chance.choice(middle)} {chance.choice(given)}",
        birth_date=(ELDEST + timedelta(days=chance.randrange(YOUNGEST_AFTER))).isoformat(),
        gender=validators.FEMALE if woman else validators.MALE,
        place_code=place_code,
    )


def business(chance: Random, place_code: str) -> PartyFacts:
    """A firm or a household business of a ward."""
    given = chance.choice(GIVEN_WOMEN + GIVEN_MEN)
    if chance.random() < 0.4:
        name = f"Công ty TNHH {chance.choice(FIRMS)} {given} {chance.choice(GIVEN_MEN)}"
        return PartyFacts(kind=PartyKind.FIRM, full_name=name, place_code=place_code)
    return PartyFacts(kind=PartyKind.HOUSEHOLD, full_name=f"{chance.choice(TRADES)} {given}", place_code=place_code)
