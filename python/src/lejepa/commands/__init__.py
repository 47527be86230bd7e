"""The commands of `lejepa`, a file a group."""
