"""Run the numeric checks of the statements, and plant faults in them."""
