"""Errors shown to people are full Vietnamese sentences that say what to do next."""

import pytest

from portal import errors

pytestmark = pytest.mark.unit
USER_ERRORS = [
    errors.UserError,
    errors.NotNowError,
    errors.StaleError,
    errors.MissingPaperError,
    errors.LimitError,
    errors.BusyError,
]


@pytest.mark.parametrize("kind", USER_ERRORS)
def test_every_user_error_speaks_whole_sentences(kind):
    message = kind().message
    assert message[0].isupper()
    assert message.endswith(".")
    assert "ui lòng" in message


def test_a_given_message_and_field_replace_the_default():
    error = errors.UserError("Số CCCD phải có 12 chữ số.", field="identity")
    assert (error.message, error.field, str(error)) == (
        "Số CCCD phải có 12 chữ số.",
        "identity",
        "Số CCCD phải có 12 chữ số.",
    )


def test_external_errors_are_not_for_people():
    assert not issubclass(errors.RetryLaterError, errors.UserError)
    assert not issubclass(errors.RefusedError, errors.UserError)
