"""The Reacher of DeepMind Control, drawn off screen."""

import ctypes.util
import os
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lejepa.errors import CannotRun, UserError
from lejepa.extras import missing

Frames = NDArray[np.uint8]
Floats = NDArray[np.float64]

LIBRARIES = {"egl": "EGL", "osmesa": "OSMesa"}
DEBIAN = (
    "on Debian `apt-get install libegl1 libgl1-mesa-dri` gives EGL on a CPU "
    "(an NVIDIA driver brings its own for its GPU), "
    "`apt-get install libosmesa6` gives OSMesa; MUJOCO_GL=egl or MUJOCO_GL=osmesa chooses"
)
LINK = 0.12  # metres, both links: from shoulder to wrist, from wrist to finger
FINGER_RADIUS, TARGET_RADIUS = 0.01, 0.015  # metres, of the task's hard version
WRIST_LIMIT = np.deg2rad(160.0)


def choose_backend() -> str:
    """How MuJoCo is to draw: MUJOCO_GL where it is set, else EGL or OSMesa, whichever library is there."""
    named = os.environ.get("MUJOCO_GL", "").lower()
    if named:
        if named not in (*LIBRARIES, "glfw"):
            raise UserError(f"MUJOCO_GL={named}: expected egl or osmesa")
        return named
    for name, library in LIBRARIES.items():
        if ctypes.util.find_library(library):
            return name
    raise CannotRun(f"MuJoCo finds neither EGL nor OSMesa to draw with: {DEBIAN}")


def reacher() -> ModuleType:
    """DeepMind Control's module of the Reacher; a sentence for the user where it can't be loaded."""
    backend = choose_backend()
    os.environ["MUJOCO_GL"] = backend
    os.environ.setdefault("PYOPENGL_PLATFORM", backend)
    os.environ.setdefault("LP_NUM_THREADS", "1")  # Mesa's own threads only get in the way of our processes
    try:
        from dm_control.suite import reacher as module
    except ModuleNotFoundError as e:
        raise missing("Reacher", e.name, "reacher") from None
    except Exception as e:  # whatever PyOpenGL and dm_control raise where a library is absent or broken
        raise CannotRun(f"MuJoCo can't draw with {backend} ({type(e).__name__}: {e}): {DEBIAN}") from None
    found: ModuleType = module
    return found


class Scene:
    """The arm on its ground, seen from above; the target is not drawn, so that a frame shows the joints alone.

    Shadows, reflections and the sky are off: they cost most of the time on a CPU, and show nothing of the joints.
    """

    def __init__(self, size: int = 64, samples: int = 0) -> None:
        module = reacher()
        self.size = size
        self.physics: Any = module.Physics.from_xml_string(*module.get_model_and_assets())
        model = self.physics.model
        model.vis.quality.shadowsize, model.vis.quality.offsamples = 0, samples
        model.vis.global_.offwidth = model.vis.global_.offheight = size
        self.physics.named.model.geom_rgba["target", 3] = 0
        self.camera: Any = None

    def draw(self, angles: Floats) -> Frames:
        """Frames `(count, size, size, 3)` of joint angles `(count, 2)` in radians, shoulder and wrist."""
        import mujoco

        if self.camera is None:
            self.camera = self.open_camera()
        frames = np.empty((len(angles), self.size, self.size, 3), np.uint8)
        model, data = self.physics.model.ptr, self.physics.data.ptr
        for frame, angle in zip(frames, angles, strict=True):
            data.qpos[:] = angle
            mujoco.mj_kinematics(model, data)
            mujoco.mj_camlight(model, data)
            frame[:] = self.camera.render()
        return frames

    def open_camera(self) -> Any:
        """The scene's fixed camera, with its context of OpenGL."""
        import mujoco
        from dm_control.mujoco import Camera

        try:
            camera = Camera(self.physics, self.size, self.size, camera_id="fixed")
            for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
                camera.scene.flags[flag] = 0
            camera.scene.flags[mujoco.mjtRndFlag.mjRND_SKYBOX] = 0
            camera.render()
        except Exception as e:  # whatever the driver and PyOpenGL raise
            raise CannotRun(
                f"MuJoCo can't draw with {os.environ['MUJOCO_GL']} ({type(e).__name__}: {e}): {DEBIAN}"
            ) from None
        return camera

    def try_out(self) -> None:
        """Draw two states; `CannotRun` where it can't be done, or where they look the same."""
        frames = self.draw(np.array(((0.0, 0.0), (1.0, 1.0))))
        if (frames[0] == frames[1]).all():
            raise CannotRun(
                f"MuJoCo draws with {choose_backend()}, but two states look the same; expected a working driver"
            )

    def place(self, angles: Floats) -> None:
        """Put the arm at joint angles `(2,)`, at rest."""
        import mujoco

        mujoco.mj_resetData(self.physics.model.ptr, self.physics.data.ptr)
        self.physics.data.qpos[:] = angles

    def step(self, torque: Floats, count: int) -> Floats:
        """Hold a torque `(2,)`, of -1 to 1 each, for `count` steps of 0.02 s; the joint angles then."""
        import mujoco

        model, data = self.physics.model.ptr, self.physics.data.ptr
        data.ctrl[:] = torque
        for _ in range(count):
            mujoco.mj_step(model, data)
        return self.angles

    def saved(self, angles: Floats) -> Floats:
        """The simulator's state with the arm at rest at joint angles `(2,)`."""
        self.place(angles)
        return np.array(self.physics.get_state())

    def advance(self, state: Floats, torque: Floats, count: int) -> tuple[Floats, Floats]:
        """From a state of the simulator, as `step`: the state then, and the joint angles."""
        self.physics.set_state(state)
        angles = self.step(torque, count)
        return np.array(self.physics.get_state()), angles

    @property
    def angles(self) -> Floats:
        return np.array(self.physics.data.qpos)

    @property
    def velocities(self) -> Floats:
        return np.array(self.physics.data.qvel)


def finger(angles: Floats) -> Floats:
    """Where the finger is, `(..., 2)` in metres, at joint angles `(..., 2)`."""
    shoulder, both = angles[..., 0], angles[..., 0] + angles[..., 1]
    return LINK * np.stack((np.cos(shoulder) + np.cos(both), np.sin(shoulder) + np.sin(both)), axis=-1)


def joints_of(point: Floats, elbow: float) -> Floats:
    """Joint angles `(2,)` that put the finger on a point `(2,)` in reach; the wrist's has the sign `elbow`."""
    cosine = np.clip((point @ point) / (2 * LINK**2) - 1, -1, 1)
    wrist = elbow * np.arccos(cosine)
    shoulder = np.arctan2(point[1], point[0]) - wrist / 2
    return np.array((shoulder, wrist))


def wrapped(angles: Floats) -> Floats:
    """Angles as they look: in `[-π, π)`."""
    return (angles + np.pi) % (2 * np.pi) - np.pi
