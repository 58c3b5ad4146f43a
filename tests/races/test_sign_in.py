"""The sign-in pages met twice at once: one account, one telephone, one new password, and never an error page."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from integrations.models import OutboxMessage
from tests.client import StrictClient
from tests.factories import UserFactory
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
PASSWORD = "bien-xanh-nang-vang"
NEW = "mot-cau-that-dai-va-la"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def same_browser(client, count):
    """The same session in several tabs."""
    tabs = [StrictClient(raise_request_exception=False) for _ in range(count)]
    for tab in tabs:
        tab.cookies.update(client.cookies)
    return tabs


def together(clients, name, *typed):
    """Send forms at the same moment; the statuses, none of them an error of ours."""
    found = at_once(
        *(
            lambda client=client, form=form: client.post(reverse(name), form).status_code
            for client, form in zip(clients, typed, strict=True)
        )
    )
    assert all(status < 500 for status in found), found
    return found


def code_of(address):
    body = OutboxMessage.objects.filter(address=address).order_by("-pk")[0].body
    return re.search(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b|\b\d{6}\b", body.split("của bạn là")[-1]).group()


def signed_in(**facts):
    user = UserFactory(**facts)
    client = StrictClient(raise_request_exception=False)
    client.force_login(user)
    return user, client


@pytest.mark.parametrize("facts", [{"phone": "0903123456", "email": ""}, {"phone": "", "email": "oi@b.test"}])
def test_sign_up_twice_at_once_makes_one_account(facts):
    form = {"full_name": "Lê Thị Ổi", "password1": PASSWORD, "password2": PASSWORD, **facts}
    clients = [StrictClient(raise_request_exception=False) for _ in range(3)]
    assert 302 in together(clients, "account_signup", form, form, form)
    assert User.objects.count() == 1


def test_a_code_used_twice_at_once_signs_in(client):
    client = StrictClient(raise_request_exception=False)
    form = {"full_name": "Lê Thị Ổi", "phone": "0903123456", "email": "", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), form)
    code = {"code": code_of("0903123456")}
    together(same_browser(client, 2), "account_verify_phone", code, code)
    assert User.objects.get().phone_verified


def test_a_new_password_sent_twice_at_once_is_set():
    user = UserFactory(phone="0903123456", phone_verified=True, email=None)
    client = StrictClient(raise_request_exception=False)
    page = client.post(reverse("account_reset_password"), {"email": "0903123456"})["Location"]
    client.post(page, {"code": code_of("0903123456")})
    form = {"password1": NEW, "password2": NEW}
    together(same_browser(client, 2), "account_complete_password_reset", form, form)
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_two_accounts_prove_one_telephone_at_once_and_one_is_told():
    people = [signed_in(phone=f"090312345{n}", phone_verified=True, email=None) for n in (1, 2)]
    codes = []
    for user, client in people:
        user.set_password(PASSWORD)
        user.save()
        client.force_login(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("account_change_phone"), {"phone": "0911222333"})
        codes.append({"code": code_of("0911222333")})
        cache.clear()  # the pause between two codes to one telephone
    together([client for _user, client in people], "account_verify_phone", *codes)
    assert User.objects.filter(phone="0911222333").count() == 1


def test_two_accounts_prove_one_mailbox_at_once_and_one_has_it():
    people = [signed_in(phone=f"090312345{n}", phone_verified=True, email=None) for n in (1, 2)]
    codes = []
    for user, client in people:
        user.set_password(PASSWORD)
        user.save()
        client.force_login(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("account_email"), {"email": "moi@b.test", "action_add": ""})
        codes.append({"code": code_of("moi@b.test")})
        cache.clear()
    together([client for _user, client in people], "account_email_verification_sent", *codes)
    assert (
        User.objects.filter(email="moi@b.test").count()
        == EmailAddress.objects.filter(email="moi@b.test", verified=True).count()
        == 1
    )
