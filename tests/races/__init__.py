"""Faults that meet: two connections, or processes that are killed. What may happen, and where it is shown.

| Fault | Shown in |
|---|---|
| one branch of a route done twice at once; both at once | test_route_acts; with questions to other units: test_consulting |
| recall after, and while, the successor acts; two recalls | test_route_acts, test_moving |
| covers that together loop, entered at once; a cover whose role ends | test_ends |
| a unit closed while an act runs, papers are signed and issued there; ordered twice at once | test_ends, test_route_acts |
| a role that ends between page and act, and while work is given | test_ends |
| a draft changed, called back, dropped or written while it is approved | test_route_acts |
| a worker killed between number and bytes; a process killed before its act is whole | test_makers |
| a renderer that fails after numbering: tried again, then sent back | test_makers |
| two sweeps, two signers, two makers, two senders of one draft | test_makers, test_paper_drafts |
| a draft sent back while a worker renders it, while it is issued | test_makers |
| a route published anew while dossiers run | test_route_acts |
| an answer and the end of a request for more; two sweeps of it | test_expiry |
| numbers under 32 connections | test_two_at_once |

After each: a sentence or one outcome, and the books as tests.books has them.
"""
