"""Companion of the Lean package Lejepa: check its statements, train encoders that confirm them, audit both."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "MMD",
    "Alignment",
    "Certificate",
    "Certifier",
    "InfoNCE",
    "MeasureMonitor",
    "Measures",
    "Monitor",
    "SIGReg",
    "VICReg",
    "Whitening",
    "certify",
    "load_encoder",
    "load_model",
    "measure",
]

if TYPE_CHECKING:
    from lejepa.certification.callbacks import Monitor
    from lejepa.certification.certificate import Certificate
    from lejepa.certification.certifier import Certifier, certify
    from lejepa.objectives import MMD, Alignment, InfoNCE, SIGReg, VICReg, Whitening
    from lejepa.training.measuring import MeasureMonitor, Measures, measure
    from lejepa.training.trained import load_encoder, load_model

HOMES = {
    "Certificate": "lejepa.certification.certificate",
    "Certifier": "lejepa.certification.certifier",
    "Monitor": "lejepa.certification.callbacks",
    "certify": "lejepa.certification.certifier",
    "MeasureMonitor": "lejepa.training.measuring",
    "Measures": "lejepa.training.measuring",
    "load_encoder": "lejepa.training.trained",
    "load_model": "lejepa.training.trained",
    "measure": "lejepa.training.measuring",
}


def __getattr__(name: str) -> Any:
    """What needs PyTorch, which is slow to import, comes when asked for."""
    if name in __all__:
        return getattr(import_module(HOMES.get(name, "lejepa.objectives")), name)
    raise AttributeError(f"module 'lejepa' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names too, for completion and `help`, though they have not been asked for yet."""
    return sorted({*globals(), *__all__})
