"""What this machine has of what Lejepa can use, and how to get the rest."""

import ctypes.util
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lejepa import extras

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Part:
    """A part, what it is for, the version found (None where it is absent), and how to get it.

    needed: nothing works without it; what is not needed serves one command or one experiment.
    """

    name: str
    purpose: str
    found: str | None
    get: str
    needed: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def package(name: str) -> str | None:
    """The version of an installed Python package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def program(*names: str) -> str | None:
    """The version that the first of these programs on the PATH reports, or its path where it reports none."""
    for name in names:
        path = shutil.which(name)
        if path is None:
            continue
        try:
            done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return path
        lines = done.stdout.strip().splitlines()
        return lines[0] if done.returncode == 0 and lines else path
    return None


def cuda() -> str | None:
    """The CUDA devices that PyTorch sees."""
    if package("torch") is None:
        return None
    import torch

    return ", ".join(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())) or None


def renderer() -> str | None:
    """The libraries with which MuJoCo draws off screen."""
    return ", ".join(name for name in ("EGL", "OSMesa") if ctypes.util.find_library(name)) or None


def python_version() -> str | None:
    return platform.python_version() if sys.version_info >= (3, 11) else None


def examine() -> list[Part]:
    """Every part, needed ones first."""
    return [
        Part("Python", "everything", python_version(), "Python 3.11 or later, https://www.python.org", needed=True),
        Part("PyTorch", "training, certificates", package("torch"), extras.command("torch"), needed=True),
        Part(
            "python-flint", "checks, by ball arithmetic", package("python-flint"), extras.command("python-flint"), True
        ),
        Part("CUDA", "training at full size", cuda(), "a CUDA build of PyTorch, https://pytorch.org/get-started"),
        Part("lake", "building the Lean package", program("lake"), "https://lean-lang.org/install"),
        Part("pyarrow", "certifying parquet files", package("pyarrow"), extras.get("formats")),
        Part("Lightning", "certificates in a Lightning loop", package("lightning"), extras.get("lightning")),
        Part("Ray", "sweeps over several machines", package("ray"), extras.get("ray")),
        Part("gymnasium", "recording and controlling environments", package("gymnasium"), extras.get("gym")),
        Part("MuJoCo", "frames of the robot arm", package("mujoco"), extras.get("reacher")),
        Part("EGL or OSMesa", "drawing them off screen", renderer(), "apt-get install libegl1 or libosmesa6"),
        Part("browser", "the tests of the audit's site", program(*BROWSERS), "apt-get install chromium"),
    ]
