"""The text of VietQR against codes that banks read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers import vietqr

pytestmark = pytest.mark.unit


def test_check_sum_is_that_of_the_standard():
    assert vietqr.checksum("123456789") == 0x29B1


def test_account_amount_and_dossier_code():
    found = vietqr.text(bank="970436", account="0071001234567", amount=8000, purpose="H06.12-261122-0001")
    assert found == (
        "00020101021238570010A00000072701270006970436011300710012345670208QRIBFTTA"
        "5303704540480005802VN62220818H06.12-261122-0001630416A0"
    )


def test_a_code_that_a_bank_made():
    text = vietqr.text(bank="970407", account="86577672", amount=0, purpose="x")
    assert "38520010A000000727012200069704070108865776720208QRIBFTTA" in text
    known = "00020101021138540010A00000072701240006970407011003865776720208QRIBFTTA5303704540710000005802VN62160812henry an cut6304"
    assert vietqr.checksum(known) == 0xA322


@given(st.text(max_size=60))
def test_any_purpose_becomes_what_banks_take(words):
    found = vietqr.plain(words)
    assert len(found) <= 25
    assert found.isascii()
