"""Rows for the benchmark, made by SQL from one real dossier: a long inbox, and submitted dossiers waiting to be received."""

import uuid
from typing import Any

import psycopg
from psycopg import sql

REFERENCE = """
INSERT INTO reference_office (name) SELECT 'Trung tâm Phục vụ hành chính công phường ' || n FROM generate_series(1, 20) n;
INSERT INTO reference_kind (title) SELECT 'Thủ tục số ' || n || ' về cấp giấy xác nhận cho người dân' FROM generate_series(1, 100) n;
INSERT INTO reference_case (code, person, kind_id, office_id, is_open, opened_at, due_at)
SELECT 'H29.901-261101-' || lpad(n::text, 5, '0'), 'Nguyễn Văn Mẫu ' || n, 1 + n % 100, 1 + n % 20, n % 3 > 0,
       now() - n * interval '7 minutes', now() + n * interval '3 minutes'
FROM generate_series(1, 20000) n;
"""


def columns(link: psycopg.Connection, table: str, without: set[str]) -> list[str]:
    """Columns of a table except those that are given anew."""
    rows = link.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return [row[0] for row in rows if row[0] not in {"id", *without}]


def copies(
    link: psycopg.Connection,
    table: str,
    pk: int,
    count: int,
    given: dict[str, str],
    params: dict[str, Any] | None = None,
) -> list[int]:
    """Copy one row `count` times; `given` maps a column to an SQL expression over the series `n`."""
    kept = columns(link, table, set(given))
    names = sql.SQL(", ").join(sql.Identifier(name) for name in [*kept, *given])
    values = sql.SQL(", ").join(
        [*(sql.SQL("t.{}").format(sql.Identifier(name)) for name in kept), *(sql.SQL(text) for text in given.values())]
    )
    query = sql.SQL(
        "INSERT INTO {} ({}) SELECT {} FROM {} t, generate_series(1, %(count)s) n WHERE t.id = %(pk)s RETURNING id"
    ).format(sql.Identifier(table), names, values, sql.Identifier(table))
    return [row[0] for row in link.execute(query, {"count": count, "pk": pk, **(params or {})})]


def submitted(
    link: psycopg.Connection, template: int, count: int, unit: int, competent: int, authority: str
) -> list[int]:
    """Copies of a submitted dossier with its open intake work, at one desk."""
    mark = uuid.uuid4().hex[:6]
    ids = copies(
        link,
        "dossiers_dossier",
        template,
        count,
        {
            "reference": f"'B{mark}-' || n",
            "idempotency_key": "gen_random_uuid()",
            "receiving_unit_id": "%(unit)s",
            "competent_unit_id": "%(competent)s",
            "counting_unit_id": "%(competent)s",
            "authority_code": "%(authority)s",
        },
        {"unit": unit, "competent": competent, "authority": authority},
    )
    work = link.execute(
        "SELECT id FROM dossiers_workitem WHERE dossier_id = %s AND closed_at IS NULL ORDER BY id LIMIT 1", [template]
    ).fetchone()
    link.execute(
        sql.SQL(
            "INSERT INTO dossiers_workitem ({names}, dossier_id, unit_id, due_at)"
            " SELECT {values}, d.id, %(unit)s, t.due_at + d.id * interval '1 second'"
            " FROM dossiers_workitem t, dossiers_dossier d WHERE t.id = %(work)s AND d.id = ANY(%(ids)s)"
        ).format(
            names=sql.SQL(", ").join(
                map(sql.Identifier, columns(link, "dossiers_workitem", {"dossier_id", "unit_id", "due_at"}))
            ),
            values=sql.SQL(", ").join(
                sql.SQL("t.{}").format(sql.Identifier(name))
                for name in columns(link, "dossiers_workitem", {"dossier_id", "unit_id", "due_at"})
            ),
        ),
        {"unit": unit, "work": work[0], "ids": ids},
    )
    kept = sql.SQL(", ").join(map(sql.Identifier, columns(link, "dossiers_dossierevent", {"dossier_id"})))
    link.execute(  # receiving chains its event to the one before
        sql.SQL(
            "INSERT INTO dossiers_dossierevent ({kept}, dossier_id)"
            " SELECT {theirs}, d.id FROM dossiers_dossierevent t, unnest(%(ids)s::bigint[]) AS d(id) WHERE t.dossier_id = %(pk)s AND t.seq = 1"
        ).format(
            kept=kept,
            theirs=sql.SQL(", ").join(
                sql.SQL("t.{}").format(sql.Identifier(name))
                for name in columns(link, "dossiers_dossierevent", {"dossier_id"})
            ),
        ),
        {"ids": ids, "pk": template},
    )
    return ids
