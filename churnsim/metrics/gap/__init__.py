"""Where enforced trust differs from intended trust, found from the trace, one module a mechanism."""
