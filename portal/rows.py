"""Plain rows by key, for the few statements that every act makes: the SQL of a model is written once a process.

The compiler of the ORM takes four to eight times as long as such a statement itself (docs/performance.md), and an act
makes twenty of them. What is read and written here is what the ORM would read and write: the same columns, the same
conversions of fields, model instances on both sides. No expressions, no signals; anything that needs more
than a key, or than the one row a row points to, belongs into a queryset. What an act wants to know at once it asks in
one message (`seek…`, `send`): a message costs as much as what the database does for it. Any room may call it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import DatabaseDefault

from portal import columns

Row = TypeVar("Row", bound=models.Model)
Answer = TypeVar("Answer")
Converter = Callable[[Any, Any, Any], Any]
# Values of exactly these types Django's own fields hand to the driver as they are.
PLAIN: Mapping[Any, type] = {
    models.BooleanField: bool,
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.AutoField: int,
    models.UUIDField: UUID,
}
TEXTS = (columns.Line, columns.Lines, columns.Slug, columns.Email)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a process knows of a model's table."""

    table: str
    names: tuple[str, ...]  # attribute names, in the order of `columns`
    column_names: tuple[str, ...]
    columns: str
    converters: tuple[tuple[int, tuple[Converter, ...]], ...]


@dataclass(frozen=True, slots=True)
class Statement(Generic[Answer]):
    """One statement, and how to read what comes back; without SQL it is answered by nothing found."""

    sql: str
    parameters: Sequence[Any]
    read: Callable[[list[tuple[Any, ...]]], Answer]
    has_rows: bool = True  # told, not asked of the cursor: that describes every column of a result


@dataclass(frozen=True, slots=True)
class _Column:
    """How a column of a row is written."""

    field: Any
    name: str
    plain: type | None  # a value of this type, or none, needs no preparing
    may_be_left: bool  # the database knows what stands there when nothing is said
    is_text: bool  # but text passes the door of portal.text, and the row keeps what came of it


def send(*statements: Statement[Any]) -> list[Any]:
    """Run statements in their order and give their answers; one message to the database where it can take them so."""
    sent = [statement for statement in statements if statement.sql]
    found: dict[int, list[tuple[Any, ...]]] = {}
    if sent:
        together = _takes_several()
        with connection.cursor() as cursor:
            if together:
                cursor.execute("; ".join(one.sql for one in sent), [value for one in sent for value in one.parameters])
            for place, one in enumerate(sent):
                if not together:
                    cursor.execute(one.sql, one.parameters)
                elif place:
                    cursor.nextset()
                found[id(one)] = list(cursor.fetchall()) if one.has_rows else []
    return [statement.read(found.get(id(statement), [])) for statement in statements]


def run(statement: Statement[Answer]) -> Answer:
    """Run one statement and give its answer."""
    answer: Answer = send(statement)[0]
    return answer


def _takes_several() -> bool:
    """Statements that the server prepares (PREPARE_STATEMENTS) go one by one."""
    return not connections[DEFAULT_DB_ALIAS].settings_dict["OPTIONS"].get("server_side_binding")


def by_key(model: type[Row], key: Any, *, lock: bool = False) -> Row:
    """The row of a key; `lock`: for nobody else to change until the transaction ends. Raises DoesNotExist."""
    found = where(model, key, column=model._meta.pk.attname, lock=lock)
    if not found:
        raise model.DoesNotExist(f"{model.__name__} {key}")  # type: ignore[attr-defined]
    return found[0]


def by_keys(model: type[Row], keys: Iterable[Any]) -> dict[Any, Row]:
    """Rows by key; keys without a row are left out. No key, no statement."""
    return run(seek_keys(model, keys))


def seek_keys(model: type[Row], keys: Iterable[Any]) -> Statement[dict[Any, Row]]:
    """The statement of `by_keys`."""
    wanted = [key for key in dict.fromkeys(keys) if key is not None]
    plan = _plan(model)
    key = model._meta.pk.attname
    sql = f"SELECT {plan.columns} FROM {plan.table} WHERE {_quoted(key)} = ANY(%s)"  # noqa: S608  our own names
    return Statement(sql if wanted else "", [wanted], lambda found: {row.pk: row for row in _rows(model, found)})


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
    return run(seek(model, value, column=column, also=also, given=given, order=order, lock=lock))


def seek(
    model: type[Row],
    value: Any,
    *,
    column: str,
    also: str = "",
    given: Sequence[Any] = (),
    order: str = "",
    lock: bool = False,
) -> Statement[list[Row]]:
    """The statement of `where`."""
    plan = _plan(model)
    sql = f"SELECT {plan.columns} FROM {plan.table} WHERE {_quoted(column)} = %s"  # noqa: S608  our own names
    sql += f" AND {also}" if also else ""
    sql += f" ORDER BY {order}" if order else ""
    sql += f" FOR NO KEY UPDATE OF {plan.table}" if lock else ""
    return Statement(sql, [value, *given], lambda found: _rows(model, found))


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
    return run(seek_tuples(model, value, column=column, names=names, order=order))


def seek_tuples(
    model: type[models.Model], value: Any, *, column: str, names: Sequence[str], order: str
) -> Statement[list[tuple[Any, ...]]]:
    """The statement of `tuples`."""
    table, wanted = _plan(model).table, ", ".join(map(_quoted, names))
    sql = f"SELECT {wanted} FROM {table} WHERE {_quoted(column)} = %s ORDER BY {order}"  # noqa: S608  our own names
    return Statement(sql, [value], list)


def insert(row: Row) -> Row:
    """Write a new row and give it its key."""
    return insert_all([row])[0]


def insert_all(rows: Sequence[Row], *, skip_known: bool = False) -> Sequence[Row]:
    """Write new rows of one model in one statement; `skip_known`: rows that break a unique constraint are left out.

    Columns the database fills are left to it when nothing stands there. Keys are given to the rows unless known ones may be skipped.
    """
    send(inserting(rows, skip_known=skip_known))
    return rows


def inserting(rows: Sequence[Row], *, skip_known: bool = False) -> Statement[None]:
    """The statement of `insert_all`."""
    model = type(rows[0])
    written = [column for column in _written(model) if not (column.may_be_left and _is_left(column, rows))]
    link = connections[DEFAULT_DB_ALIAS]  # itself: behind `connection` every attribute is looked up anew
    values = [_value(column, row, link, is_new=True) for row in rows for column in written]
    names = ", ".join(_quoted(column.field.column) for column in written)
    one = f"({', '.join(['%s'] * len(written))})"
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {', '.join([one] * len(rows))}"  # noqa: S608
    key = model._meta.pk
    sql += " ON CONFLICT DO NOTHING" if skip_known else f" RETURNING {_quoted(key.column)}"

    def give(keys: list[tuple[Any, ...]]) -> None:
        for row, (given,) in zip(rows, keys, strict=False):
            setattr(row, key.attname, given)
            row._state.adding, row._state.db = False, link.alias  # noqa: SLF001  as Model.save does

    return Statement(sql, values, give, has_rows=not skip_known)


def update(row: models.Model, names: Iterable[str]) -> None:
    """Write some columns of a row, by attribute name; those that keep the time of a change come along."""
    send(updating(row, names))


def updating(row: models.Model, names: Iterable[str]) -> Statement[None]:
    """The statement of `update`."""
    model = type(row)
    wanted = set(names)
    meant = [column for column in _all(model) if _is_meant(column.field, wanted)]
    pairs = ", ".join(f"{_quoted(column.field.column)} = %s" for column in meant)
    key, link = model._meta.pk, connections[DEFAULT_DB_ALIAS]
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {pairs} WHERE {_quoted(key.column)} = %s"  # noqa: S608
    values = [_value(column, row, link, is_new=False) for column in meant]
    return Statement(sql, [*values, row.pk], lambda _nothing: None, has_rows=False)


def _is_meant(field: Any, wanted: set[str]) -> bool:
    return field.attname in wanted or field.name in wanted or bool(getattr(field, "auto_now", False))


def _value(column: _Column, row: models.Model, link: BaseDatabaseWrapper, *, is_new: bool) -> Any:
    if column.plain is not None:
        value = getattr(row, column.name)
        if value is None or type(value) is column.plain:
            return columns.let_through(row, column.name, value) if column.is_text and value else value
    field = column.field
    return field.get_db_prep_save(field.pre_save(row, is_new), link)


def _rows(model: type[Row], found: list[tuple[Any, ...]]) -> list[Row]:
    plan = _plan(model)
    return [_made(model, plan, row) for row in found]


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
def _all(model: type[models.Model]) -> tuple[_Column, ...]:
    return tuple(
        _Column(field, field.attname, _plain(field), field.has_db_default(), isinstance(field, TEXTS))
        for field in model._meta.concrete_fields
    )


@cache
def _written(model: type[models.Model]) -> tuple[_Column, ...]:
    """Columns of an INSERT: all but an automatic key."""
    return tuple(column for column in _all(model) if not _is_automatic(column.field))


def _is_automatic(field: Any) -> bool:
    return field.primary_key and isinstance(field, models.AutoField)


def _is_left(column: _Column, rows: Sequence[models.Model]) -> bool:
    """Whether no row says anything for a column; rows of one statement say it all or none."""
    return all(isinstance(getattr(row, column.name), DatabaseDefault) for row in rows)


def _plain(field: Any) -> type | None:
    """The type whose values a field of Django's own writes as they are; a key of another row is like that row's own."""
    if isinstance(field, models.ForeignKey):
        return _plain(field.target_field)
    if not (isinstance(field, TEXTS) or type(field).__module__.startswith("django.db.models.fields")):
        return None
    return next((kind for known, kind in PLAIN.items() if isinstance(field, known)), None)


@cache
def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(str(name)))
