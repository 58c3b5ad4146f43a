"""What happens to dossiers, one module for one matter: its events, papers, reasons and acts of the desk, declared.

Found at start (dossiers/apps.py); nobody imports them. The transition table of the acts built in stands in
dossiers.workflow; a module may add rows of its own (docs/how-to/add-a-transition.md).
"""
