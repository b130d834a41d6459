"""The sections of a scenario whose keys are names chosen by the user."""

NAMED = ("issuers", "policies", "nodes", "workloads", "sinks", "evidence", "artefacts")
