"""Probes answer whatever fails; a busy database is a sentence with Retry-After; signed-in pages are not kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from portal.middleware import ErrorPageMiddleware, HealthMiddleware, NeverCacheSignedInMiddleware, TextDoorMiddleware
from portal.sessions import SessionStore
from tests.factories import UserFactory


def _unreached(_request):
    raise AssertionError("the probe must answer itself")


def test_live_answers_without_database_and_for_any_host(rf):
    response = HealthMiddleware(_unreached)(rf.get("/healthz/live", headers={"host": "strange.example"}))
    assert response.status_code == 200


@pytest.mark.django_db
def test_ready_asks_the_database(client):
    assert client.get("/healthz/ready").json() == {"status": "ok"}


def test_ready_says_503_when_the_database_is_away(rf, monkeypatch):
    def away():
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", away)
    assert HealthMiddleware(_unreached)(rf.get("/healthz/ready")).status_code == 503


@pytest.mark.parametrize("error", [OperationalError("lock timeout"), InterfaceError("closed")])
@pytest.mark.django_db
def test_busy_database_becomes_a_page_that_says_when_to_come_back(error):
    request = RequestFactory().get("/")
    request.user = UserFactory.build()
    response = ErrorPageMiddleware(_unreached).process_exception(request, error)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "chưa được ghi nhận" in response.content.decode()


@pytest.mark.django_db
def test_an_address_of_forms_opened_like_a_page_says_that_nothing_was_done(client):
    """Where somebody lands who sent a form, was asked to sign in anew, and was led on."""
    client.force_login(UserFactory())
    answer = client.get(reverse("accounts:read_all_notices"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Chưa có gì bị thay đổi" in answer.content.decode()


@pytest.mark.django_db
def test_a_signed_in_person_gets_the_same_page_when_the_session_cannot_be_read(client, monkeypatch):
    def away(_self):
        raise OperationalError("gone")

    client.force_login(UserFactory())
    client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "_get_session_from_db", away)
    response = client.get("/ho-so/")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "chưa được ghi nhận" in response.content.decode()


def test_other_errors_pass_through():
    assert ErrorPageMiddleware(_unreached).process_exception(RequestFactory().get("/"), ValueError()) is None


def test_signed_in_pages_are_not_stored():
    request = RequestFactory().get("/")
    request.user = UserFactory.build()
    response = NeverCacheSignedInMiddleware(lambda _request: HttpResponse())(request)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("status", "kept"), [(400, True), (409, True), (200, False), (302, False), (403, False)])
def test_a_form_that_came_back_with_mistakes_is_there_on_back(rf, status, kept):
    """Otherwise the browser asks whether to send it again, and what was typed is lost."""
    request = rf.post("/")
    request.user = UserFactory.build()
    response = NeverCacheSignedInMiddleware(lambda _request: HttpResponse(status=status))(request)
    assert ("no-store" not in response["Cache-Control"]) == kept
    assert "private" in response["Cache-Control"]


@pytest.mark.django_db
def test_who_signs_out_leaves_nothing_in_the_browsers_cache(client):
    client.force_login(UserFactory())
    assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/")


def test_an_answer_that_set_its_own_caching_keeps_it():
    request = RequestFactory().get("/")
    request.user = UserFactory.build()
    response = NeverCacheSignedInMiddleware(lambda _request: HttpResponse(headers={"Cache-Control": "private"}))(
        request
    )
    assert response["Cache-Control"] == "private"


# ── the door for text ────────────────────────────────────────────────────────────────────────────


def _seen(request):
    TextDoorMiddleware(_unreached).process_view(request, None, (), {})
    return request


def test_fields_of_a_request_pass_the_door_before_the_view_sees_them(rf):
    request = _seen(rf.post("/?q=%EF%BB%BFa", {"name": ["Nguyễn\u200b", "\u3164"], "note": "một\r\nhai"}))
    assert request.GET["q"] == "a"
    assert request.POST.getlist("name") == ["Nguyễn", ""]
    assert request.POST["note"] == "một\r\nhai"
    with pytest.raises(AttributeError):
        request.POST["name"] = "x"


def test_secrets_stay_as_they_were_typed(rf):
    assert _seen(rf.post("/", {"password": "mật\u200b khẩu"})).POST["password"] == "mật\u200b khẩu"


def test_broken_bytes_read_as_what_every_field_refuses(rf):
    body = b"name=Nguy%E1%BB"
    request = _seen(rf.post("/", body, content_type="application/x-www-form-urlencoded"))
    assert request.POST["name"] == "Nguy\x00"


def test_files_come_along(rf):
    sent = SimpleUploadedFile("a.txt", b"abc")
    assert _seen(rf.post("/", {"file": sent, "name": "\u200bA"})).FILES["file"].read() == b"abc"
