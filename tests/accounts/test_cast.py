"""The cast of the demo city, loaded once for all tests here: signing in by one click, and whose pages they reach."""

import re

import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from accounts import seeds
from accounts.services import PartyFacts, update_party
from portal.errors import UserError
from tests.house.source import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def test_one_click_signs_a_member_of_the_cast_in_and_spares_them_the_second_factor(client, people):
    response = client.post(reverse("accounts:demo_sign_in"), {"key": "administrator"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("accounts:manage")
    assert response.status_code == 200
    assert get_user(client).email == "quan-tri@mau.example"


def test_the_page_invites_to_roles_that_have_work_and_says_when_the_city_grows(client, people, tmp_path, monkeypatch):
    page = client.get(reverse("account_login")).content.decode()
    invited = [person.key for person in seeds.cast() if f'value="{person.key}"' in page]
    assert invited == [person.key for person in seeds.invited()]
    assert not {"helper"} & set(invited)
    assert "đang dựng dữ liệu mẫu" not in page
    monkeypatch.setattr(seeds, "GROWING", tmp_path)
    assert "đang dựng dữ liệu mẫu" in client.get(reverse("account_login")).content.decode()


def test_the_strip_of_the_demo_wraps_so_that_no_page_is_wider_than_a_telephone():
    rules = re.findall(r"\.demo-strip \{([^}]*)\}", (ROOT / "static/css/base.css").read_text(encoding="utf-8"))
    assert rules
    assert not [rule for rule in rules if "nowrap" in rule]


def test_cast_signed_in_with_the_password_is_not_spared(client, people):
    client.post(reverse("account_login"), {"login": "quan-tri@mau.example", "password": seeds.DEMO_PASSWORD})
    assert get_user(client).is_authenticated
    assert client.get(reverse("accounts:manage"))["Location"] == reverse("mfa_index")


def test_one_click_is_never_a_get_and_never_outside_demo_mode(client, people, settings):
    assert client.get(reverse("accounts:demo_sign_in"), {"key": "officer"}).status_code == 405
    settings.DEMO = False
    assert client.post(reverse("accounts:demo_sign_in"), {"key": "officer"}).status_code == 404
    assert not get_user(client).is_authenticated


def test_demo_session_is_not_spared_once_demo_mode_is_off(client, people, settings):
    client.post(reverse("accounts:demo_sign_in"), {"key": "administrator"})
    settings.DEMO = False
    assert client.get(reverse("accounts:manage"))["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("key", ["", "khong-co", "x" * 10_000, "\x00"])
def test_unknown_member_of_the_cast_is_a_sentence(client, people, key):
    response = client.post(reverse("accounts:demo_sign_in"), {"key": key}, follow=True)
    assert "chưa có hoặc đang bị khóa" in response.content.decode()


@pytest.mark.parametrize(
    ("wanted", "reached"), [("/toi/", "/toi/"), ("https://evil.example/", "/di-tiep/"), ("//evil.example", "/di-tiep/")]
)
def test_one_click_follows_only_own_addresses(client, people, wanted, reached):
    response = client.post(reverse("accounts:demo_sign_in"), {"key": "citizen_phone", "next": wanted})
    assert response["Location"] == reached


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("citizen_phone", "my:list"),
        ("receptionist", "desk:inbox"),
        ("officer", "desk:inbox"),
        ("administrator", "accounts:manage"),
    ],
)
def test_onward_leads_to_ones_work(client, people, key, name):
    client.force_login(people[key])
    client.session.save()
    session = client.session
    session["demo_person"] = True
    session.save()
    assert client.get(reverse("accounts:onward"))["Location"] == reverse(name)


def test_firm_account_edits_its_firm(client, people):
    user = people["firm"]
    client.force_login(user)
    text = client.get(reverse("accounts:edit_profile")).content.decode()
    assert "Tên tổ chức" in text
    assert "Ngày sinh" not in text
    facts = PartyFacts(kind="firm", full_name="CÔNG TY TNHH BIỂN XANH MẪU", address="9 Lê Lợi")
    assert update_party(party_id=user.party.pk, by=user, facts=facts).address == "9 Lê Lợi"
    with pytest.raises(UserError):  # a proven name is changed at the desk only
        update_party(party_id=user.party.pk, by=user, facts=PartyFacts(kind="firm", full_name="Công ty Khác Hẳn"))
    user.refresh_from_db()
    assert user.full_name == "Phạm Thị Mẫu Đại Diện"
