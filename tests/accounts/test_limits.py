"""Limits of the sign-in pages: they fit a hall, lock nobody out, and say what happens without a cache."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts import devices, limits
from portal.ratelimit import UNCOUNTED, wait_for, wait_for_certain
from tests.client import StrictClient
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
PASSWORD = "bien-xanh-nang-vang"
HALL = "203.0.113.9"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def asked(address=HALL, cookies=None, **typed):
    request = RequestFactory().post("/tai-khoan/", typed, REMOTE_ADDR=address)
    request.COOKIES.update(cookies or {})
    return request


@pytest.fixture
def person():
    user = UserFactory(phone="0903123456", phone_verified=True, email=None)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": "0903 123 456", "password": password})


def strangers(tries, login="0903123456"):
    """Wrong passwords for one account, each from an address of its own."""
    for number in range(tries):
        limits.count_try(asked(f"198.51.{number // 250}.{number % 250}"), login)


def test_hundreds_behind_one_address_sign_up_and_in_within_an_hour():
    for number in range(500):
        phone = f"09{number:08}"
        assert limits.wait_for_page(asked(phone=phone, email=""), "account_signup") == 0
        assert limits.wait_for_page(asked(code="1"), "account_verify_phone") == 0
        limits.take_back(limits.count_try(asked(), phone))
    limits.count_try(asked(), "0903123456")  # a wrong one stays one of three hundred


def test_a_right_password_counts_for_nothing(person):
    for _ in range(12):
        client = StrictClient(REMOTE_ADDR=HALL)
        assert sign_in(client).status_code == 302


def test_strangers_stop_nobody_on_a_browser_that_is_known(person):
    known = StrictClient(REMOTE_ADDR=HALL)
    assert sign_in(known).status_code == 302
    known.get(reverse("account_logout"))
    known.post(reverse("account_logout"))
    strangers(200)
    assert sign_in(known).status_code == 302
    text = sign_in(StrictClient(REMOTE_ADDR=HALL)).content.decode()
    assert "Bạn vẫn vào được từ máy đã từng đăng nhập, hoặc bằng “Quên mật khẩu”" in text


def test_whom_strangers_stopped_on_a_new_machine_gets_in_by_a_code(person):
    from integrations.models import OutboxMessage

    strangers(201 - 1)
    client = StrictClient(REMOTE_ADDR=HALL)
    page = client.post(reverse("account_reset_password"), {"email": "0903123456"})["Location"]
    code = OutboxMessage.objects.get(channel="sms").body.split("của bạn là")[1].split()[0].strip(":.")
    client.post(page, {"code": code})
    new = {"password1": "mot-cau-that-dai-va-la", "password2": "mot-cau-that-dai-va-la"}
    assert client.post(reverse("account_complete_password_reset"), new)["Location"] == "/di-tiep/"
    client.post(reverse("account_logout"))
    assert sign_in(client, new["password1"]).status_code == 302  # the browser is known from now on


def test_a_known_browser_has_a_limit_of_its_own_and_knows_a_dozen_accounts(person):
    response = HttpResponse()
    devices.remember(asked(), response, person)
    cookies = {devices.COOKIE: response.cookies[devices.COOKIE].value}
    assert "0903123456" not in cookies[devices.COOKIE]
    for _ in range(20):
        limits.count_try(asked(cookies=cookies), "0903123456")
    with pytest.raises(ValidationError, match="Hãy thử lại sau"):
        limits.count_try(asked(cookies=cookies), "0903123456")
    assert devices.browser_of(asked(cookies={devices.COOKIE: "x"}), "0903123456") == ""
    for number in range(30):
        other = HttpResponse()
        devices.remember(asked(cookies=cookies), other, UserFactory.build(phone=f"09{number:08}", email=None))
        cookies = {devices.COOKIE: other.cookies[devices.COOKIE].value}
    assert devices.browser_of(asked(cookies=cookies), "0903123456") == ""
    assert devices.browser_of(asked(cookies=cookies), "0900000029")


def test_codes_to_one_telephone_are_limited_by_who_asks_and_in_all():
    here = [limits.wait_for_page(asked(email="0903 123 456"), "account_reset_password") for _ in range(11)]
    assert here[:10] == [0] * 10
    assert 0 < here[10] <= 3600
    elsewhere = [
        limits.wait_for_page(asked(f"198.51.100.{n}", email="+84903123456"), "account_reset_password")
        for n in range(12)
    ]
    assert elsewhere[0] == 0
    assert elsewhere[-1] > 0


def test_one_address_fills_no_limit_that_is_counted_from_everywhere(person):
    refused = 0
    for _ in range(250):
        try:
            limits.count_try(asked("198.51.100.1"), "0903123456")
        except ValidationError:
            refused += 1
        limits.wait_for_page(asked("198.51.100.1", email="0903123456"), "account_reset_password")
    assert refused == 240
    assert sign_in(StrictClient(REMOTE_ADDR=HALL)).status_code == 302
    assert limits.wait_for_page(asked(email="0903123456"), "account_reset_password") == 0
    limits.count_try(asked("198.51.100.1"), "0903123457")  # nor that of the address, which others share


def test_telephone_and_address_of_one_account_are_one_counter():
    user = UserFactory(phone="0903123456", email="dan@example.test")
    response = HttpResponse()
    devices.remember(asked(), response, user)
    known = {devices.COOKIE: response.cookies[devices.COOKIE].value}
    for cookies, most in ((None, 10), (known, 20)):
        for number in range(most):
            limits.count_try(asked(cookies=cookies), (user.phone, user.email)[number % 2])
        for login in (user.phone, user.email):
            with pytest.raises(ValidationError, match="Hãy thử lại sau"):
                limits.count_try(asked(cookies=cookies), login)
    limits.count_try(asked(), "nguoi.khac@example.test")


@pytest.mark.parametrize("action", ["resend", "verify", "change"])
@pytest.mark.parametrize(("page", "field"), [(name, one) for name, row in limits.PAGES.items() for one in row.named])
def test_whatever_a_form_calls_its_act_its_letters_are_counted(page, field, action):
    request = [asked(action=action, **{field: "0903123456"}) for _ in range(11)]
    for one in request:
        one.user = UserFactory.build(pk=1)
    waits = [limits.wait_for_page(one, page) for one in request]
    assert waits[:10] == [0] * 10
    assert waits[10] > 0


def test_without_a_cache_people_are_let_in_and_what_must_be_counted_waits(person, monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *given, **more: True)
    monkeypatch.setattr(cache, "incr", lambda key, delta=1: delta)
    monkeypatch.setattr(cache, "get", lambda key, default=None, version=None: default)
    monkeypatch.setattr(cache, "set", lambda *given, **more: None)
    for _ in range(15):
        assert sign_in(StrictClient(REMOTE_ADDR=HALL), "sai-mat-khau-roi").status_code == 200
    assert sign_in(StrictClient(REMOTE_ADDR=HALL)).status_code == 302
    assert wait_for("x", "y", "1/m") == 0
    assert wait_for_certain("x", "y", "1/m") == UNCOUNTED
