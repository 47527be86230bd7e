"""Pairs from arrays and files: the same numbers from each, and a sentence for each fault."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lejepa.certification.pairs import Pairs, from_arrays, from_file
from lejepa.errors import UserError

CPU = torch.device("cpu")
Arrays = dict[str, np.ndarray]


def arrays() -> Arrays:
    rng = np.random.default_rng(0)
    h0, h1 = rng.standard_normal((2, 103, 3)).astype(np.float32)
    return {"h0": h0, "h1": h1, "z": rng.standard_normal((103, 2))}


def write_parquet(path: Path, a: Arrays) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow, of the extra formats, is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({k: list(v) for k, v in a.items()}), path, row_group_size=40)


def write_safetensors(path: Path, a: Arrays) -> None:
    pytest.importorskip("safetensors", reason="safetensors, of the extra formats, is not installed")
    from safetensors.numpy import save_file

    save_file(a, path)


def write_torch(path: Path, a: Arrays) -> None:
    torch.save({k: torch.from_numpy(v) for k, v in a.items()}, path)


WRITERS: dict[str, Callable[[Path, Arrays], None]] = {
    "plain.npz": lambda path, a: np.savez(path, **a),
    "packed.npz": lambda path, a: np.savez_compressed(path, **a),
    "some.parquet": write_parquet,
    "some.safetensors": write_safetensors,
    "some.pt": write_torch,
    "some.pth": write_torch,
}


def gathered(pairs: Pairs, rows: int | None) -> list[np.ndarray]:
    return [torch.cat(parts).numpy() for parts in zip(*pairs.read(CPU, rows), strict=True)]


@pytest.mark.parametrize("rows", [7, None])
@pytest.mark.parametrize("name", WRITERS)
def test_files_give_back_what_was_written(name: str, rows: int | None, tmp_path: Path) -> None:
    a = arrays()
    WRITERS[name](tmp_path / name, a)
    pairs = from_file(tmp_path / name)
    assert (pairs.count, pairs.dim) == (103, 3)
    for _ in range(2):
        for found, written in zip(gathered(pairs, rows), a.values(), strict=True):
            np.testing.assert_array_equal(found, written)


def test_npy_holds_both(tmp_path: Path) -> None:
    a = arrays()
    np.save(tmp_path / "both.npy", np.stack((a["h0"], a["h1"])))
    found = gathered(from_file(tmp_path / "both.npy"), 10)
    np.testing.assert_array_equal(found[0], a["h0"])
    np.testing.assert_array_equal(found[1], a["h1"])


class Foreign:
    """An array of some other library: nothing but DLPack."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


@pytest.mark.parametrize("wrap", [np.asarray, torch.from_numpy, Foreign, np.ndarray.tolist, np.asfortranarray])
def test_arrays_of_any_library(wrap: Callable[[np.ndarray], Any]) -> None:
    a = arrays()
    found = gathered(from_arrays(wrap(a["h0"]), wrap(a["h1"])), 20)
    np.testing.assert_array_equal(found[0], a["h0"])


def test_integers_are_numbers() -> None:
    found = gathered(from_arrays(np.arange(6).reshape(3, 2), np.ones((3, 2), dtype=np.int8)), None)
    np.testing.assert_array_equal(found[0], [[0, 1], [2, 3], [4, 5]])


ONES = np.ones((4, 2))


@pytest.mark.parametrize(
    ("h0", "h1", "z", "says"),
    [
        (ONES, np.ones((5, 2)), None, "one shape"),
        (ONES, np.ones((4, 3)), None, "one shape"),
        (np.ones(4), np.ones(4), None, r"\(count, dim\)"),
        (np.ones((4, 0)), np.ones((4, 0)), None, r"\(count, dim\)"),
        (ONES, ONES, np.ones((3, 2)), "latents z"),
        (ONES * 1j, ONES, None, "real numbers"),
        (ONES > 0, ONES, None, "real numbers"),
        (np.array([["a", "b"]]), ONES, None, "real numbers"),
        (object(), ONES, None, "real numbers"),
        (torch.ones(4, 2, dtype=torch.complex64), ONES, None, "real numbers"),
    ],
)
def test_arrays_that_are_not_pairs(h0: Any, h1: Any, z: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        from_arrays(h0, h1, z)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_located(bad: float) -> None:
    a = arrays()
    a["h1"][57, 2] = bad
    with pytest.raises(UserError, match="h1, row 57"):
        gathered(from_arrays(a["h0"], a["h1"]), 10)


@pytest.mark.parametrize("name", WRITERS)
def test_files_without_both_ends_of_pairs(name: str, tmp_path: Path) -> None:
    a = arrays()
    WRITERS[name](tmp_path / name, {"h0": a["h0"], "other": a["h1"]})
    with pytest.raises(UserError, match="expected h0 and h1 in it, found h0, other"):
        from_file(tmp_path / name)


@pytest.mark.parametrize("name", [*WRITERS, "some.npy"])
def test_files_that_are_broken_or_absent(name: str, tmp_path: Path) -> None:
    if name in WRITERS:
        WRITERS[name](tmp_path / name, arrays())  # skips where the library is absent
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(UserError, match="can't be read"):
        from_file(tmp_path / name)
    (tmp_path / name).unlink()
    with pytest.raises(UserError, match="no such file"):
        from_file(tmp_path / name)


def test_a_damaged_archive_is_told_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "plain.npz"
    np.savez(path, **arrays())
    data = bytearray(path.read_bytes())
    data[600] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UserError, match="can't be read"):
        gathered(from_file(path), None)


def test_files_of_other_types(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"expected a file of pairs named \.npy, \.npz"):
        from_file(tmp_path / "pairs.csv")


def test_code_in_files_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"h0": Evil(), "h1": Evil()}, tmp_path / "evil.pt")
    np.savez(tmp_path / "evil.npz", h0=np.array([Evil()]), h1=np.array([Evil()]))
    for name in ("evil.pt", "evil.npz"):
        with pytest.raises(UserError):
            from_file(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_arrays_in_fortran_order_are_told(tmp_path: Path) -> None:
    a = arrays()
    np.savez(tmp_path / "f.npz", h0=np.asfortranarray(a["h0"]), h1=a["h1"])
    with pytest.raises(UserError, match="Fortran order"):
        from_file(tmp_path / "f.npz")


def test_npy_of_another_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", arrays()["h0"])
    with pytest.raises(UserError, match=r"\(2, count, dim\)"):
        from_file(tmp_path / "one.npy")


@pytest.mark.parametrize("column", [[1.0, 2.0], [[1.0], [2.0, 3.0]], [[1.0], None], [[1.0], [None]], [["a"], ["b"]]])
def test_parquet_columns_of_another_kind(column: list[Any], tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow, of the extra formats, is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"h0": column, "h1": [[1.0], [2.0]]}), tmp_path / "odd.parquet")
    with pytest.raises(UserError, match=r"h0"):
        gathered(from_file(tmp_path / "odd.parquet"), None)


def test_torch_files_of_another_kind(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(UserError, match="a dictionary"):
        from_file(tmp_path / "list.pt")
    torch.save({"h0": 1, "h1": torch.ones(3, 2)}, tmp_path / "number.pt")
    with pytest.raises(UserError, match="h0 to be a tensor"):
        from_file(tmp_path / "number.pt")


def test_files_tell_trajectories(tmp_path: Path) -> None:
    names = np.repeat([4, 7, 2], [50, 50, 3])
    for name, write in WRITERS.items():
        write(tmp_path / name, arrays() | {"trajectory": names})
        found = from_file(tmp_path / name).trajectory
        assert found is not None
        np.testing.assert_array_equal(found, np.repeat([1, 2, 0], [50, 50, 3]))
        write(tmp_path / name, arrays())
        assert from_file(tmp_path / name).trajectory is None


def test_rows_are_taken_in_another_order(tmp_path: Path) -> None:
    a = arrays()
    np.savez(tmp_path / "pairs.npz", **a)
    order = np.array([5, 3, 99])
    found = gathered(from_file(tmp_path / "pairs.npz").taken(order), 2)
    for part, written in zip(found, a.values(), strict=True):
        np.testing.assert_array_equal(part, written[order])
