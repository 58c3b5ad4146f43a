"""The four indicators the house is born with: the month of tests/reporting/test_snapshot.py, and SQL that knows no facts."""

from reporting.enums import Basis
from tests.reporting.recount import LEVELS, ON_TIME, SERVICES, SHARE

GOLDEN = {
    ("online_share_all", Basis.MONTH): {
        "first": (1, 4),
        "second": (2, 2),
        "office": (2, 3),
        "wards": (3, 6),
        None: (5, 9),
    },
    ("online_share_all", Basis.CUMULATIVE): {"first": (2, 5), "wards": (4, 7), "offices": (2, 3), None: (6, 10)},
    ("online_share_offered", Basis.MONTH): {"first": (1, 3), "second": (2, 2), None: (5, 8)},
    # Birth and marriage are offered by both wards and count once for the group; the copy is not offered online.
    ("services_used", Basis.MONTH): {
        "first": (1, 2),
        "second": (1, 2),
        "wards": (2, 2),
        "office": (1, 1),
        None: (3, 3),
    },
    ("services_used", Basis.CUMULATIVE): {"first": (1, 2), None: (3, 3)},
    # Finished in September: three in ward 1 (two on time), two in the office; late and open at its end: one each.
    ("on_time_first", Basis.MONTH): {"first": (2, 3), "second": (0, 1), "office": (2, 3), None: (4, 7)},
    ("on_time_first", Basis.CUMULATIVE): {"first": (3, 4), "wards": (3, 5), None: (5, 8)},
}
RECOUNT = {
    "online_share_all": SHARE,
    "online_share_offered": f"{SHARE} WHERE level_offered IN ({LEVELS})",
    "on_time_first": ON_TIME,
    "services_used": SERVICES,
}
