"""The proof that nothing was changed behind the portal's back: ledger, seals, numbers, files, rights. Changes nothing.

One module a subject, each giving findings; `proof.run.examine` is all of them. Called by check_dossiers.
"""
