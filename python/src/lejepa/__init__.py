"""Companion of the Lean package Lejepa: check its statements, train encoders that confirm them, audit both."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Certificate", "Certifier", "Monitor", "certify"]

if TYPE_CHECKING:
    from lejepa.certification.callbacks import Monitor
    from lejepa.certification.certificate import Certificate
    from lejepa.certification.certifier import Certifier, certify


def __getattr__(name: str) -> Any:
    """Certificates need PyTorch, which is slow to import: they come when asked for."""
    if name in __all__:
        from lejepa.certification import callbacks, certificate, certifier

        homes = {"Monitor": callbacks, "Certificate": certificate}
        return getattr(homes.get(name, certifier), name)
    raise AttributeError(f"module 'lejepa' has no attribute {name!r}")
