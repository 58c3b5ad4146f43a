"""The kind that repeats a row of other kinds: members, goods, parcels. Its rows are drawn by procedures.tablerows."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from procedures.fieldkinds.base import AnyField, Example, FieldKind, FieldSpec, Refusal


class TableSpec(FieldSpec):
    """A question answered by rows."""

    columns: tuple[AnyField, ...] = Field(min_length=1)
    min_rows: int = Field(default=0, ge=0, le=50)
    max_rows: int = Field(default=20, ge=1, le=50)

    @property
    def is_needed(self) -> bool:
        """Needs at least one row."""
        return self.needed_rows > 0

    @property
    def needed_rows(self) -> int:
        """How many rows there must be."""
        return max(self.min_rows, int(self.required))

    @property
    def inside(self) -> tuple[FieldSpec, ...]:
        """The columns."""
        return self.columns


class Table(FieldKind[TableSpec]):
    """Rows of several answers each; blank rows do not count."""

    code = "table"
    label = _("Bảng nhiều dòng")
    shape = TableSpec
    options: ClassVar = {
        "columns": _("Các cột"),
        "min_rows": _("Số dòng ít nhất"),
        "max_rows": _("Số dòng nhiều nhất"),
    }
    fits_in_row = False
    sample: ClassVar = {
        "columns": [
            {"key": "viec", "label": "A", "kind": "text", "required": True},
            {"key": "so", "label": "B", "kind": "integer"},
        ],
        "min_rows": 1,
        "max_rows": 3,
    }
    examples = (
        Example({"0-viec": "", "1-viec": "Khai", "1-so": "1.000"}, [{"viec": "Khai", "so": 1000}], "A: Khai; B: 1.000"),
    )
    refusals = (Refusal({"0-viec": ""}, "ít nhất 1 mục"), Refusal({"0-so": "x", "0-viec": "a"}, "bằng chữ số"))

    def problem(self, spec: TableSpec) -> str:
        """What is wrong with the columns or the rows."""
        keys = {column.key for column in spec.columns}
        bearers = [column.bearer for column in spec.columns if column.bearer]
        rules = (
            (
                any(not column.kind.fits_in_row or column.when for column in spec.columns),
                gettext("cột không chứa bảng, đoạn văn hay điều kiện"),
            ),
            (len(keys) != len(spec.columns), gettext("một cột đứng hai lần")),
            (spec.min_rows > spec.max_rows, gettext("số dòng ít nhất lớn hơn số dòng nhiều nhất")),
            (
                any({bearer.name, bearer.birth_date} - {""} - keys for bearer in bearers),
                gettext("số định danh trong bảng chỉ tới cột không có"),
            ),
        )
        return next((problem for wrong, problem in rules if wrong), "")

    def initial(self, spec: TableSpec, value: Any) -> None:
        """Nothing: rows fill themselves."""
        return

    def is_missing(self, spec: TableSpec, value: Any) -> bool:
        """Too few rows, or a required cell without an answer."""
        rows = value if isinstance(value, list) else []
        return len(rows) < spec.needed_rows or any(
            column.kind.is_missing(column, row.get(column.key)) for row in rows for column in spec.columns
        )

    def still_fits(self, was: TableSpec, spec: TableSpec, value: Any) -> bool:
        """The columns are the same ones."""
        return [column.key for column in was.columns] == [column.key for column in spec.columns]
