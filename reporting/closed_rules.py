"""SQL of what a closed month reads instead of today's tables: facts as they were known, services as they were offered.

No query runs here; parameter `run` is the closed month's. The shapes are those of today's tables, so that whoever counts or
lists asks the same of both.
"""

from typing import Final

from reporting.fact_rules import COLUMNS

_FACT: Final = ", ".join(COLUMNS)
# Facts of today, or as they were known when the run was closed; one that nobody knew then has no last event.
FACTS_NOW: Final = "reporting_factdossier"
FACTS_THEN: Final = f"""(
    SELECT {_FACT} FROM reporting_factdossier now
    WHERE NOT EXISTS (SELECT FROM reporting_closedfact c WHERE c.run_id = %(run)s AND c.dossier_id = now.dossier_id)
    UNION ALL SELECT {_FACT} FROM reporting_closedfact WHERE run_id = %(run)s AND last_seq > 0) facts"""  # noqa: S608

SERVICE_COLUMNS: Final = (
    "procedure_id, unit_id, group_id, department_id, level, reason, is_internal, valid_from, valid_to"
)
SERVICES_NOW: Final = """(
    SELECT o.procedure_id, o.unit_id, u.group_id, o.department_id, o.level, o.reason, p.is_internal,
           GREATEST(o.valid_from, u.valid_from) AS valid_from, LEAST(o.valid_to, u.valid_to, p.retired_on - 1) AS valid_to
    FROM procedures_onlineoffering o
    JOIN accounts_orgunit u ON u.id = o.unit_id
    JOIN procedures_procedure p ON p.id = o.procedure_id) f"""
SERVICES_THEN: Final = f"(SELECT {SERVICE_COLUMNS} FROM reporting_closedservice WHERE run_id = %(run)s) f"  # noqa: S608

# Which facts a month's figures may rest on, on any basis: what was filed before its end and not over before `since`.
OF_THE_MONTH: Final = (
    "filed_at < %(end)s AND (finished_at IS NULL OR finished_at >= %(since)s OR received_at >= %(since)s)"
)
# What later versions of the rules write anew says nothing of the dossier.
_TOLD: Final = tuple(name for name in COLUMNS if name != "rules")
BUCKET: Final = 4096  # dossiers digested at once: the memory of one digest is bounded


def told_columns() -> tuple[str, ...]:
    """The columns of facts that a digest covers, in their order."""
    return _TOLD


def facts_digest_sql(columns: tuple[str, ...], dated: frozenset[str], facts: str) -> str:
    """SQL that counts the facts of a month and digests them, bucket by bucket. `dated`: columns that hold moments."""
    cells = ", ".join(f"(extract(epoch FROM {name}) * 1000000)::bigint" if name in dated else name for name in columns)
    return f"""
    SELECT coalesce(sum(dossiers), 0)::bigint, encode(sha256(coalesce(string_agg(part, '' ORDER BY bucket), '')), 'hex')
    FROM (SELECT dossier_id / {BUCKET} AS bucket, count(*) AS dossiers,
                 sha256(convert_to(string_agg(json_build_array({cells})::text, E'\\n' ORDER BY dossier_id), 'UTF8')) AS part
          FROM {facts} WHERE {OF_THE_MONTH} GROUP BY 1) buckets"""  # noqa: S608  our own constants
