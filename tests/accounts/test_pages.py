"""One's own pages: who sees them, what they change; the sign-in page has a cast in demo mode alone."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Party
from accounts.services import log_read, own_party
from integrations import outbox
from integrations.models import Notice, OutboxMessage
from portal.sealing import unseal
from tests.factories import CalendarFactory, MembershipFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def notice(user, **fields):
    message = OutboxMessage.objects.create(
        kind="thu",
        channel="inapp",
        address=f"user:{user.pk}",
        body="",
        dedupe_key=f"thu-{Notice.objects.count()}",
    )
    defaults = {"title": "Hồ sơ đã được tiếp nhận", "body": "Nội dung", "link": "/toi/"}
    return Notice.objects.create(message=message, address=f"user:{user.pk}", **{**defaults, **fields})


# ── the cast ─────────────────────────────────────────────────────────────────────────────────────


def test_sign_in_page_offers_the_cast_in_demo_mode(client):
    text = client.get(reverse("account_login")).content.decode()
    assert "Đóng vai trong bản trình diễn" in text
    assert "Trần Thị Mẫu Tiếp Nhận" in text
    assert "chuyên viên Nội vụ" in text


def test_sign_in_page_has_no_cast_outside_demo_mode(client, settings):
    settings.DEMO = False
    assert "Mẫu Tiếp Nhận" not in client.get(reverse("account_login")).content.decode()


# ── the demo mailbox ─────────────────────────────────────────────────────────────────────────────


def test_mailbox_shows_letters_and_messages_but_no_notices(client):
    for channel, body in (
        ("email", "thư một"),
        ("sms", "tin hai"),
        ("inapp", "thông báo ba"),
    ):
        outbox.put(kind="thu", channel=channel, address="user:1", subject="", body=body, dedupe_key=body)
    text = client.get(reverse("accounts:mailbox")).content.decode()
    assert "thư một" in text
    assert "tin hai" in text
    assert "thông báo ba" not in text


def test_mailbox_does_not_exist_outside_demo_mode(client, settings):
    settings.DEMO = False
    assert client.get(reverse("accounts:mailbox")).status_code == 404


# ── notices ──────────────────────────────────────────────────────────────────────────────────────


def test_notices_are_ones_own(client):
    user = UserFactory()
    notice(user, title="Của tôi")
    notice(UserFactory(), title="Của người khác")
    client.force_login(user)
    text = client.get(reverse("accounts:notices")).content.decode()
    assert "Của tôi" in text
    assert "Của người khác" not in text
    assert "Thông báo (1)" in text


def test_opening_a_notice_marks_it_read_and_follows_its_link(client):
    user = UserFactory()
    row = notice(user, link="/toi/")
    client.force_login(user)
    assert client.post(reverse("accounts:open_notice", args=[row.pk]))["Location"] == "/toi/"
    row.refresh_from_db()
    assert row.read_at is not None


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "/\\evil.example", ""])
def test_notice_never_leads_out_of_the_portal(client, link):
    user = UserFactory()
    row = notice(user, link=link)
    client.force_login(user)
    assert client.post(reverse("accounts:open_notice", args=[row.pk]))["Location"] == reverse("accounts:notices")


def test_notice_of_somebody_else_does_not_exist(client):
    row = notice(UserFactory())
    client.force_login(UserFactory())
    assert client.post(reverse("accounts:open_notice", args=[row.pk])).status_code == 404


def test_all_notices_can_be_marked_read(client):
    user, other = UserFactory(), UserFactory()
    notice(user), notice(user), notice(other)
    client.force_login(user)
    client.post(reverse("accounts:read_all_notices"))
    assert Notice.objects.filter(read_at__isnull=True).get().address == f"user:{other.pk}"


# ── profile ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def citizen(client):
    user = UserFactory(full_name="Lê Thị Ổi")
    client.force_login(user)
    return user


def profile_data(**changes):
    data = {
        "full_name": "Lê Thị Ổi",
        "birth_date": "12/03/1996",
        "gender": "female",
        "identity": "077196001234",
        "phone": "+84 903 123 456",
        "email": "",
        "address": "12 Ba Cu",
        "place_code": "",
    }
    return {**data, **changes}


def test_profile_is_saved_and_shows_the_number_masked_only(client, citizen):
    response = client.post(reverse("accounts:edit_profile"), profile_data(), follow=True)
    text = response.content.decode()
    assert "Đã lưu thông tin của bạn" in text
    assert "077196001234" not in text
    assert "•••••••••234" in text
    party = Party.objects.get(user=citizen)
    assert (party.birth_date, party.phone) == ("1996-03-12", "0903123456")
    assert unseal(party.identity_sealed) == "077196001234"


def test_empty_number_keeps_the_stored_one_and_shows_it_masked(client, citizen):
    client.post(reverse("accounts:edit_profile"), profile_data())
    assert "•••••••••234" in client.get(reverse("accounts:edit_profile")).content.decode()
    client.post(reverse("accounts:edit_profile"), profile_data(identity=""))
    assert unseal(Party.objects.get(user=citizen).identity_sealed) == "077196001234"


@pytest.mark.parametrize(("text", "shown"), [("1996", "1996"), ("3/1996", "03/1996")])
def test_a_part_of_the_birth_date_is_kept_and_shown_as_it_stands(client, citizen, text, shown):
    page = client.post(reverse("accounts:edit_profile"), profile_data(birth_date=text), follow=True).content.decode()
    assert f"<dd>{shown}</dd>" in page
    form = client.get(reverse("accounts:edit_profile")).content.decode()
    assert f'value="{shown}"' in form


def test_number_that_does_not_fit_the_birth_date_warns_and_is_saved(client, citizen):
    response = client.post(reverse("accounts:edit_profile"), profile_data(birth_date="12/03/1990"), follow=True)
    assert "cho thấy năm sinh 1996" in response.content.decode()
    assert Party.objects.get(user=citizen).birth_date == "1990-03-12"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"identity": "12345"}, "bạn nhập 5"),
        ({"phone": "12"}, "bắt đầu bằng 03"),
        ({"birth_date": "31/02/1996"}, "không có trong lịch"),
        ({"birth_date": "01/01/2090"}, "từ năm 1900"),
        ({"full_name": "x" * 10_000}, "tối đa 200"),
        ({"full_name": "Lê\x00Ổi"}, "ký tự không hợp lệ"),
        ({"full_name": ""}, "bắt buộc"),
        ({"email": "không phải"}, "thư điện tử chưa đúng"),
        ({"place_code": "99999"}, "không có trong danh sách"),
        ({"gender": "giả"}, "không có trong danh sách"),
    ],
)
def test_bad_profile_input_is_a_sentence_at_its_field_and_saves_nothing(client, citizen, changes, sentence):
    response = client.post(reverse("accounts:edit_profile"), profile_data(**changes))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert Party.objects.get(user=citizen).identity_index == ""


def test_decomposed_name_is_composed(client, citizen):
    client.post(reverse("accounts:edit_profile"), profile_data(full_name="Le\u0302 Thi\u0323 O\u0302\u0309i"))
    assert Party.objects.get(user=citizen).full_name == "Lê Thị Ổi"


def test_owner_sees_which_unit_read_their_data_but_no_name(client, citizen):
    officer = UserFactory(full_name="Cán Bộ Bí Mật")
    log_read(
        reader=officer,
        party=own_party(citizen),
        what="tờ khai",
        subject="H29.901-1",
        unit=UnitFactory(name="Phòng Thử"),
    )
    text = client.get(reverse("accounts:profile")).content.decode()
    assert "Phòng Thử" in text
    assert "H29.901-1" in text
    assert "Cán Bộ Bí Mật" not in text


@pytest.mark.parametrize(
    "name", ["onward", "notices", "profile", "edit_profile", "manage", "staff", "units", "common_calendar"]
)
def test_strangers_are_sent_to_sign_in(client, name):
    response = client.get(reverse(f"accounts:{name}"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


# ── header ───────────────────────────────────────────────────────────────────────────────────────


def navigation(client):
    return [item["label"] for item in client.get(reverse("accounts:notices")).context["layout"]["nav"]]


def test_navigation_follows_the_roles(client):
    CalendarFactory()
    citizen = UserFactory()
    client.force_login(citizen)
    assert navigation(client) == ["Thủ tục", "Hồ sơ của tôi", "Thông báo"]
    receptionist = MembershipFactory(role=Role.RECEPTIONIST).user
    client.force_login(receptionist)
    session = client.session
    session["demo_person"] = True
    session.save()
    labels = navigation(client)
    assert labels[1:3] == ["Một cửa", "Nhận tại quầy"]
    assert "Quản trị" not in labels


def test_header_of_a_stranger_asks_the_database_nothing(client, django_assert_num_queries):
    client.get(reverse("account_login"))
    with django_assert_num_queries(0):
        client.get(reverse("account_login"))


def test_header_costs_one_query_beyond_session_user_and_roles(client, django_assert_num_queries):
    user = UserFactory()
    client.force_login(user)
    client.get(reverse("accounts:edit_profile"))
    # session, user, roles, own party, then the header's one: unread notices; the wards are kept a minute
    with django_assert_num_queries(5):
        client.get(reverse("accounts:edit_profile"))
