"""Every table and column a trace may hold, by what they are about."""
