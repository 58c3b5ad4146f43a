"""Tables read off a page: figures become numbers, what stands beside them columns; codes and pages of lists stay what they are."""

from datetime import date
from decimal import Decimal

import pytest

from portal.sheets import ShownNumber
from portal.tables import figure_of, read_page

PAGE = """
<h1 class="page-title">UBND thành phố · tháng 9/2022</h1>
<p class="stamp">số liệu đến hết ngày 30/09/2022,
   đã chốt lần 2</p><p>Không đọc.</p>
<div class="table-wrap" aria-label="Nhãn của khung"><table class="table-mc">
  <thead><tr><th scope="col">Đơn vị</th><th scope="col" class="num">Lũy kế</th><th>Đánh giá</th><th>Ngày</th></tr></thead>
  <tbody>
    <tr><th scope="colgroup" colspan="4">Khối phường</th></tr>
    <tr><th scope="row"><a href="/x">Phường 1 &amp; 2</a></th>
      <td class="num"><strong>57,1&nbsp;%</strong><span class="note"><span data-also="tử số"><a href="/a">1.004</a></span>/<span
        data-also="mẫu số">1.758</span></span> <span class="verdict"><svg><title>x</title></svg> đạt</span></td>
      <td><span class="status"><svg></svg><span>đạt</span></span></td><td class="num">09/09/2022</td></tr>
    <tr><th scope="row">Phường 3</th><td class="num">không phát sinh</td><td>–</td><td></td></tr>
  </tbody>
</table></div>
<table data-part><tr><td>chỉ là một trang</td></tr></table>
<table><caption>Bảng 2</caption><tr><td>001.234</td><td>Dòng<br>dưới</td></tr></table>
"""


def test_page_is_read_with_heading_stamp_and_tables():
    page = read_page(PAGE)
    assert page.heading == "UBND thành phố · tháng 9/2022"
    assert page.stamps == ["số liệu đến hết ngày 30/09/2022, đã chốt lần 2"]
    first, second = page.tables
    assert (first.caption, second.caption) == ("Nhãn của khung", "Bảng 2")
    assert first.heads == [
        ["Đơn vị", "Lũy kế", "Lũy kế: tử số", "Lũy kế: mẫu số", "Lũy kế: đánh giá", "Đánh giá", "Ngày"]
    ]
    assert first.rows == [
        ["Khối phường", None, None, None, None, None, None],
        [
            "Phường 1 & 2",
            ShownNumber(Decimal("0.571"), 1, "%"),
            ShownNumber(Decimal(1004)),
            ShownNumber(Decimal(1758)),
            "đạt",
            "đạt",
            date(2022, 9, 9),
        ],
        ["Phường 3", "không phát sinh", None, None, None, "–", None],
    ]
    assert second.rows == [["001.234", "Dòng dưới"]]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("0", ShownNumber(Decimal(0))),
        ("1.234.567", ShownNumber(Decimal(1234567))),
        ("-3,50", ShownNumber(Decimal("-3.5"), 2)),
        ("+4,0 điểm", ShownNumber(Decimal(4), 1, "điểm")),
        ("12 hồ sơ", ShownNumber(Decimal(12), 0, "hồ sơ")),
        ("100,0 %", ShownNumber(Decimal(1), 1, "%")),
        ("007", None),
        ("1.23", None),
        ("12/34", None),
        ("1234567890123456", None),
        ("", None),
        ("–", None),
        ("=1+1", None),
    ],
)
def test_what_is_a_figure(text, figure):
    assert figure_of(text) == figure


def test_broken_markup_does_not_stop_the_reading():
    assert read_page("<table><tr><td>a<td>b</table></p></div>").tables[0].rows == [["a", "b"]]
    assert read_page("<td>x</td></table><h1>Trang").tables == []
