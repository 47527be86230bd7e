"""What names a machine in results."""

import platform
from functools import cache
from pathlib import Path

import torch


@cache
def processor() -> str:
    """The model of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def machine(device: torch.device) -> str:
    """A name for the machine that work on a device is done by: its host, its processor, and its GPU where it counts."""
    found = f"{platform.node() or 'a machine without a name'} ({processor()})"
    return f"{found}, {torch.cuda.get_device_name(device)}" if device.type == "cuda" else found
