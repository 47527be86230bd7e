"""Plants faults in the library and sees whether its tests notice: `python -m lejepa.mutation --help`."""
