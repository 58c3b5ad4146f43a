"""Invented people of the demo city: the staff of its wards and who files. Every name has “Mẫu” in it; numbers are made up."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from accounts import validators
from accounts.enums import IdentityKind, PartyKind, Role
from accounts.models import OrgUnit, User
from accounts.seeds import Person, write_people
from accounts.services.facts import PartyFacts
from dossiers.scenarios.people import FAMILY, GIVEN_MEN, GIVEN_WOMEN

STREETS = (
    "Trần Phú",
    "Lê Lợi",
    "Ba Cu",
    "Nguyễn An Ninh",
    "Hoàng Hoa Thám",
    "Lê Hồng Phong",
    "Thùy Vân",
    "Hạ Long",
    "Bacu",
    "Trương Công Định",
    "Nguyễn Hữu Cảnh",
    "Bình Giã",
    "Võ Thị Sáu",
    "Phan Chu Trinh",
    "Đô Lương",
    "Lưu Chí Hiếu",
)
ELDEST, YOUNGEST = date(1950, 1, 1), date(2004, 12, 31)
HAS_PHONE = 0.4
ACCOUNTS = 6  # of citizens in each ward, beside the cast
# Who works in each ward beside the cast: key, words of the name, roles by the tail of the unit's code.
DEPARTMENTS = ("van-phong", "kinh-te", "van-xa")
STAFF: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("receptionist", "Tiếp Nhận", (("ttpvhcc", Role.RECEPTIONIST),)),
    ("returner", "Trả Kết Quả", (("ttpvhcc", Role.RETURNER),)),
    ("desk_head", "Trưởng Quầy", (("ttpvhcc", Role.DESK_HEAD),)),
    ("officer", "Thụ Lý", tuple((tail, Role.OFFICER) for tail in DEPARTMENTS)),
    ("officer_2", "Thụ Lý Hai", tuple((tail, Role.OFFICER) for tail in DEPARTMENTS)),
    ("unit_head", "Trưởng Phòng", tuple((tail, Role.UNIT_HEAD) for tail in DEPARTMENTS)),
    ("signer", "Ký Duyệt", (("", Role.SIGNER),)),
    ("clerk", "Văn Thư", (("", Role.CLERK), ("van-phong", Role.CLERK))),
    ("consulted", "Phối Hợp", (("van-xa", Role.CONSULTED),)),
    ("cashier", "Thu Phí", (("ttpvhcc", Role.CASHIER),)),
)
LEAVER: tuple[str, str, tuple[tuple[str, str], ...]] = (
    "officer_3",
    "Sắp Nghỉ",
    tuple((tail, Role.OFFICER) for tail in DEPARTMENTS),
)


@dataclass
class WardHouse:
    """One ward with who works there and who files there; `members` by the keys of STAFF."""

    unit: OrgUnit
    desk: OrgUnit
    chance: Random
    number: int
    members: dict[str, User] = field(default_factory=dict)
    citizens: list[User] = field(default_factory=list)
    made: int = 0

    def owner(self) -> PartyFacts:
        """Somebody who comes to the counter."""
        name, gender, born = _somebody(self.chance)
        self.made += 1
        phone = f"09030{self.number}{self.made:04d}" if self.chance.random() < HAS_PHONE else ""
        return PartyFacts(
            kind=PartyKind.PERSON,
            full_name=name,
            birth_date=born.isoformat(),
            gender=gender,
            phone=phone,
            identity_kind=IdentityKind.CITIZEN_ID,
            identity=number_of(gender, born, self.number * 10_000 + self.made),
            place_code=self.unit.place_code,
            address=address(self.chance),
        )


def number_of(gender: str, born: date, serial: int) -> str:
    """A made-up personal number that reads like one: province, sex and century, year, serial above those of the cast."""
    sex = {validators.MALE: 0, validators.FEMALE: 1}[gender] + (2 if born.year >= 2000 else 0)
    return f"077{sex}{born.year % 100:02d}{500_000 + serial:06d}"


def address(chance: Random) -> str:
    """A house in one of the city's streets."""
    return f"{chance.randrange(2, 380)} {chance.choice(STREETS)}"


def staffed(ward: WardHouse, cast: dict[str, User]) -> WardHouse:
    """The ward with everybody who works and files there; accounts are made where they are missing."""
    code = ward.unit.code
    known = {key: cast[key] for key, _words, _roles in STAFF if key in cast} if code == "p-vung-tau" else {}
    if code == "p-tam-thang":
        known = {key: cast[f"{key}_tam_thang"] for key in ("receptionist", "officer")}
    plan = [*STAFF, LEAVER] if code == "p-vung-tau" else STAFF
    wanted = [row for row in plan if row[0] not in known]
    made = write_people([_colleague(ward, place, row) for place, row in enumerate(wanted, 1)])
    ward.members = known | {key: made[f"{code}-{key}"] for key, _words, _roles in wanted}
    ward.citizens = list(write_people([_citizen(ward, place) for place in range(1, ACCOUNTS + 1)]).values())
    return ward


def _colleague(ward: WardHouse, place: int, row: tuple[str, str, tuple[tuple[str, str], ...]]) -> Person:
    key, words, roles = row
    code, short = ward.unit.code, (ward.unit.short_name or ward.unit.name).split(" ", 1)[1]
    born = date(1970 + place, 1 + place % 12, 1 + ward.number)
    woman = (place + ward.number) % 2 == 0
    gender = validators.FEMALE if woman else validators.MALE
    units = [[f"{code}-{tail}" if tail else code, str(role)] for tail, role in roles]
    return Person(
        key=f"{code}-{key}",
        name=f"{FAMILY[(place * 3 + ward.number) % len(FAMILY)]} {'Thị' if woman else 'Văn'} Mẫu {words} {short}",
        group=short,
        email=f"{key.replace('_', '-')}.{code}@mau.example",
        identity=number_of(gender, born, 400_000 + ward.number * 100 + place),
        roles=units,
    )


def _citizen(ward: WardHouse, place: int) -> Person:
    chance = Random(f"{ward.unit.code} {place}")  # noqa: S311  the same people whatever the day
    name, gender, born = _somebody(chance)
    return Person(
        key=f"{ward.unit.code}-citizen-{place}",
        name=name,
        group="",
        about="công dân",
        email=f"dan{place}.{ward.unit.code}@mau.example",
        party={
            "kind": str(PartyKind.PERSON),
            "birth_date": born.isoformat(),
            "gender": gender,
            "identity": number_of(gender, born, 300_000 + ward.number * 100 + place),
            "address": address(chance),
            "place_code": ward.unit.place_code,
        },
    )


def _somebody(chance: Random) -> tuple[str, str, date]:
    woman = chance.random() < 0.5
    given = chance.choice(GIVEN_WOMEN if woman else GIVEN_MEN)
    born = date.fromordinal(chance.randrange(ELDEST.toordinal(), YOUNGEST.toordinal()))
    name = f"{chance.choice(FAMILY)} {'Thị' if woman else 'Văn'} Mẫu {given}"
    return name, validators.FEMALE if woman else validators.MALE, born
