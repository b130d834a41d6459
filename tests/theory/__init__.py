"""Known answers of theory."""
