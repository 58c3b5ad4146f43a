"""What the application's database role may do: one declaration, what grants it, and what finds a wrong grant.

Roles belong to a server and not to a database: a dump carries none. So `grant_application` sets them after every
migration and restore, as the owner of the tables, and `check_dossiers` looks whether they stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

# Tables that may only grow. A room that adds one names it here.
APPEND_ONLY = (
    "accounts.NameChange",
    "accounts.LookUp",
    "accounts.PersonalDataRead",
    "admin.LogEntry",
    "dossiers.BankLine",
    "dossiers.BankLineAside",
    "dossiers.BankMatch",
    "dossiers.BankStatement",
    "dossiers.CashHandover",
    "dossiers.CashSettlement",
    "dossiers.DossierEvent",
    "dossiers.EventText",
    "dossiers.FeeOffice",
    "dossiers.Payment",
    "dossiers.ReceiptEnd",
    "dossiers.Seal",
    "dossiers.SealExport",
    "dossiers.SealRow",
    "dossiers.SealStamp",
    "procedures.ResultTemplate",
    "reporting.ClosedFact",
    "reporting.ClosedField",
    "reporting.ClosedProcedure",
    "reporting.ClosedService",
    "reporting.ClosedTarget",
    "reporting.ClosedUnit",
    "reporting.ClosedVerdict",
    "reporting.ExternalMeasure",
    "reporting.FollowedMonth",
    "reporting.IntegrityCase",
    "reporting.IntegrityMark",
    "reporting.IntegritySample",
    "reporting.MonthPaper",
    "reporting.ShortfallAct",
    "reporting.Target",
    "reporting.TargetReceipt",
)
READ_ONLY = ("django_migrations",)
# Functions that run with the owner's rights, each for one narrow purpose.
LENT = ("public.erase_event_text(bigint, integer)",)
CHANGES = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
_ROLE = "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = %s"
# Every role the application may become, itself first.
_BECOMES = """
SELECT r.rolname FROM pg_roles r WHERE pg_has_role(%s, r.oid, 'MEMBER') ORDER BY r.rolname <> %s, r.rolname
"""
_TABLE = """
SELECT c.relowner = r.oid, has_table_privilege(r.oid, c.oid, 'SELECT'), has_table_privilege(r.oid, c.oid, 'INSERT'),
       has_table_privilege(r.oid, c.oid, %s) OR has_any_column_privilege(r.oid, c.oid, 'UPDATE')
FROM pg_roles r, pg_class c WHERE r.rolname = %s AND c.oid = %s::regclass
"""
_MAKES = """
SELECT has_schema_privilege(%s, 'public', 'CREATE'), has_database_privilege(%s, current_database(), 'TEMPORARY')
"""
_IGNORE = "public._pgtrigger_should_ignore(name)"
# pgtrigger's triggers can be told to look away by a setting that any session may set; from here on only the owner may.
_OWNER_ALONE_IGNORES = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql AS $$
    SELECT pg_has_role(current_user, {owner}, 'MEMBER')
       AND trigger_name::text = ANY(coalesce(nullif(current_setting('pgtrigger.ignore', true), '')::text[], '{{}}'))
$$
"""


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """Name and password of the application's role, as DATABASE_URL gives them."""

    name: str
    password: str = ""


def application() -> DatabaseRole:
    """The role DATABASE_URL connects as."""
    parts = urlsplit(settings.DATABASE_URL)
    return DatabaseRole(unquote(parts.username or ""), unquote(parts.password or ""))


def append_only_tables() -> Sequence[str]:
    """Names of the tables that may only grow."""
    return [apps.get_model(label)._meta.db_table for label in APPEND_ONLY]


# ── granting, as the owner ───────────────────────────────────────────────────────────────────────


def grant(role: DatabaseRole) -> None:
    """Create the role when it is not there, and set its rights anew; may be run at any time, as the owner."""
    with connection.cursor() as cursor:
        for statement in _statements(role, cursor.connection.info.user, cursor.connection.info.dbname):
            cursor.execute(statement)


def _statements(role: DatabaseRole, owner: str, database: str) -> Iterator[sql.Composed]:
    name = sql.Identifier(role.name)
    if not exists(role.name):
        yield sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            name, sql.Literal(role.password or None)
        )
    for text in (
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",  # a temporary table could hide a real one
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    ):
        yield sql.SQL(text).format(role=name, database=sql.Identifier(database))
    for table in append_only_tables():
        yield sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)
    for table in READ_ONLY:
        yield sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)
    for function in LENT:
        yield sql.SQL(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC").format()
        yield sql.SQL(f"GRANT EXECUTE ON FUNCTION {function} TO {{}}").format(name)
    yield sql.SQL(_OWNER_ALONE_IGNORES).format(owner=sql.Literal(owner))


# ── looking, as anybody ──────────────────────────────────────────────────────────────────────────


def exists(name: str) -> bool:
    """Tell whether the server has the role."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [name])
        return cursor.fetchone() is not None


def is_administrator(name: str) -> bool:
    """Tell whether a role may do anything, whatever was granted."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [name])
        found = cursor.fetchone()
        return found is not None and bool(found[0])


def connected_as() -> str:
    """The role this process connected as."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        return str(cursor.fetchone()[0])


def wrong_grants(name: str) -> Iterator[str]:
    """Say in what the rights of the application's role differ from the declaration."""
    if not exists(name):
        yield f"the server has no role {name}"
        return
    if is_administrator(name):
        yield f"the application connects as {name}, an administrator of the whole server"
        return
    with connection.cursor() as cursor:
        cursor.execute(_BECOMES, [name, name])
        roles = [row[0] for row in cursor.fetchall()]
    for role in roles:
        yield from _too_much(role)
    yield from _too_little(name)
    if not _settings_are_refused(name):
        yield "the setting pgtrigger.ignore turns triggers off for everybody"


def _too_much(role: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [role])
        is_super, makes_roles = cursor.fetchone()
        if is_super or makes_roles:
            yield f"{role} {'is an administrator of the whole server' if is_super else 'may create roles'}"
        cursor.execute(_MAKES, [role, role])
        makes, hides = cursor.fetchone()
        if makes:
            yield f"{role} may create tables and functions"
        if hides:
            yield f"{role} may create temporary tables, which hide real ones"
        for table in append_only_tables():
            cursor.execute(_TABLE, [", ".join(CHANGES), role, table])
            owns, _may_read, _may_add, may_change = cursor.fetchone()
            if owns or may_change:
                yield f"{role} {'owns' if owns else 'may change'} {table}"


def _too_little(role: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in append_only_tables():
            cursor.execute(_TABLE, [", ".join(CHANGES), role, table])
            _owns, may_read, may_add, _may_change = cursor.fetchone()
            if not (may_read and may_add):
                yield f"{role} may not read or add to {table}"
        for function in LENT:
            cursor.execute("SELECT has_function_privilege(%s, %s, 'EXECUTE')", [role, function])
            if not cursor.fetchone()[0]:
                yield f"{role} may not execute {function}"


def _settings_are_refused(role: str) -> bool:
    """Tell whether the function every trigger asks is ours, and not the application's to replace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc LIKE '%%pg_has_role(current_user%%', pg_has_role(%s, proowner, 'MEMBER') "
            "FROM pg_proc WHERE oid = to_regprocedure(%s)",
            [role, _IGNORE],
        )
        found = cursor.fetchone()
        return found is not None and found == (True, False)
