"""The application's role may add to the ledger and to what proves it, and nothing it tries changes a row there."""

import secrets
from io import StringIO

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.seal import Unsealed
from dossiers.services import desk, results, seals
from dossiers.services.proof import rights as proof
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from portal import rights
from tests import houses

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


@pytest.fixture
def role(settings):
    """A role as production has one, gone with the test's transaction."""
    name = f"app_{secrets.token_hex(4)}"
    settings.DATABASE_URL = f"postgresql://{name}:secret@db/motcua"
    rights.grant(rights.application())
    return name


@pytest.fixture
def house():
    return houses.make_house()


class acting_as:  # noqa: N801  reads as a sentence
    """Everything inside is done with the rights of a role."""

    def __init__(self, role):
        self.role = role

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {self.role}")

    def __exit__(self, *_):
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


# ── what it may ──────────────────────────────────────────────────────────────────────────────────


def test_a_dossier_goes_from_filing_to_hand_over_as_that_role(role, house):
    with acting_as(role):
        dossier = houses.issued(house)
        results.return_to_citizen(dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
        PersonalDataRead.objects.create(reader=house.citizen, party=house.party, what="mở hồ sơ")
        assert seals.seal_now() == 1
        found = [finding for finding in examine() if finding.weight is not Weight.NOTE]
    assert found == []
    assert Unsealed.objects.count() == 0


def test_granting_twice_changes_nothing(role):
    rights.grant(rights.application())
    assert list(rights.wrong_grants(role)) == []


# ── what it may not ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def trial(django_db_setup, django_db_blocker):
    """A connection that really is the role's own, to a ledger with one event. Everything is undone at the end."""
    name = f"app_{secrets.token_hex(4)}"
    with django_db_blocker.unblock():
        info = {**connection.get_connection_params()}
        owner = psycopg.connect(
            host=info["host"], dbname=connection.settings_dict["NAME"], user=info["user"], autocommit=True
        )
        granted = rights.DatabaseRole(name, "secret")
        for statement in rights._statements(granted, owner.info.user, owner.info.dbname):
            owner.execute(statement)
    link = psycopg.connect(host=info["host"], dbname=owner.info.dbname, user=name, password="secret")
    yield link
    link.close()
    owner.execute(f"DROP OWNED BY {name}")
    owner.execute(f"DROP ROLE {name}")
    owner.close()


def test_every_table_whose_rows_are_written_once_is_declared():
    """A trigger that refuses every change is half of it; the application has no right to make one either."""
    refusing = {
        model._meta.label
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
        if isinstance(trigger, pgtrigger.Protect)
        and trigger.condition is None
        and {"UPDATE", "DELETE"} <= set(str(trigger.operation).split(" OR "))
    }
    assert refusing
    assert refusing - set(rights.APPEND_ONLY) == set()


# Whatever is declared is tried: a table that a room adds needs no line here.
TABLES = {apps.get_model(label)._meta.db_table: apps.get_model(label)._meta.pk.column for label in rights.APPEND_ONLY}
TRICKS = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "ignored triggers": "SELECT set_config('pgtrigger.ignore', '{{append_only,seal_stays}}', false); DELETE FROM {table}",
    "replica": "SET session_replication_role = replica; DELETE FROM {table}",
    "trigger off": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "trigger dropped": "ALTER TABLE {table} DISABLE TRIGGER USER",
    "dropped": "DROP TABLE {table} CASCADE",
    "renamed": "ALTER TABLE {table} RENAME TO gone",
    "rule": "CREATE RULE nothing AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "own trigger": "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "inside a query": "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} LIMIT 0 ON CONFLICT ({column}) DO UPDATE SET {column} = excluded.{column}",
    "merge": "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "locked": "SELECT 1 FROM {table} FOR UPDATE",
    "copied out": "COPY {table} TO PROGRAM 'cat'",
    "copied in from a file": "COPY {table} FROM '/dev/null'",
    "become the owner": "SET ROLE {owner}; DELETE FROM {table}",
    "become the owner's session": "SET SESSION AUTHORIZATION {owner}; DELETE FROM {table}",
    "granted": "GRANT ALL ON {table} TO {role}; DELETE FROM {table}",
    "owned": "ALTER TABLE {table} OWNER TO {role}",
}


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("trick", TRICKS)
def test_every_trick_is_refused(trial, trick, table):
    sql = TRICKS[trick].format(
        table=table, column=TABLES[table], role=trial.info.user, owner=connection.settings_dict["USER"]
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        trial.execute(sql)
    trial.rollback()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "DROP FUNCTION public._pgtrigger_should_ignore(name)",
        "CREATE FUNCTION public.mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE dossiers_unsealed (dossier_id bigint)",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "DELETE FROM django_migrations",
    ],
)
def test_nothing_is_put_in_the_way(trial, sql):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        trial.execute(sql)
    trial.rollback()


def test_trigger_functions_cannot_be_replaced(trial):
    names = trial.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger%'").fetchall()
    assert len(names) > 5
    for (name,) in names:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            trial.execute(
                f'CREATE OR REPLACE FUNCTION public."{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$'
            )
        trial.rollback()


def test_triggers_do_not_look_away_for_that_role(role, house):
    """Also where a row may be changed as long as it is not fixed: a published revision, a closed month."""
    with acting_as(role):
        run("SELECT set_config('pgtrigger.ignore', '{fixed_once_published,frozen_run_stays}', false)")
        run("SELECT 1 WHERE public._pgtrigger_should_ignore('frozen_run_stays')")
        with connection.cursor() as cursor:
            cursor.execute("SELECT public._pgtrigger_should_ignore('frozen_run_stays')")
            assert cursor.fetchone() == (False,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public._pgtrigger_should_ignore('frozen_run_stays')")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT set_config('pgtrigger.ignore', NULL, false)")


# ── what the check says ──────────────────────────────────────────────────────────────────────────


def test_what_proves_the_ledger_is_declared():
    wanted = (
        "dossiers_dossierevent dossiers_eventtext dossiers_seal dossiers_sealrow dossiers_sealexport dossiers_sealstamp "
        "accounts_personaldataread django_admin_log reporting_closedfact reporting_target reporting_closedunit "
        "reporting_closedservice reporting_closedprocedure reporting_closedtarget reporting_closedverdict"
    )
    assert set(TABLES) >= set(wanted.split())
    assert Dossier._meta.db_table not in TABLES


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("GRANT UPDATE ON dossiers_dossierevent TO {role}", "may change dossiers_dossierevent"),
        ("GRANT UPDATE (text) ON dossiers_eventtext TO {role}", "may change dossiers_eventtext"),
        ("GRANT DELETE ON dossiers_sealrow TO PUBLIC", "may change dossiers_sealrow"),
        ("GRANT TRUNCATE ON accounts_personaldataread TO {role}", "may change accounts_personaldataread"),
        ("ALTER TABLE dossiers_seal OWNER TO {role}", "owns dossiers_seal"),
        ("REVOKE INSERT ON dossiers_dossierevent FROM {role}", "may not read or add to dossiers_dossierevent"),
        ("GRANT CREATE ON SCHEMA public TO {role}", "may create tables"),
        ("GRANT TEMPORARY ON DATABASE {database} TO PUBLIC", "may create temporary tables"),
        ("ALTER ROLE {role} CREATEROLE", "may create roles"),
        ("ALTER ROLE {role} SUPERUSER", "administrator of the whole server"),
        ("GRANT {owner} TO {role}", "administrator of the whole server"),
        ("GRANT pg_write_all_data TO {role}", "may change dossiers_dossierevent"),
        ("ALTER FUNCTION public._pgtrigger_should_ignore(name) OWNER TO {role}", "pgtrigger.ignore"),
    ],
)
def test_wrong_grants_are_found(role, settings, sql, words):
    settings.DEMO = False
    assert list(proof.grants()) == []
    here = connection.settings_dict
    run(sql.format(role=role, owner=here["USER"], database=here["NAME"]))
    found = list(proof.grants())
    assert {finding.weight for finding in found} == {Weight.FAULT}
    assert any(words in finding.text for finding in found)


def test_a_server_without_the_role_is_found(settings):
    """A dump carries no roles: after a restore elsewhere this is what the check says."""
    settings.DEMO = False
    settings.DATABASE_URL = "postgresql://nobody_of_this_name@db/motcua"
    assert [str(finding) for finding in proof.grants()] == [
        "fault: wrong grants: the server has no role nobody_of_this_name (manage.py grant_application)"
    ]


def test_an_administrator_is_a_fault_in_production_and_a_note_in_the_demo(settings):
    assert [finding.weight for finding in proof.grants()] == [Weight.NOTE]
    settings.DEMO = False
    assert [finding.weight for finding in proof.grants()] == [Weight.FAULT]


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def test_grant_application_grants_and_says_so(settings):
    name = f"app_{secrets.token_hex(4)}"
    settings.DATABASE_URL = f"postgresql://{name}:secret@db/motcua"
    settings.DATABASE_OWNER_URL = "postgresql://owner@db/motcua"
    out = StringIO()
    for _ in range(2):
        call_command("grant_application", stdout=out)
    assert f"{name}: rights granted" in out.getvalue()
    assert list(rights.wrong_grants(name)) == []


def test_grant_application_needs_two_roles_in_production(settings):
    settings.DATABASE_OWNER_URL = ""
    out = StringIO()
    call_command("grant_application", stdout=out)
    assert "nothing granted" in out.getvalue()
    settings.DEMO = False
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL is not set"):
        call_command("grant_application")
    settings.DATABASE_OWNER_URL = settings.DATABASE_URL = f"postgresql://{rights.connected_as()}@db/motcua"
    with pytest.raises(CommandError, match="own role"):
        call_command("grant_application")


def test_receiving_needs_no_right_beyond_adding(role, house):
    dossier = houses.submitted(house)
    with acting_as(role):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == 2
