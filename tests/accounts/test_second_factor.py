"""Staff are forced to a second factor and to a password of their own; nothing but the mending pages is open before."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import get_user
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import Role
from integrations.models import OutboxMessage
from tests.factories import MembershipFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
PASSWORD = "bien-xanh-nang-vang"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def officer():
    user = UserFactory(phone="0903123456", phone_verified=True, email=None)
    user.set_password(PASSWORD)
    user.save()
    MembershipFactory(user=user, role=Role.OFFICER)
    return user


def sign_in(client):
    return client.post(reverse("account_login"), {"login": "0903123456", "password": PASSWORD})


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def activate(client):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    return secret, client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})


@pytest.mark.parametrize(
    "address", ["/di-tiep/", "/mot-cua/", "/toi/", "/ho-so/", "/quan-tri/", "/thong-bao/", "/he-thong/"]
)
def test_staff_without_second_factor_reach_only_its_set_up(client, officer, address):
    sign_in(client)
    assert client.get(address)["Location"] == reverse("mfa_index")


def test_staff_set_up_an_authenticator_and_go_on(client, officer):
    sign_in(client)
    text = client.get("/di-tiep/", follow=True).content.decode()
    assert "phải bật xác thực hai lớp" in text
    _secret, response = activate(client)
    assert response.status_code == 302
    assert client.get("/di-tiep/")["Location"] == reverse("desk:inbox")


def test_next_sign_in_asks_for_the_code(client, officer):
    sign_in(client)
    secret, _response = activate(client)
    client.post(reverse("account_logout"))
    cache.clear()  # a code may be used once; the test has no 30 seconds to wait
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert not get_user(client).is_authenticated
    assert "Mã không đúng" in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert get_user(client) == officer


def test_owner_is_told_of_a_new_second_factor_by_letter(client, officer, django_capture_on_commit_callbacks):
    officer.email = "canbo@b.test"
    officer.save()
    officer.emailaddress_set.create(email="canbo@b.test", verified=True, primary=True)
    sign_in(client)
    with django_capture_on_commit_callbacks(execute=True):
        activate(client)
    message = OutboxMessage.objects.get(kind="account.totp_activated")
    assert message.subject == "[Một Cửa] Đã bật ứng dụng xác thực"
    assert "Tài khoản của bạn vừa có thay đổi" in message.body


def test_owner_without_address_is_told_by_message(client, officer, django_capture_on_commit_callbacks):
    sign_in(client)
    with django_capture_on_commit_callbacks(execute=True):
        activate(client)
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).exists()
    assert OutboxMessage.objects.filter(kind="account.account_changed").first().address == officer.phone


def test_citizens_are_not_forced(client):
    client.force_login(UserFactory())
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_roles_that_ended_or_have_not_begun_force_nothing(client, officer):
    officer.memberships.update(valid_from="2090-01-01")
    sign_in(client)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_superusers_without_a_role_are_forced_too(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get("/he-thong/")["Location"] == reverse("mfa_index")


def test_temporary_password_opens_only_the_page_that_changes_it(client, officer):
    officer.must_change_password = True
    officer.save()
    sign_in(client)
    response = client.get("/di-tiep/", follow=True)
    assert response.redirect_chain[-1][0] == reverse("account_change_password")
    assert "mật khẩu tạm" in response.content.decode()


# ── system pages ─────────────────────────────────────────────────────────────────────────────────


def secured(user):
    TOTP.activate(user, "A" * 32)
    return user


def test_system_pages_have_no_sign_in_form_of_their_own(client):
    response = client.get("/he-thong/")
    assert response["Location"].startswith("/he-thong/login/") or response["Location"].startswith(
        reverse("account_login")
    )
    response = client.get("/he-thong/login/?next=/he-thong/accounts/")
    assert response["Location"].startswith(reverse("account_login"))
    assert "next=/he-thong/accounts/" in response["Location"]
    assert client.post("/he-thong/login/", {"username": "a", "password": "b"})["Location"].startswith(
        reverse("account_login")
    )


def test_system_pages_are_for_superusers_only(client):
    client.force_login(secured(MembershipFactory(role=Role.ADMINISTRATOR, unit=UnitFactory()).user))
    assert client.get("/he-thong/", follow=True).status_code == 403
    client.force_login(secured(UserFactory(is_staff=True)))
    assert client.get("/he-thong/", follow=True).status_code == 403


def test_superuser_with_second_factor_sees_the_system_pages(client):
    client.force_login(secured(UserFactory(is_staff=True, is_superuser=True)))
    assert client.get("/he-thong/").status_code == 200


ENGLISH = re.compile(
    r"\b(Sign|Password|Email|Phone|Your|This|Please|Enter|Change|Current|Authenticator|Recovery|Security|There|You|Download|Generate)\b"
)


def test_pages_of_the_second_factor_speak_vietnamese(client, officer):
    sign_in(client)
    activate(client)
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
    ):
        response = client.get(reverse(name))
        assert response.status_code == 200, name
        text = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1].split("</main")[0])
        assert not ENGLISH.search(text), (name, ENGLISH.search(text))
    client.post(reverse("account_logout"))
    sign_in(client)
    text = re.sub(
        r"<[^>]+>", " ", client.get(reverse("mfa_authenticate")).content.decode().split("<main")[1].split("</main")[0]
    )
    assert not ENGLISH.search(text), ENGLISH.search(text)
