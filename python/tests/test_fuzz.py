"""Whatever a reader is given, it makes a valid object of it or says one sentence.

The suite tries few inputs, always the same. `LEJEPA_FUZZ=long pytest python/tests/test_fuzz.py` tries many, new ones.
"""

import copy
import hashlib
import io
import json
import os
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
import yaml
from conftest import TINY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, scalar_dtypes
from lejepa import checkpoints
from lejepa.auditing import agreed, ledger, registry, trace
from lejepa.certification.certifier import Certifier
from lejepa.certification.pairfiles import from_file, read_trajectory
from lejepa.certification.pairs import from_arrays, trajectories
from lejepa.certification.rho import checked_rho, parse_rho
from lejepa.checking import results as checked
from lejepa.errors import UserError
from lejepa.files import repository
from lejepa.training import config, grid, results, train
from lejepa.training import trace as traces
from lejepa.training.trainer import Trainer
from reacher_tiny import PLANNING
from reacher_tiny import TINY as ARM

ROOT = repository(Path(__file__).parent)
CPU = torch.device("cpu")
COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
}
settings.register_profile("suite", max_examples=20, derandomize=True, **COMMON)
settings.register_profile("long", max_examples=int(os.environ.get("LEJEPA_FUZZ_EXAMPLES", 5000)), **COMMON)
FUZZ = settings.get_profile(os.environ.get("LEJEPA_FUZZ", "suite"))


def one_sentence(read: Callable[[], Any]) -> Any:
    """What is read; None where one sentence says why not. Any other exception fails the test."""
    try:
        return read()
    except UserError as e:
        text = str(e)
    assert text.strip()
    assert "\n" not in text
    assert len(text) < 2500
    return None


words = st.text(string.ascii_letters + string.digits + " .:#'\"-_é→\n\\", max_size=8)
numbers = st.integers(-3, 3) | st.integers() | st.floats() | st.sampled_from([10**23, 2**63, -(10**400), 1e300, 1e-320])
leaves = st.none() | st.booleans() | numbers | words | st.sampled_from(["gaussian", "spiral", "mlp", "sigreg", "bound"])
values = st.recursive(leaves, lambda v: st.lists(v, max_size=3) | st.dictionaries(words, v, max_size=3), max_leaves=6)


def places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to every value in nested containers, but for the whole."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*above, key)
        yield from places(value, (*above, key))


@st.composite
def spoilt(draw: st.DrawFn, sound: Any, value: st.SearchStrategy[Any] = values) -> Any:
    """Sound data of which one to three values are replaced, left out, or given to another key."""
    data = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(data))
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        inner = data
        for key in way:
            inner = inner[key]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                inner[last] = draw(value)
            case "remove":
                del inner[last]
            case _ if isinstance(inner, dict):
                inner[draw(words)] = draw(value)
            case _:
                inner.append(draw(value))
    return data


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


# Configurations

SWEEP = yaml.safe_load((ROOT / "python" / "configs" / "grid-quick.yaml").read_text())
LOADERS: dict[str, tuple[dict[str, Any], Callable[[Path], Any]]] = {
    "experiment": (TINY, config.load),
    "sweep": (SWEEP, grid.load),
    "arm": (ARM | {"planning": PLANNING}, config.load),
}


@pytest.mark.parametrize("kind", LOADERS)
@FUZZ
@given(st.data())
def test_configurations(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    sound, load = LOADERS[kind]
    text = yaml.safe_dump(data.draw(spoilt(sound)), allow_unicode=True)
    one_sentence(lambda: load(written(tmp_path, "c.yaml", text)))


@pytest.mark.parametrize("kind", LOADERS)
@FUZZ
@given(st.data())
def test_texts_of_configurations(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    sound, load = LOADERS[kind]
    text = yaml.safe_dump(sound)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    middle = data.draw(st.text(string.ascii_lowercase + string.digits + " \n\t:-[]{}&*!|>'\"%@`#,.?<=", max_size=20))
    content: str | bytes = text[:start] + middle + text[end:]
    if data.draw(st.booleans()):
        content = content.encode() + data.draw(st.binary(max_size=3))
    one_sentence(lambda: load(written(tmp_path, "c.yaml", content)))


# Result files

EVIDENCE = ROOT / "evidence"
SWEPT = grid.load(ROOT / "python" / "configs" / "grid-quick.yaml").model_dump(mode="json")
ENTRY = {
    "check": "a.B", "statement": "s", "cases": 3, "outside": 0, "digits": 50, "seed": 0, "verdict": "violated",
    "seconds": 1.5, "witness": {"case": {"n": 1}, "left": "1", "right": "2", "note": "n", "command": "c", "digits": 9},
    "tried": "", "finding": "", "table": {"columns": ["a"], "rows": [["1"]]}, "source": "", "entry": "",
    "agreed": None, "agreed_kind": None,
}  # fmt: skip
LEDGER = {
    "lean": "4", "trust": "kernel", "date": "", "scope": "", "files": {"A.lean": "0"},
    "declarations": {"A.a": {"kind": "theorem", "file": "A.lean", "line": 1, "axioms": [], "uses": []}},
    "constants": {},
}  # fmt: skip


def of_sweep(folder: Path, path: Path) -> object:
    target = results.sweep_path("grid-quick", folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(path.read_bytes())
    return results.read_sweeps(folder)


def of_checkout(folder: Path, path: Path, file: Path) -> Path:
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(path.read_bytes())
    return folder


FILES: dict[str, tuple[Callable[[], Any], Callable[[Path, Path], Any]]] = {
    "experiment": (
        lambda: json.loads((EVIDENCE / "experiments" / "spiral-quick.json").read_text()),
        lambda folder, path: results.read(path),
    ),
    "sweep": (lambda: SWEPT, of_sweep),
    "checks": (lambda: {"version": 2, "checks": [ENTRY]}, lambda folder, path: checked.read(path)),
    "ledger": (lambda: LEDGER, lambda folder, path: ledger.kept(path)),
    "agreed": (
        lambda: json.loads((ROOT / agreed.FILE).read_text()),
        lambda folder, path: agreed.read(of_checkout(folder, path, Path(agreed.FILE))),
    ),
    "premises": (
        lambda: {"sources": "0", "premises": {"a": ["b"]}},
        lambda folder, path: trace.read(of_checkout(folder, path, Path(trace.FILE))),
    ),
}


@pytest.mark.parametrize("kind", FILES)
@FUZZ
@given(st.data())
def test_result_files(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    make, read = FILES[kind]
    made = data.draw(spoilt(make()))
    one_sentence(lambda: read(tmp_path, written(tmp_path, "r.json", json.dumps(made))))


@pytest.mark.parametrize("kind", FILES)
@FUZZ
@given(st.data())
def test_texts_of_result_files(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    make, read = FILES[kind]
    text = json.dumps(make())[:4000]
    start = data.draw(st.integers(0, len(text)))
    middle = data.draw(st.sampled_from(["NaN", "1e999", "9" * 5000, "[" * 5000, '"\\ud800"', "\x00", "{}", "null"]))
    whole = data.draw(st.sampled_from([text[:start], text[:start] + middle, middle, f'{{"a": {middle}}}']))
    content = whole.encode("utf-8", "surrogatepass") + data.draw(st.binary(max_size=2))
    one_sentence(lambda: read(tmp_path, written(tmp_path, "r.json", content)))


@FUZZ
@given(st.text(string.ascii_lowercase + string.digits + ' \n=[]{}".#', max_size=60))
def test_registries(tmp_path: Path, text: str) -> None:
    (tmp_path / "checks").mkdir(exist_ok=True)
    written(tmp_path / "checks", "statements.toml", text)
    one_sentence(lambda: registry.load(tmp_path))


# Checkpoints


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trainer, results.Trace, dict[str, Any]]:
    """A small trainer, its trace, and the state that it saves."""
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY))
    experiment = config.load(path)
    trainer, traced = Trainer(experiment, CPU), traces.record(experiment)
    train.save(folder / "tiny.checkpoint", trainer, traced, (train.begun(0, CPU),))
    return trainer, traced, checkpoints.load(folder / "tiny.checkpoint", CPU)


states = values | st.sampled_from([torch.ones(2), torch.ones(2, 2, 16), torch.ones(5056, dtype=torch.uint8), {}, []])


@FUZZ
@given(st.data())
def test_states_in_checkpoints(
    trained: tuple[Trainer, results.Trace, dict[str, Any]], tmp_path: Path, data: st.DataObject
) -> None:
    """The checksum fits, and what is in it is not what a training saves."""
    trainer, traced, sound = trained
    state = data.draw(spoilt(sound, states) | states)
    buffer = io.BytesIO()
    torch.save(state, buffer)
    body = buffer.getvalue()
    head = checkpoints.MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n"
    path = written(tmp_path, "c.checkpoint", head + body)
    one_sentence(lambda: train.load(path, trainer, traced, ()))


@FUZZ
@given(st.data())
def test_bytes_of_checkpoints(tmp_path: Path, data: st.DataObject) -> None:
    checkpoints.save(tmp_path / "c.checkpoint", {"step": 3, "weights": torch.ones(3)})
    content = (tmp_path / "c.checkpoint").read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    spoilt_bytes = content[:start] + data.draw(st.binary(max_size=8)) + content[end:]
    body = data.draw(st.binary(max_size=40))
    signed = checkpoints.MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    path = written(tmp_path, "d.checkpoint", data.draw(st.sampled_from([spoilt_bytes, body, signed])))
    found = one_sentence(lambda: checkpoints.load(path, CPU))
    assert found is None or path.read_bytes() == content


# Arrays


def saved(suffix: str, path: Path) -> bytes:
    """A sound file of pairs."""
    h = np.arange(12.0).reshape(2, 3, 2)
    match suffix:
        case ".npz":
            np.savez(path, h0=h[0], h1=np.asfortranarray(h[1]), trajectory=np.array([0, 0, 1]))
        case ".npy":
            np.save(path, h)
        case ".csv":
            path.write_text("h0_0,h0_1,h1_0,h1_1,trajectory\n1,2,3,4,a\n5,6,7,8,a\n9,1,2,3,b\n")
        case ".parquet":
            pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow, of the extra formats, is not installed")
            pa = pytest.importorskip("pyarrow")
            pq.write_table(pa.table({"h0": list(h[0]), "h1": list(h[1])}), path)
        case ".safetensors":
            safetensors.torch.save_file({"h0": torch.ones(3, 2), "h1": torch.ones(3, 2)}, path)
        case ".pt":
            torch.save({"h0": torch.ones(3, 2), "h1": torch.ones(3, 2)}, path)
    return path.read_bytes()


def whole(path: Path) -> object:
    pairs = from_file(path)
    return [part for chunk in pairs.read(CPU, 2) for part in chunk]


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".csv", ".parquet", ".safetensors", ".pt"])
@FUZZ
@given(st.data())
def test_files_of_pairs(suffix: str, tmp_path: Path, data: st.DataObject) -> None:
    sound = saved(suffix, tmp_path / f"s{suffix}")
    content = bytearray(sound)
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    path = written(tmp_path, f"p{suffix}", bytes(content[:cut]) + data.draw(st.binary(max_size=6)))
    one_sentence(lambda: whole(path))


anything = (
    values
    | arrays(scalar_dtypes(), array_shapes(max_dims=4, max_side=3))
    | st.sampled_from([torch.ones(3, 2), torch.ones(3, 2).to_sparse(), torch.ones(3, 2, device="meta"), object(), b"x"])
)


@FUZZ
@given(anything, anything, st.none() | anything)
def test_arrays_of_pairs(h0: Any, h1: Any, z: Any) -> None:
    one_sentence(lambda: list(from_arrays(h0, h1, z).read(CPU)))


@FUZZ
@given(anything, st.integers(0, 5))
def test_trajectories(given_: Any, count: int) -> None:
    found = one_sentence(lambda: trajectories(given_, count))
    assert found is None or len(found) == count


@FUZZ
@given(anything, anything)
def test_correlations_and_seeds(rho: Any, seed: Any) -> None:
    found = one_sentence(lambda: checked_rho(rho))
    assert found is None or 0 < found[0] <= found[1] < 1
    one_sentence(lambda: Certifier(2, 0.5, seed=seed))


@FUZZ
@given(st.text(string.digits + ".,-+einfa ", max_size=12))
def test_words_of_the_command_line(text: str) -> None:
    one_sentence(lambda: checked_rho(parse_rho(text)))
    one_sentence(lambda: read_trajectory(text))
