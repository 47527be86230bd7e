"""Companion of the Lean package Lejepa: check its statements, train encoders that confirm them, audit both."""

__version__ = "0.1.0"
