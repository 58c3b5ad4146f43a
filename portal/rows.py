"""Plain rows by key, for the few statements that every act makes: the SQL of a model is written once a process.

The compiler of the ORM takes four to eight times as long as such a statement itself (docs/performance.md), and an act
makes twenty of them. What is read and written here is what the ORM would read and write: the same columns, the same
conversions of fields, model instances on both sides. No expressions, no signals; anything that needs more
than a key, or than the one row a row points to, belongs into a queryset. Any room may call it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = TypeVar("Row", bound=models.Model)
Converter = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a process knows of a model's table."""

    table: str
    names: tuple[str, ...]  # attribute names, in the order of `columns`
    column_names: tuple[str, ...]
    columns: str
    converters: tuple[tuple[int, tuple[Converter, ...]], ...]


def by_key(model: type[Row], key: Any, *, lock: bool = False) -> Row:
    """The row of a key; `lock`: for nobody else to change until the transaction ends. Raises DoesNotExist."""
    found = where(model, key, column=model._meta.pk.attname, lock=lock)
    if not found:
        raise model.DoesNotExist(f"{model.__name__} {key}")  # type: ignore[attr-defined]
    return found[0]


def by_keys(model: type[Row], keys: Iterable[Any]) -> dict[Any, Row]:
    """Rows by key; keys without a row are left out. No key, no statement."""
    wanted = [key for key in dict.fromkeys(keys) if key is not None]
    if not wanted:
        return {}
    plan = _plan(model)
    key = model._meta.pk.attname
    sql = f"SELECT {plan.columns} FROM {plan.table} WHERE {_quoted(key)} = ANY(%s)"  # noqa: S608  our own names
    found = _select(model, sql, [wanted])
    return {row.pk: row for row in found}


def where(
    model: type[Row],
    value: Any,
    *,
    column: str,
    also: str = "",
    given: Sequence[Any] = (),
    order: str = "",
    lock: bool = False,
) -> list[Row]:
    """Rows with a value in a column; `also` and `order` are constant SQL of the caller, `given` what `also` asks for."""
    plan = _plan(model)
    sql = f"SELECT {plan.columns} FROM {plan.table} WHERE {_quoted(column)} = %s"  # noqa: S608  our own names
    sql += f" AND {also}" if also else ""
    sql += f" ORDER BY {order}" if order else ""
    sql += f" FOR NO KEY UPDATE OF {plan.table}" if lock else ""
    return _select(model, sql, [value, *given])


def with_one(
    model: type[Row], relation: str, value: Any, *, column: str, also: str = "", given: Sequence[Any] = ()
) -> list[Row]:
    """Rows like `where`, in the order of their keys, each with the row a relation of it always points to: the one join."""
    field: Any = model._meta.get_field(relation)
    other = field.related_model
    plan, theirs, key = _plan(model), _plan(other), other._meta.pk.column
    columns = ", ".join(f"{one.table}.{_quoted(name)}" for one in (plan, theirs) for name in one.column_names)
    pointing = f"{theirs.table}.{_quoted(key)} = {plan.table}.{_quoted(field.column)}"
    sql = f"SELECT {columns} FROM {plan.table} JOIN {theirs.table} ON {pointing}"  # noqa: S608  our own names
    sql += f" WHERE {plan.table}.{_quoted(column)} = %s" + (f" AND {also}" if also else "")
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {plan.table}.{_quoted(model._meta.pk.column)}", [value, *given])
        found = cursor.fetchall()
    count = len(plan.names)
    pairs = [(_made(model, plan, row[:count]), _made(other, theirs, row[count:])) for row in found]
    for row, related in pairs:
        setattr(row, relation, related)
    return [row for row, _related in pairs]


def tuples(
    model: type[models.Model], value: Any, *, column: str, names: Sequence[str], order: str
) -> list[tuple[Any, ...]]:
    """Some columns, unconverted, of the rows with a value in a column."""
    table, wanted = _plan(model).table, ", ".join(map(_quoted, names))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {table} WHERE {_quoted(column)} = %s ORDER BY {order}", [value])  # noqa: S608
        return list(cursor.fetchall())


def insert(row: Row) -> Row:
    """Write a new row and give it its key."""
    return insert_all([row])[0]


def insert_all(rows: Sequence[Row], *, skip_known: bool = False) -> Sequence[Row]:
    """Write new rows of one model in one statement; `skip_known`: rows that break a unique constraint are left out.

    Columns the database fills are left to it. Keys are given to the rows unless known ones may be skipped.
    """
    model = type(rows[0])
    fields = _written(model)
    link = connections[DEFAULT_DB_ALIAS]  # itself: behind `connection` every attribute is looked up anew
    values = [_value(field, row, link, is_new=True) for row in rows for field in fields]
    names = ", ".join(_quoted(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {', '.join([one] * len(rows))}"  # noqa: S608
    key = model._meta.pk
    sql += " ON CONFLICT DO NOTHING" if skip_known else f" RETURNING {_quoted(key.column)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        keys = [] if skip_known else cursor.fetchall()
    for row, (given,) in zip(rows, keys, strict=False):
        setattr(row, key.attname, given)
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  as Model.save does
    return rows


def update(row: models.Model, names: Iterable[str]) -> None:
    """Write some columns of a row, by attribute name; those that keep the time of a change come along."""
    model = type(row)
    wanted = set(names)
    fields = [field for field in model._meta.concrete_fields if _is_meant(field, wanted)]
    pairs = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    key, link = model._meta.pk, connections[DEFAULT_DB_ALIAS]
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {pairs} WHERE {_quoted(key.column)} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(_value(field, row, link, is_new=False) for field in fields), row.pk])


def _is_meant(field: Any, wanted: set[str]) -> bool:
    return field.attname in wanted or field.name in wanted or bool(getattr(field, "auto_now", False))


def _value(field: Any, row: models.Model, link: BaseDatabaseWrapper, *, is_new: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, is_new), link)


def _select(model: type[Row], sql: str, parameters: Sequence[Any]) -> list[Row]:
    plan = _plan(model)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return [_made(model, plan, row) for row in rows]


def _made(model: type[Row], plan: _Layout, values: Sequence[Any]) -> Row:
    return model.from_db(connection.alias, plan.names, _converted(plan, values))


def _converted(plan: _Layout, row: Sequence[Any]) -> Sequence[Any]:
    if not plan.converters:
        return row
    values = list(row)
    for place, converters in plan.converters:
        for convert in converters:
            values[place] = convert(values[place], None, connection)
    return values


@cache
def _plan(model: type[models.Model]) -> _Layout:
    fields = model._meta.concrete_fields
    converters = tuple(
        (place, found) for place, field in enumerate(fields) if (found := tuple(field.get_db_converters(connection)))
    )
    return _Layout(
        table=_quoted(model._meta.db_table),
        names=tuple(field.attname for field in fields),
        column_names=tuple(str(field.column) for field in fields),
        columns=", ".join(_quoted(field.column) for field in fields),
        converters=converters,
    )


@cache
def _written(model: type[models.Model]) -> tuple[Any, ...]:
    """Fields of an INSERT: all but an automatic key and what the database fills by a default of its own."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not (field.has_db_default() or (field.primary_key and isinstance(field, models.AutoField)))
    )


@cache
def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(str(name)))
