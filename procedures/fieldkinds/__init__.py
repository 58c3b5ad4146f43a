"""Kinds of questions in form specs, one class each. A new kind is a module here and one row below; docs/how-to says how."""

from procedures.fieldkinds.base import KINDS, AnyField, FieldKind, FieldSpec, Lookups, Making
from procedures.fieldkinds.choices import Checkbox, Radio, Select, Ward
from procedures.fieldkinds.dates import Day, PartialDay
from procedures.fieldkinds.identity import Identity, TaxCode, party_id
from procedures.fieldkinds.moments import Moment
from procedures.fieldkinds.numbers import Decimals, Integer, Money
from procedures.fieldkinds.table import Table
from procedures.fieldkinds.texts import Email, LongText, Name, Phone, Text

__all__ = ["KINDS", "AnyField", "FieldKind", "FieldSpec", "Lookups", "Making", "party_id"]

for kind in (
    Text,
    LongText,
    Name,
    Day,
    PartialDay,
    Moment,
    Integer,
    Decimals,
    Money,
    Select,
    Radio,
    Checkbox,
    Identity,
    TaxCode,
    Phone,
    Email,
    Ward,
    Table,
):
    KINDS.add(kind())
