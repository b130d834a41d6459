"""The domain: workloads, issuers, policies, failures and prices; one file per kind."""
