"""Units beside each other: months as a heat table, ranks, the same mix of procedures, as organised now, any range of days.

Pages of managers (reporting.urls). Figures come from snapshots; what no snapshot holds is counted from the facts by the
declarations of the indicators, so that every number and its list agree.
"""
