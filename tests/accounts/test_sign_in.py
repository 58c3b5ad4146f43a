"""Sign-up, sign-in and forgotten passwords: every trap of the library that was met, and silence about who has an account."""

import re
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import limits
from accounts.models import Party, User
from integrations.models import OutboxMessage
from portal import clock
from tests.client import StrictClient
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
PASSWORD = "bien-xanh-nang-vang"
PERSON = {"full_name": "Lê Thị Ổi", "phone": "", "email": "", "password1": PASSWORD, "password2": PASSWORD}
CODE = re.compile(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b|\b\d{6}\b")


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def sign_up(client, **fields):
    return client.post(reverse("account_signup"), {**PERSON, **fields})


def sign_in(client, login, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def last(channel):
    return OutboxMessage.objects.filter(channel=channel).order_by("-pk").first()


def code_in(message):
    return CODE.search(message.body.split("xác nhận của bạn là")[-1].split("của bạn là:")[-1]).group()


# ── sign-up ──────────────────────────────────────────────────────────────────────────────────────


def test_phone_alone_is_enough_and_the_code_arrives_by_message(client):
    response = sign_up(client, phone="+84 903 123 456")
    assert response["Location"] == reverse("account_verify_phone")
    message = last("sms")
    assert message.address == "0903123456"
    assert not get_user(client).is_authenticated
    response = client.post(reverse("account_verify_phone"), {"code": code_in(message)})
    assert response["Location"] == "/di-tiep/"
    user = get_user(client)
    assert (user.phone, user.phone_verified, user.email, user.full_name) == ("0903123456", True, None, "Lê Thị Ổi")
    assert Party.objects.get(user=user).search_name == "le thi oi"


def test_email_alone_is_enough_and_the_code_arrives_by_letter(client):
    response = sign_up(client, email="Oi@Example.test")
    assert response["Location"] == reverse("account_email_verification_sent")
    message = last("email")
    assert message.address == "oi@example.test"
    response = client.post(reverse("account_email_verification_sent"), {"code": code_in(message)})
    assert response["Location"] == "/di-tiep/"
    assert get_user(client).phone is None
    assert EmailAddress.objects.get().verified


def test_both_need_only_the_phone_code(client):
    sign_up(client, phone="0903123456", email="oi@example.test")
    response = client.post(reverse("account_verify_phone"), {"code": code_in(last("sms"))})
    assert response["Location"] == "/di-tiep/"


def test_neither_is_refused_with_a_sentence(client):
    response = sign_up(client)
    assert "ít nhất một trong hai" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"email": None, "phone": None}, {"email": "", "phone": "0903123456"}, {"email": "a@b.test", "phone": ""}],
)
def test_the_database_refuses_nobodies_and_blanks(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(full_name="Ai Đó", **fields)


def test_two_accounts_without_email_do_not_collide(client):
    sign_up(client, phone="0903123456")
    sign_up(StrictClient(REMOTE_ADDR="203.0.113.7"), phone="0903123457")
    assert User.objects.filter(email__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone": "12"}, "bắt đầu bằng 03"),
        ({"email": "khong phai thu"}, "thư điện tử chưa đúng"),
        ({"phone": "0903123456", "full_name": ""}, "bắt buộc"),
        ({"phone": "0903123456", "full_name": "N" * 10_000}, "tối đa 200"),
        ({"phone": "0903123456", "full_name": "Lê\x00"}, "ký tự không hợp lệ"),
        ({"phone": "0903123456", "full_name": "Lê 2"}, "chỉ gồm chữ cái"),
        ({"phone": "0903123456", "password1": "ngan", "password2": "ngan"}, "Mật khẩu quá ngắn"),
        ({"phone": "0903123456", "password1": "password1234", "password2": "password1234"}, "dễ đoán"),
        ({"phone": "0903123456", "password2": "khac-han-bien-xanh"}, "không giống nhau"),
    ],
)
def test_bad_sign_up_is_a_sentence_and_saves_nothing(client, fields, sentence):
    response = sign_up(client, **fields)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not User.objects.exists()


def test_wrong_code_is_a_sentence_and_three_end_the_try(client):
    sign_up(client, phone="0903123456")
    response = client.post(reverse("account_verify_phone"), {"code": "000000"})
    assert "Mã không đúng" in response.content.decode()
    for _ in range(2):
        response = client.post(reverse("account_verify_phone"), {"code": "000000"})
    assert response["Location"] == reverse("account_login")
    assert not get_user(client).is_authenticated


def test_two_sign_ups_with_one_phone_in_the_same_moment_make_one_account(client, monkeypatch):
    UserFactory(phone="0903123456", email=None)
    monkeypatch.setattr("accounts.adapter.AccountAdapter.get_user_by_phone", lambda self, phone: None)
    assert sign_up(client, phone="0903123456")["Location"] == reverse("account_verify_phone")
    assert User.objects.count() == 1


# ── who has an account stays unsaid ──────────────────────────────────────────────────────────────


def same_answer(one, other):
    return (one.status_code, one.headers.get("Location")) == (other.status_code, other.headers.get("Location"))


@pytest.mark.parametrize(
    ("field", "known", "unknown"), [("phone", "0903123456", "0903999999"), ("email", "a@b.test", "z@b.test")]
)
def test_sign_up_answers_the_same_for_known_and_unknown(field, known, unknown):
    user = UserFactory(**{"phone": None, "email": None, field: known})
    if field == "email":
        EmailAddress.objects.create(user=user, email=known, verified=True, primary=True)
    clients = StrictClient(REMOTE_ADDR="203.0.113.1"), StrictClient(REMOTE_ADDR="203.0.113.2")
    answers = [sign_up(each, **{field: value}) for each, value in zip(clients, (known, unknown), strict=True)]
    assert same_answer(*answers)
    pages = [each.get(answer["Location"]) for each, answer in zip(clients, answers, strict=True)]
    assert pages[0].status_code == pages[1].status_code == 200
    told = OutboxMessage.objects.get(address=known)
    assert "đã có tài khoản" in told.body
    assert User.objects.filter(**{field: known}).count() == 1


def work_of(client, monkeypatch, **fields):
    """What a sign-up makes the machine do: passwords hashed, statements by kind and table."""
    hashed = []
    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *given: hashed.append(1) or encode(self, *given))
    with CaptureQueriesContext(connection) as asked:
        sign_up(client, **fields)
    monkeypatch.undo()
    kinds = Counter()
    for query in asked.captured_queries:
        word, table = query["sql"].split()[0], re.search(r'"(\w+_\w+)"', query["sql"])
        if word in {"SELECT", "INSERT", "UPDATE"}:
            kinds[word, table and table[1]] += 1
    return len(hashed), kinds


@pytest.mark.parametrize("field", ["phone", "email"])
def test_sign_up_does_the_same_work_for_known_and_unknown(monkeypatch, field):
    known, unknown = {"phone": ("0903123456", "0903999999"), "email": ("a@b.test", "z@b.test")}[field]
    user = UserFactory(**{"phone": None, "email": None, field: known})
    if field == "email":
        EmailAddress.objects.create(user=user, email=known, verified=True, primary=True)
    sign_up(StrictClient(), **{field: {"phone": "0903777777", "email": "q@b.test"}[field]})  # what a process asks once
    found = [work_of(StrictClient(), monkeypatch, **{field: value}) for value in (known, unknown)]
    assert found[0][0] == found[1][0] == 1
    assert found[0][1] == found[1][1]
    assert User.objects.filter(**{f"{field}__isnull": False}).count() == 3


def test_unknown_phone_with_a_known_email_does_not_tell(client):
    EmailAddress.objects.create(user=UserFactory(email="a@b.test"), email="a@b.test", verified=True, primary=True)
    assert sign_up(client, phone="0903999999", email="a@b.test")["Location"] == reverse("account_verify_phone")
    assert not User.objects.filter(phone="0903999999").exists()


@pytest.mark.parametrize("login", ["0903123456", "a@b.test", "0903999999", "z@b.test", "linh tinh"])
def test_failed_sign_in_says_one_sentence(client, login):
    UserFactory(phone="0903123456", email="a@b.test")
    text = sign_in(client, login, "sai-mat-khau-roi").content.decode()
    assert text.count("Số điện thoại, thư điện tử hoặc mật khẩu không đúng") == 1


@pytest.mark.parametrize(("known", "unknown"), [("0903123456", "0903999999"), ("a@b.test", "z@b.test")])
def test_forgotten_password_answers_the_same_for_known_and_unknown(known, unknown):
    user = UserFactory(phone="0903123456", email="a@b.test")
    EmailAddress.objects.create(user=user, email="a@b.test", verified=True, primary=True)
    answers = [
        StrictClient(REMOTE_ADDR=f"203.0.113.{n}").post(reverse("account_reset_password"), {"email": value})
        for n, value in enumerate((known, unknown))
    ]
    assert same_answer(*answers)
    assert "chưa có tài khoản" in OutboxMessage.objects.get(address=unknown).body


# ── sign-in ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def person():
    user = UserFactory(phone="0903123456", phone_verified=True, email="a@b.test")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.mark.parametrize("login", ["0903123456", "+84 903 123 456", " 0903.123.456 ", "a@b.test", "A@B.TEST"])
def test_sign_in_by_phone_however_written_or_by_email(client, person, login):
    assert sign_in(client, login)["Location"] == "/di-tiep/"
    assert get_user(client) == person


def test_staff_with_an_email_only_can_sign_in_after_its_code(client):
    user = UserFactory(email="canbo@b.test")
    user.set_password(PASSWORD)
    user.save()
    assert sign_in(client, "canbo@b.test")["Location"] == reverse("account_email_verification_sent")
    client.post(reverse("account_email_verification_sent"), {"code": code_in(last("email"))})
    assert get_user(client) == user


def test_locked_account_is_told_so_only_with_the_right_password(client, person):
    User.objects.update(is_active=False)
    assert sign_in(client, "0903123456")["Location"] == reverse("account_inactive")
    assert "không đúng" in sign_in(client, "0903123456", "sai-mat-khau-roi").content.decode()
    assert not get_user(client).is_authenticated


def test_session_changes_at_sign_in(client, person):
    client.get(reverse("account_login"))
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    sign_in(client, "0903123456")
    assert client.session.session_key != before


def test_wrong_passwords_stop_the_account_at_one_address_and_nobody_else(client, person):
    other = UserFactory(phone="0911111111", phone_verified=True, email=None)
    other.set_password(PASSWORD)
    other.save()
    spellings = ["0903123456", "+84903123456", "0903.123.456", "0903 123 456", "84903123456"]
    for login in [*spellings, *spellings, "0903123456"]:  # one counter for all ways to write a number
        text = sign_in(client, login, "sai-mat-khau-roi").content.decode()
    assert re.search(r"Hãy thử lại sau \d+ (giây|phút), hoặc dùng “Quên mật khẩu”", text)
    assert "Hãy thử lại sau" in sign_in(client, "0903123456").content.decode()
    assert (
        sign_in(StrictClient(REMOTE_ADDR=client.defaults.get("REMOTE_ADDR", "127.0.0.1")), "0911111111").status_code
        == 302
    )
    assert sign_in(StrictClient(REMOTE_ADDR="203.0.113.50"), "0903123456").status_code == 302


def test_the_429_page_says_the_true_time(client, monkeypatch):
    monkeypatch.setitem(limits.PAGES, "account_signup", limits.PageLimit(address="1/h"))
    with time_machine.travel("2026-11-18T02:18:20Z", tick=False):
        answers = [sign_up(client, phone="") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1]["Retry-After"] == str(41 * 60 + 40)
    assert "Hãy thử lại sau 42 phút." in answers[1].content.decode()


def test_the_same_number_twice_in_a_moment_is_told_to_wait_for_the_code(client):
    answers = [sign_up(each, phone="0903123456") for each in (client, StrictClient())]
    assert [answer.status_code for answer in answers] == [302, 429]
    assert "Hãy thử lại sau 30 giây." in answers[1].content.decode()
    assert client.post(reverse("account_verify_phone"), {"code": code_in(last("sms"))})["Location"] == "/di-tiep/"


# ── passwords ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("login", "channel"), [("0903 123 456", "sms"), ("a@b.test", "email")])
def test_forgotten_password_by_phone_or_email(client, person, login, channel):
    EmailAddress.objects.create(user=person, email="a@b.test", verified=True, primary=True)
    response = client.post(reverse("account_reset_password"), {"email": login})
    client.post(response["Location"], {"code": code_in(last(channel))})
    new = "mot-cau-that-dai-va-la"
    response = client.post(reverse("account_complete_password_reset"), {"password1": new, "password2": new})
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)


def test_password_reset_lifts_a_temporary_password(client, person):
    User.objects.update(must_change_password=True)
    sign_in(client, "0903123456")
    new = "mot-cau-that-dai-va-la"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    person.refresh_from_db()
    assert not person.must_change_password
    assert person.check_password(new)


@pytest.mark.parametrize("text", ["", "linh tinh", "12", "\x00", "x" * 10_000, "a@"])
def test_forgotten_password_with_nonsense_is_a_sentence(client, text):
    response = client.post(reverse("account_reset_password"), {"email": text})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not OutboxMessage.objects.exists()


def test_phone_can_be_changed_by_code(client, person):
    sign_in(client, "0903123456")
    response = client.post(reverse("account_change_phone"), {"phone": "+84 911 222 333"})
    message = last("sms")
    assert message.address == "0911222333"
    client.post(response["Location"], {"code": code_in(message)})
    person.refresh_from_db()
    assert (person.phone, person.phone_verified) == ("0911222333", True)
    told = last("sms")
    assert told.address == "0903123456"  # whoever took the session over does not hold the old telephone
    assert "đã được đổi sang số khác" in told.body


def test_codes_expire(client):
    sign_up(client, phone="0903123456")
    code = code_in(last("sms"))
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        client.post(reverse("account_verify_phone"), {"code": code})
    assert not get_user(client).is_authenticated


# ── pages ────────────────────────────────────────────────────────────────────────────────────────

ENGLISH = re.compile(
    r"\b(Sign|Password|Email|Phone|Your|This|Please|Enter|Change|Current|Authenticator|Recovery|Security)\b"
)
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "account_inactive"])
def test_open_pages_speak_vietnamese(client, name):
    text = MAIN.search(client.get(reverse(name)).content.decode()).group()
    assert not ENGLISH.search(re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_change_phone",
        "account_email",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "usersessions_list",
        "account_reauthenticate",
    ],
)
def test_own_pages_of_the_library_speak_vietnamese(client, person, name):
    sign_in(client, "0903123456")
    if name.startswith("mfa_"):
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(reverse(name))
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", MAIN.search(response.content.decode()).group())
    assert not ENGLISH.search(text), ENGLISH.search(text)


def test_passwords_are_hashed(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM accounts_user")
        assert PASSWORD not in cursor.fetchone()[0]


def test_a_session_over_its_time_and_a_locked_account_are_nobody(client):
    user = UserFactory()
    client.force_login(user)
    key = client.session.session_key
    assert client.get(reverse("my:list")).status_code == 200
    Session.objects.filter(session_key=key).update(expire_date="2020-01-01T00:00:00Z")
    assert client.get(reverse("my:list")).status_code == 302
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("my:list")).status_code == 302
