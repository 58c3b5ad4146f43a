"""The pages beside the story: administration, counter, catalogue desk, boards, error pages; looked at by axe at both widths."""

import pytest

pytestmark = pytest.mark.e2e

PAGES = {
    None: [
        "/thu-tuc/",
        "/huong-dan/",
        "/kha-nang-tiep-can/",
        "/su-kien/ket-hon/",
        "/so-lieu/cong-khai/",
        "/so-lieu/mo/",
        "/tai-khoan/signup/",
        "/tai-khoan/password/reset/",
        "/hop-thu-demo/",
    ],
    "citizen_phone": ["/toi/", "/toi/sua/", "/ho-so/"],
    "receptionist": ["/mot-cua/tai-quay/", "/mot-cua/tim/", "/mot-cua/in-so/"],
    "desk_head": ["/mot-cua/nguoi-giu/", "/toi/nghi-phep/"],
    "unit_head": ["/mot-cua/", "/mot-cua/nguoi-giu/"],
    "procedure_controller": ["/danh-muc/", "/danh-muc/mau-ket-qua/"],
    "administrator": [
        "/quan-tri/",
        "/quan-tri/nhan-su/",
        "/quan-tri/nhan-su/them/",
        "/quan-tri/don-vi/",
        "/quan-tri/lich/",
    ],
    "home_affairs": ["/so-lieu/?chi-so=services_used", "/so-lieu/?chi-so=on_time_first", "/so-lieu/xuat/"],
}


@pytest.mark.parametrize("role", PAGES, ids=lambda role: role or "anybody")
def test_pages_of_a_role_have_no_violation(person, role):
    one = person()
    if role:
        one.take_role(role)
    for path in PAGES[role]:
        one.go(path)
        one.look(path)


def test_a_page_that_is_not_there_says_so_kindly(person):
    one = person()
    answer = one.page.goto(f"{one.root}/khong-co-trang-nay/")
    one.sees("Không tìm thấy")
    one.look("404")
    assert answer.status in {200, 404}
    one.faults[:] = [fault for fault in one.faults if "404" not in fault]
