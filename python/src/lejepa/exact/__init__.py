"""The mathematics of the statements in exact rational and ball arithmetic."""
