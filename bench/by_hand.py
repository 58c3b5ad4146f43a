"""A month of all indicators as a database administrator would write it down: statements, nothing of reporting's SQL.

One statement a date column, one FILTER an indicator, part and basis, GROUPING SETS for the scopes. Over the facts, or over a
table that is first made from the ledger with what these statements ask for.
"""

# name: (what is counted, what of it is a hit, what the numerator adds up, what the denominator adds up)
DECIDED = "finish_kind IN ('granted', 'refused')"
LEGAL = "minutes_used IS NOT NULL AND minutes_allowed IS NOT NULL"
RECEIVED = {
    "online_share_all": ("NOT is_internal", "channel = 2", "", ""),
    "online_share_offered": ("NOT is_internal AND level_offered IN (3, 4)", "channel = 2", "", ""),
    "online_share_self": ("NOT is_internal", "channel = 2 AND NOT is_assisted", "", ""),
    "online_share_assisted": ("NOT is_internal", "channel = 2 AND is_assisted", "", ""),
    "online_share_full": ("NOT is_internal", "channel = 2 AND level_offered = 4", "", ""),
    "digitised_received": ("NOT is_internal AND received_papers > 0", "received_digitised >= received_papers", "", ""),
    "internal_online": ("is_internal", "channel = 2", "", ""),
    "volume_share": ("NOT is_internal", "TRUE", "", ""),
}
HANDLED = {
    "on_time_first": (
        f"{DECIDED} AND first_due_day IS NOT NULL OR open AND late",
        "finished_day <= first_due_day",
        "",
        "",
    ),
    "on_time_now": (
        f"{DECIDED} AND due_day IS NOT NULL OR open AND late_now AND stands = ''",
        "finished_day <= due_day",
        "",
        "",
    ),
    "on_time_766": (
        f"""({DECIDED} OR finish_kind = 'stopped') AND (due_day IS NOT NULL OR {LEGAL})
            OR open AND (late_now OR reappointed_at IS NOT NULL AND supplements = 0 AND late) AND stands <> 'supplement'
            OR stands = 'supplement' AND stands_since > due_day""",
        f"supplements <= 1 AND CASE WHEN {LEGAL} THEN minutes_used <= minutes_allowed ELSE finished_day <= due_day END",
        "",
        "",
    ),
    "open_overdue": ("open", "late_now AND stands = ''", "", ""),
    "open_dossiers": ("open", "TRUE", "", ""),
    "hours_taken": (f"{DECIDED} AND minutes_used IS NOT NULL", "TRUE", "minutes_used", ""),
    "hours_saved": (f"{DECIDED} AND {LEGAL}", "TRUE", "greatest(minutes_allowed - minutes_used, 0)", ""),
    "time_cut_online": (
        f"{DECIDED} AND channel = 2 AND {LEGAL}",
        "TRUE",
        "minutes_allowed - minutes_used",
        "minutes_allowed",
    ),
    "supplement_twice": (DECIDED, "supplements >= 2", "", ""),
    "reappointed_share": (DECIDED, "reappointed_at IS NOT NULL", "", ""),
    "refused_share": ("NOT open", "finish_kind IN ('refused', 'not_accepted')", "", ""),
    "digitised_settled": (f"{DECIDED} AND papers_total > 0", "papers_digitised >= papers_total", "", ""),
    "reuse_share": (DECIDED, "papers_reused > 0", "", ""),
    "reused_papers": (f"{DECIDED} AND papers_total > 0", "TRUE", "papers_reused", "papers_total"),
    "tt01_total_time": (
        f"{DECIDED} AND due_day IS NOT NULL",
        "TRUE",
        "CASE WHEN finished_day < due_day THEN 2 WHEN finished_day = due_day THEN 1 ELSE 0 END",
        "",
    ),
    "tt01_contacts": (DECIDED, "TRUE", "CASE supplements WHEN 0 THEN 2 WHEN 1 THEN 1 ELSE 0 END", ""),
}
SERVICES = {
    "services_used": ("level IN (3, 4)", "used"),
    "full_services": ("level = 4 OR reason LIKE '%%technical%%'", "level = 4"),
    "offered_online": ("level IN (3, 4) OR reason LIKE '%%technical%%'", "level IN (3, 4)"),
}
BASES = ("month", "quarter", "mid", "year")


def _counts(indicators: dict[str, tuple[str, str, str, str]]) -> str:
    return ", ".join(
        f"{f'sum({amount})' if amount else 'count(*)'} FILTER (WHERE in_{basis} AND ({counted}){extra}) AS {name}_{basis}_{part}"
        for name, (counted, hit, top, bottom) in indicators.items()
        for basis in BASES
        for part, amount, extra in (("n", top, f" AND ({hit})"), ("d", bottom, ""))
    )


def _in(moment: str) -> str:
    return ", ".join(f"{moment} >= %({basis})s AND {moment} < %({basis}_end)s AS in_{basis}" for basis in BASES)


def _sets(*columns: str) -> str:
    return "GROUP BY GROUPING SETS (" + ", ".join(f"({column})" for column in (*columns, "")) + ")"


def _open(end: str, basis: str) -> str:
    return f"""
    SELECT coalesce(t.unit_id, f.unit_id), CASE WHEN t.unit_id IS NULL THEN f.group_id ELSE t.group_id END,
           CASE WHEN t.unit_id IS NULL THEN f.department_id ELSE t.department_id END, procedure_id, officer_id, '', NULL::date, first_due_day,
           (coalesce(p.due_at, first_due_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, NULL, NULL, channel, supplements, reappointed_at, papers_total,
           papers_digitised, papers_reused, TRUE, first_due_at < {end}, coalesce(p.due_at, first_due_at) < {end}, coalesce(p.stands, ''),
           (p.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, {basis}
    FROM {{facts}} f
    LEFT JOIN LATERAL (SELECT unit_id, group_id, department_id FROM reporting_transferfact
                       WHERE dossier_id = f.dossier_id AND moved_at < {end} ORDER BY seq DESC LIMIT 1) t ON TRUE
    LEFT JOIN LATERAL (SELECT due_at, stands, changed_at FROM reporting_promisefact
                       WHERE dossier_id = f.dossier_id AND changed_at < {end} ORDER BY seq DESC LIMIT 1) p ON TRUE
    WHERE NOT is_internal AND received_at < {end} AND (finished_at IS NULL OR finished_at >= {end})"""


PLACES = ("unit_id", "group_id", "department_id", "procedure_id")
_OVER = f"""
CREATE TEMP TABLE hand_received ON COMMIT DROP AS
    SELECT {", ".join(PLACES)}, GROUPING({", ".join(PLACES)}) AS level, {_counts(RECEIVED)}
    FROM (SELECT *, {_in("received_at")} FROM {{facts}} WHERE received_at >= least(%(year)s, %(mid)s) AND received_at < %(month_end)s) r
    {_sets(*PLACES)};
CREATE TEMP TABLE hand_handled ON COMMIT DROP AS
    SELECT {", ".join(PLACES)}, officer_id, GROUPING({", ".join(PLACES)}, officer_id) AS level, {_counts(HANDLED)}
    FROM (SELECT finished_unit_id AS unit_id, finished_group_id AS group_id, finished_department_id AS department_id, procedure_id, officer_id,
                 finish_kind, finished_day, first_due_day, coalesce(finished_due_day, first_due_day) AS due_day, minutes_used, minutes_allowed,
                 channel, supplements, reappointed_at, papers_total, papers_digitised, papers_reused, FALSE AS open, FALSE AS late, FALSE AS late_now,
                 '' AS stands, NULL::date AS stands_since, {_in("finished_at")}
          FROM {{facts}} WHERE NOT is_internal AND finished_at >= least(%(year)s, %(mid)s) AND finished_at < %(month_end)s
          UNION ALL {_open("%(month_end)s", "TRUE, TRUE, FALSE, TRUE")}
          UNION ALL {_open("%(mid_end)s", "FALSE, FALSE, TRUE, FALSE")}) h
    {_sets(*PLACES, "officer_id")};
CREATE TEMP TABLE hand_answers ON COMMIT DROP AS
    SELECT {", ".join(PLACES)}, GROUPING({", ".join(PLACES)}) AS level,
           {", ".join(f"count(*) FILTER (WHERE in_{one} AND answered_at <= answer_due_at) AS {one}_n, count(*) FILTER (WHERE in_{one}) AS {one}_d" for one in BASES)}
    FROM (SELECT *, {_in("answer_due_at")} FROM {{facts}}
          WHERE NOT is_internal AND answer_due_at >= least(%(year)s, %(mid)s) AND answer_due_at < %(month_end)s) a
    {_sets(*PLACES)};
CREATE TEMP TABLE hand_used ON COMMIT DROP AS
    SELECT unit_id AS u, procedure_id AS p, {", ".join(f"bool_or(in_{one}) AS in_{one}" for one in BASES)}
    FROM (SELECT *, {_in("received_at")} FROM {{facts}}
          WHERE NOT is_internal AND channel = 2 AND received_at >= least(%(year)s, %(mid)s) AND received_at < %(month_end)s) r GROUP BY 1, 2;
"""
_SERVICES = "".join(
    f"""
CREATE TEMP TABLE hand_services_{basis} ON COMMIT DROP AS
    SELECT f.unit_id, o.group_id, f.department_id, f.procedure_id, GROUPING(f.unit_id, o.group_id, f.department_id, f.procedure_id) AS level,
           {
        ", ".join(
            f"count(DISTINCT f.procedure_id) FILTER (WHERE ({counted}) AND ({hit.replace('used', f'coalesce(used.in_{basis}, FALSE)')})) AS {name}_n, "
            f"count(DISTINCT f.procedure_id) FILTER (WHERE {counted}) AS {name}_d"
            for name, (counted, hit) in SERVICES.items()
        )
    }
    FROM procedures_onlineoffering f JOIN accounts_orgunit o ON o.id = f.unit_id JOIN procedures_procedure c ON c.id = f.procedure_id
    LEFT JOIN hand_used used ON used.u = f.unit_id AND used.p = f.procedure_id
    WHERE NOT c.is_internal AND f.valid_from < %({basis}_end)s AND (f.valid_to IS NULL OR f.valid_to >= %({basis})s)
    GROUP BY GROUPING SETS ((f.unit_id), (o.group_id), (f.department_id), (f.procedure_id), ());
"""
    for basis in BASES
)
OVER_FACTS = _OVER.format(facts="reporting_factdossier") + _SERVICES

# What the statements above ask for, out of the ledger: one pass for the sums, the rows of reception, end and last act beside it.
_ENDS = "(code IN ('result_issued', 'refused', 'not_accepted') OR state_to IN ('withdrawn', 'stopped'))"
_FROM_LEDGER = f"""
CREATE TEMP TABLE hand_dossiers ON COMMIT DROP AS
    SELECT m.dossier_id, r.happened_at AS received_at, coalesce(r.counting_unit_id, e.counting_unit_id) AS unit_id, r.unit_group_id AS group_id,
           r.department_id, coalesce(r.procedure_id, e.procedure_id) AS procedure_id, coalesce(r.channel, e.channel) AS channel, r.level_offered,
           coalesce(r.is_assisted, e.is_assisted) AS is_assisted, coalesce(r.is_internal, e.is_internal) AS is_internal,
           r.papers_total AS received_papers, r.papers_digitised AS received_digitised, m.first_due_at, m.officer_id, m.supplements, m.reappointed_at,
           (m.first_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS first_due_day, e.happened_at AS finished_at,
           (e.happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS finished_day, (e.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS finished_due_day,
           CASE e.code WHEN 'result_issued' THEN 'granted' WHEN 'refused' THEN 'refused' WHEN 'not_accepted' THEN 'not_accepted'
                ELSE e.state_to END AS finish_kind,
           e.counting_unit_id AS finished_unit_id, e.unit_group_id AS finished_group_id, e.department_id AS finished_department_id,
           e.minutes_used, e.minutes_allowed, e.papers_total, e.papers_digitised, e.papers_reused, m.answer_due_at, m.answered_at
    FROM (SELECT dossier_id, min(seq) FILTER (WHERE code = 'received') AS received_seq, min(seq) FILTER (WHERE {_ENDS}) AS ended_seq,
                 min(first_due_at) AS first_due_at, max(actor_id) FILTER (WHERE code = 'proposed') AS officer_id,
                 count(*) FILTER (WHERE code = 'supplement_requested') AS supplements,
                 min(happened_at) FILTER (WHERE code IN ('reappointed', 'reappointed_late')) AS reappointed_at,
                 min(step_due_at) FILTER (WHERE code = 'submitted') AS answer_due_at,
                 min(happened_at) FILTER (WHERE code IN ('received', 'not_accepted', 'supplement_requested')) AS answered_at
          FROM dossiers_dossierevent WHERE happened_at < %(month_end)s GROUP BY dossier_id) m
    LEFT JOIN dossiers_dossierevent r ON r.dossier_id = m.dossier_id AND r.seq = m.received_seq
    LEFT JOIN dossiers_dossierevent e ON e.dossier_id = m.dossier_id AND e.seq = m.ended_seq;
"""
OVER_LEDGER = _FROM_LEDGER + _OVER.format(facts="hand_dossiers") + _SERVICES
