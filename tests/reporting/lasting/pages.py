"""What the tests of these pages read off them: the numbers that open lists, and rows of a table."""

import html
import re

from tests.reporting.test_views import rows_of

LIST = re.compile(r'<a href="(/so-lieu/(?:ho-so|danh-sach)/[^"]+)">([\d.]+)</a>')
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


def words(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).replace("\u00a0", " ").strip()


def table(page, anchor):
    """The rows of a table by their headings."""
    body = page.split(f'<caption id="{anchor}">')[1].split("</table>")[0].split("<tbody>")[1]
    rows = [[words(cell) for cell in CELL.findall(row)] for row in ROW.findall(body)]
    return {row[0]: row[1:] for row in rows}


def lead(page):
    return words(re.search(r'<p class="board-lead">(.*?)</p>', page, re.DOTALL)[1])


def assert_numbers_are_lists(client, page):
    """Every number that opens a list is as long as it; returns how many there are."""
    numbers = {html.unescape(url): int(shown.replace(".", "")) for url, shown in LIST.findall(page)}
    for url, number in numbers.items():
        assert rows_of(client, url) == (number, number), url
    return len(numbers)
