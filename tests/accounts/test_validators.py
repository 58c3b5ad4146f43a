"""Numbers, names and telephone numbers: stored forms, refusals with a sentence, doubts that never block."""

import pytest
from django.core.exceptions import ValidationError

from accounts import validators

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text", ["077196001234", " 077 196 001 234 ", "077.196.001.234", "096304000001", "001099000001"]
)
def test_citizen_id_is_twelve_digits(text):
    assert validators.citizen_id(text).isdigit()
    assert len(validators.citizen_id(text)) == 12


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("07719600123", "bạn nhập 11"),
        ("0771960012345", "bạn nhập 13"),
        ("000196001234", "001 đến 096"),
        ("097196001234", "001 đến 096"),
        ("273456789", "Chứng minh nhân dân"),
        ("07719600123A", "chỉ gồm chữ số"),
        ("٠٧٧١٩٦٠٠١٢٣٤", "chỉ gồm chữ số"),
        ("", "chỉ gồm chữ số"),
        ("\x00" * 12, "chỉ gồm chữ số"),
        ("9" * 10_000, "bạn nhập 10000"),
    ],
)
def test_malformed_citizen_id_is_explained(text, sentence):
    with pytest.raises(ValidationError) as caught:
        validators.citizen_id(text)
    assert sentence in caught.value.messages[0]


@pytest.mark.parametrize(
    ("number", "born", "gender", "doubts"),
    [
        ("077196001234", "1996-03-12", "female", 0),
        ("077096001234", "1996-03-12", "male", 0),
        ("077304001234", "2004-03-12", "female", 0),
        ("077204001234", "2004-03-12", "male", 0),
        ("077196001234", "1995-03-12", "female", 1),
        ("077196001234", "2096-03-12", "female", 1),
        ("077196001234", "1996-03-12", "male", 1),
        ("077196001234", "1990-03-12", "male", 2),
        ("077196001234", "", "", 0),
        ("077196001234", "", "other", 0),
        ("077196001234", "1996", "", 0),
        ("077196001234", "1948", "", 1),
        ("077196001234", "1948-07", "male", 2),
    ],
)
def test_doubts_compare_year_and_sex(number, born, gender, doubts):
    assert len(validators.citizen_id_doubts(number, birth_date=born, gender=gender)) == doubts


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("0100233488", "0100233488"),
        ("0100112437", "0100112437"),
        ("0314409058-002", "0314409058-002"),
        ("0314409058 002", "0314409058-002"),
        ("0314409058002", "0314409058-002"),
        ("077196001234", "077196001234"),
    ],
)
def test_tax_codes(text, stored):
    assert validators.tax_code(text) == stored


@pytest.mark.parametrize(
    "text", ["0100233489", "010023348", "0100233488-", "0100233488-000", "0100233488-12", "01002334880", "A", "", "-"]
)
def test_wrong_tax_codes(text):
    with pytest.raises(ValidationError):
        validators.tax_code(text)


def test_every_single_wrong_digit_of_a_tax_code_is_noticed():
    good = "0100112437"
    for place in range(10):
        for digit in "0123456789":
            changed = good[:place] + digit + good[place + 1 :]
            if changed != good:
                with pytest.raises(ValidationError):
                    validators.tax_code(changed)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("0903123456", "0903123456"),
        ("+84 903 123 456", "0903123456"),
        ("+84(0)903.123.456", "0903123456"),
        ("0084903123456", "0903123456"),
        ("84903123456", "0903123456"),
        ("090-312-3456", "0903123456"),
        ("0254 3 856 123", "02543856123"),
        ("088 8800 147", "0888800147"),
    ],
)
def test_telephone_numbers(text, stored):
    assert validators.phone(text) == stored


@pytest.mark.parametrize(
    "text", ["", "0103123456", "090312345", "09031234567", "0254385612", "113", "0903abc456", "+1 202 555 0100", "\x00"]
)
def test_wrong_telephone_numbers(text):
    with pytest.raises(ValidationError):
        validators.phone(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("  Nguyễn   Thị\tBưởi ", "Nguyễn Thị Bưởi"),
        ("Nguye\u0302\u0303n Thi\u0323 Bu\u031bo\u031b\u0309i", "Nguyễn Thị Bưởi"),
        ("Y B'lok Niê", "Y B'lok Niê"),
        ("Y B’lok", "Y B'lok"),
        ("H-Hen Niê", "H-Hen Niê"),
        ("Nguyễn\u200b Thị Bưởi\u00ad", "Nguyễn Thị Bưởi"),
        ("\u00d0ỗ", "Đỗ"),
        ("François Müller", "François Müller"),
        ("Đỗ", "Đỗ"),
    ],
)
def test_names(text, stored):
    assert validators.person_name(text) == stored


@pytest.mark.parametrize("text", ["", "A", "--", "Nguyễn 2", "<b>An</b>", "An; DROP TABLE", "N" * 101, "😀😀"])
def test_wrong_names(text):
    with pytest.raises(ValidationError):
        validators.person_name(text)


@pytest.mark.parametrize(
    "text", ["\u3164\u3164", "\u2800\u2800", "\u200b\u200b", "Нгуен Ван", "阮文", "Nguyễn \u0391n"]
)
def test_names_of_signs_nobody_sees_or_of_another_script(text):
    with pytest.raises(ValidationError):
        validators.person_name(text)


@pytest.mark.parametrize(("pasted", "meant"), [("TrÇn ThÞ MÉu BÐ", "Trần Thị Mẫu Bé"), ("Leâ Vaên Maãu", "Lê Văn Mẫu")])
def test_names_out_of_an_old_font_are_asked_about(pasted, meant):
    with pytest.raises(ValidationError, match=meant):
        validators.person_name(pasted)


@pytest.mark.parametrize(
    ("old", "new"),
    [("01681234567", "0381 234 567"), ("+84 121 234 5678", "0792 345 678"), ("0199-123-4567", "0591 234 567")],
)
def test_telephone_numbers_of_eleven_digits_are_told_their_new_form(old, new):
    with pytest.raises(ValidationError, match=new):
        validators.phone(old)


@pytest.mark.parametrize("sign", ["\u200b", "\u200e", "\ufeff", "\u00ad", "\u00a0"])
def test_numbers_pasted_with_signs_nobody_sees(sign):
    assert validators.phone(f"{sign}0903 123{sign}456") == "0903123456"
    assert validators.citizen_id(f"077085{sign}001234") == "077085001234"
    assert validators.passport(f"C12{sign}34567") == "C1234567"
    assert validators.birth_date(f"12/03/{sign}1996") == "1996-03-12"


def test_passport():
    assert validators.passport("c1234567") == "C1234567"
    with pytest.raises(ValidationError):
        validators.passport("C123456")


def test_organisation_and_agency():
    assert validators.organisation_name("  Công ty  3A ") == "Công ty 3A"
    assert validators.agency_code("h29.901") == "H29.901"
    for check, text in (
        (validators.organisation_name, "A"),
        (validators.agency_code, "H 29"),
        (validators.agency_code, "H" * 36),
    ):
        with pytest.raises(ValidationError):
            check(text)
