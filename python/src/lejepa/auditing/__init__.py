"""Join registry, Lean sources, ledger, checks and experiments."""
