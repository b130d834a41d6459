"""Design invariants: what a scenario promises, and whether its runs keep it."""
