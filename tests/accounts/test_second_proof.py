"""A recycled telephone number: a code alone opens no account with proven identity; what the true owner can do is said."""

import re

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import IdentityKind, IdentitySource, PartyKind
from accounts.models import Party
from accounts.services import link_identity, own_party
from integrations.models import OutboxMessage
from tests.client import StrictClient
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
NEW = {"password1": "mot-cau-that-dai-va-la", "password2": "mot-cau-that-dai-va-la"}
RIGHT = {"birth_date": "6/5/1985", "digits": "000001"}
DONE = "account_complete_password_reset"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def owner():
    user = UserFactory(full_name="Lê Thị Mẫu", phone="0903123456", phone_verified=True, email="a@b.test")
    user.emailaddress_set.create(email="a@b.test", verified=True, primary=True)
    Party.objects.filter(pk=own_party(user).pk).update(birth_date="1985-05-06")
    link_identity(
        user=user, identity_kind=IdentityKind.CITIZEN_ID, identity="077185000001", source=IdentitySource.COUNTER
    )
    return user


def with_code(by="0903123456"):
    """A browser whose person has typed the code that came to the telephone, or to the mailbox."""
    client = StrictClient()
    page = client.post(reverse("account_reset_password"), {"email": by})["Location"]
    message = OutboxMessage.objects.order_by("-pk").first()
    client.post(
        page,
        {
            "code": re.search(
                r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b|\b\d{6}\b", message.body.split("của bạn là")[-1]
            ).group()
        },
    )
    return client


def test_who_holds_the_number_today_gets_nowhere_and_the_owner_is_told_the_ways(owner):
    client = with_code()
    page = client.get(reverse(DONE)).content.decode()
    for words in ("6 số cuối", "đặt lại mật khẩu bằng thư điện tử", "Bộ phận Một cửa", "mới được cấp số này"):
        assert words in page
    for proof in (
        {},
        RIGHT | {"digits": "000002"},
        RIGHT | {"birth_date": "1985"},
        RIGHT | {"birth_date": "07/05/1985"},
    ):
        answer = client.post(reverse(DONE), NEW | proof)
        assert answer.status_code == 200
    page = answer.content.decode()
    assert "không khớp với giấy tờ" in page
    assert page.index("error-summary") < page.index('name="digits"'), (
        "said on top: on a telephone the field is out of sight"
    )
    assert not get_user(client).is_authenticated
    owner.refresh_from_db()
    assert not owner.check_password(NEW["password1"])


def test_the_owner_passes_with_what_is_on_the_papers_or_by_mail(owner):
    client = with_code()
    assert client.post(reverse(DONE), NEW | RIGHT | {"digits": "000 001"}).status_code == 302
    assert get_user(client) == owner
    assert with_code(by="a@b.test").post(reverse(DONE), NEW).status_code == 302


def test_five_tries_a_day_then_the_true_time_and_none_without_a_cache(owner, monkeypatch):
    client = with_code()
    for _ in range(5):
        client.post(reverse(DONE), NEW | RIGHT | {"digits": "111111"})
    client = with_code()
    page = client.post(reverse(DONE), NEW | RIGHT).content.decode()
    said = re.findall(r"Hãy thử lại sau \d+ (?:giây|phút|giờ)[^<]*", page)
    assert len(said) == 1, "what is wrong with the whole form stands once"
    assert "mang giấy tờ tùy thân đến Bộ phận Một cửa" in said[0], "who has no mailbox is told where to go"
    cache.clear()
    monkeypatch.setattr("portal.ratelimit.cache.get", lambda key, default=None: default)
    assert "Hãy thử lại sau 60 giây" in client.post(reverse(DONE), NEW | RIGHT).content.decode()


@pytest.mark.parametrize("change", [{"kind": PartyKind.FIRM}, {"birth_date": ""}])
def test_where_nothing_secret_is_known_the_telephone_opens_nothing(owner, change):
    Party.objects.filter(user=owner).update(**change)
    client = with_code()
    assert "chưa đủ để mở lại tài khoản" in client.get(reverse(DONE)).content.decode()
    assert "chưa đủ để mở lại tài khoản" in client.post(reverse(DONE), NEW | RIGHT).content.decode()
    owner.refresh_from_db()
    assert not owner.check_password(NEW["password1"])


def test_an_account_nobody_proved_needs_the_code_only(owner):
    Party.objects.filter(user=owner).update(identity_source=IdentitySource.DECLARED)
    assert with_code().post(reverse(DONE), NEW).status_code == 302
