"""Words out of documents in old fonts are recognised, and nothing else is taken for them."""

import pytest

from portal.oldfonts import read

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("TrÇn ThÞ MÉu BÐ", "Trần Thị Mẫu Bé"),
        ("TrÇn ThÞ MÉu BĐ", "Trần Thị Mẫu Bé"),  # as the door leaves it
        ("§Æng ThÞ Hång MÉu", "Đặng Thị Hồng Mẫu"),
        ("Ph¹m §×nh MÉu", "Phạm Đình Mẫu"),
        ("Nguyeãn Thò Maãu Beù", "Nguyễn Thị Mẫu Bé"),
        ("Ñaëng Vaên Phöôùc", "Đặng Văn Phước"),
    ],
)
def test_tcvn3_and_vni_read_as_what_they_mean(pasted, meant):
    assert read(pasted) == meant


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hoà",
        "Huỳnh Ngọc Khuê",
        "Trần Thị Thuỷ Quỳnh",
        "Nguyễn Thuý Uyên",
        "H'Hen Niê",
        "Y Bhăm Êban",
        "K'Păh Krông",
        "Giàng A Páo",
        "François Müller",
        "José Núñez",
        "Søren Åberg",
        "Zoé Thibaut-Noël",
        "MẪU VĂN ĐƯỢC",
        "Công ty TNHH MTV Mẫu Hòa",
        "Mau Van Duoc",
        "",
    ],
)
def test_names_of_today_are_left_alone(name):
    assert read(name) == ""
