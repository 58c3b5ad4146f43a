"""Form fields that speak our validators' language; used by forms here and by other rooms."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import validators
from portal.partialdate import PartialDate


class CheckedField(forms.CharField):
    """A text field whose value is brought to its stored form by a validator of this room."""

    check: Callable[[str], str]

    def clean(self, value: Any) -> str:
        """Give the stored form; '' when the field was left empty and may be."""
        text = super().clean(value)
        return type(self).check(text) if text else ""


class PhoneField(CheckedField):
    """A Vietnamese telephone number, however it is written."""

    check = staticmethod(validators.phone)
    size = "phone"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Số điện thoại"))
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)


class PersonNameField(CheckedField):
    """A person's full name."""

    check = staticmethod(validators.person_name)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Họ, chữ đệm và tên"))
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(**kwargs)


class BirthDateField(CheckedField):
    """A date of birth of which only a part may be known; what is stored is shown as people write it."""

    check = staticmethod(validators.birth_date)
    size = "day"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Ngày sinh"))
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("help_text", _("Ví dụ 12/03/1996; nếu giấy tờ chỉ ghi tháng hoặc năm: 03/1996, 1996."))
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date as people write it."""
        return value.shown if isinstance(value, PartialDate) else value


class CitizenIdField(CheckedField):
    """A personal identification number of twelve digits."""

    check = staticmethod(validators.citizen_id)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Số định danh cá nhân (CCCD)"))
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)
