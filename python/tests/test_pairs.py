"""Pairs from arrays and files: the same numbers from each, and a sentence for each fault."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from lejepa.certification.pairfiles import from_file
from lejepa.certification.pairs import Pairs, from_arrays, trajectories
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
    safetensors.numpy.save_file(a, path)


def write_torch(path: Path, a: Arrays) -> None:
    torch.save({k: torch.from_numpy(v) for k, v in a.items()}, path)


def flat(a: Arrays) -> dict[str, np.ndarray]:
    """The columns of a table of numbers: those of h0 from 0 on, those of h1 from 1 on and the last one first."""
    made = {f"h0_{i}": x for i, x in enumerate(a["h0"].T)}
    if "h1" in a:
        made |= {f"h1[{i + 1}]": x for i, x in reversed(list(enumerate(a["h1"].T)))}
    made |= {f"z.{i}": x for i, x in enumerate(a.get("z", np.empty((0, 0))).T)}
    return made | {k: v for k, v in a.items() if k not in ("h0", "h1", "z") and v.ndim == 1}


def write_flat_parquet(path: Path, a: Arrays) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow, of the extra formats, is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.table(flat(a)), path, row_group_size=40)


def write_table(path: Path, a: Arrays) -> None:
    separator = {".csv": ",", ".tsv": "\t"}[path.suffix]
    columns = flat(a)
    lines = [separator.join(f'"{name}"' for name in columns), ""]
    lines += [separator.join(str(x) for x in row) for row in zip(*(c.tolist() for c in columns.values()), strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_in_columns(path: Path, a: Arrays) -> None:
    np.savez(path, **{k: np.asfortranarray(v.astype(v.dtype.newbyteorder(">"))) for k, v in a.items()})


def write_views(path: Path, a: Arrays) -> None:
    """Tensors in columns, as parameters, and every second number of a larger one."""
    wide = {k: torch.from_numpy(np.repeat(v, 2, axis=-1))[..., ::2] for k, v in a.items()}
    if "h1" in wide:
        wide["h1"] = torch.nn.Parameter(torch.from_numpy(a["h1"].T.copy()).T)
    torch.save(wide, path)


def write_legacy(path: Path, a: Arrays) -> None:
    torch.save({k: torch.from_numpy(v) for k, v in a.items()}, path, _use_new_zipfile_serialization=False)


WRITERS: dict[str, Callable[[Path, Arrays], None]] = {
    "plain.npz": lambda path, a: np.savez(path, **a),
    "packed.npz": lambda path, a: np.savez_compressed(path, **a),
    "some.parquet": write_parquet,
    "some.safetensors": write_safetensors,
    "some.pt": write_torch,
    "some.pth": write_torch,
    "columns.npz": write_in_columns,
    "flat.parquet": write_flat_parquet,
    "table.csv": write_table,
    "table.tsv": write_table,
    "views.pt": write_views,
    "legacy.pt": write_legacy,
}
TABLES = ("flat.parquet", "table.csv", "table.tsv")


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


def write_npy(path: Path, both: np.ndarray) -> None:
    np.save(path, both)


def write_npy_in_columns(path: Path, both: np.ndarray) -> None:
    np.save(path, np.asfortranarray(both.astype(">f4")))


def write_npz(path: Path, both: np.ndarray) -> None:
    np.savez(path, both)


def write_one_safetensor(path: Path, both: np.ndarray) -> None:
    write_safetensors(path, {"both": both})


def write_one_tensor(path: Path, both: np.ndarray) -> None:
    torch.save(torch.from_numpy(both), path)


def write_list(path: Path, both: np.ndarray) -> None:
    torch.save([torch.from_numpy(both[0]), torch.from_numpy(both[1])], path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("both.npy", write_npy),
        ("columns.npy", write_npy_in_columns),
        ("both.npz", write_npz),
        ("both.safetensors", write_one_safetensor),
        ("both.pt", write_one_tensor),
        ("list.pt", write_list),
    ],
)
def test_one_array_holds_both(name: str, write: Callable[[Path, np.ndarray], None], tmp_path: Path) -> None:
    a = arrays()
    write(tmp_path / name, np.stack((a["h0"], a["h1"])))
    found = gathered(from_file(tmp_path / name), 10)
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
        (None, ONES, ONES, "h0: expected an array"),
        (ONES, None, None, "h1: expected an array"),
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
    says = "found h0" if name in TABLES else "found h0, other"
    with pytest.raises(UserError, match=f"expected h0 and h1 in it, {says}"):
        from_file(tmp_path / name)


@pytest.mark.parametrize("name", [*WRITERS, "some.npy"])
def test_files_that_are_broken_or_absent(name: str, tmp_path: Path) -> None:
    if name in WRITERS:
        WRITERS[name](tmp_path / name, arrays())  # skips where the library is absent
    (tmp_path / name).write_bytes(b"nothing of the kind")
    says = "expected a line of headings" if name.startswith("table") else "can't be read"
    with pytest.raises(UserError, match=says) as caught:
        from_file(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(tmp_path))
    (tmp_path / name).unlink()
    with pytest.raises(UserError, match="no such file"):
        from_file(tmp_path / name)
    (tmp_path / name).mkdir()
    with pytest.raises(UserError, match=rf"{name}: expected a file, found a folder$"):
        from_file(tmp_path / name)
    (tmp_path / name).rmdir()
    os.mkfifo(tmp_path / name)
    with pytest.raises(UserError, match=rf"{name}: expected a file, found something else$"):
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
    with pytest.raises(UserError, match=r"expected a file of pairs named \.csv, \.npy, \.npz"):
        from_file(tmp_path / "pairs.txt")


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


@pytest.mark.parametrize("dtype", ["float16", "float64", "longdouble", "int8", "uint32", ">i2", "<f2"])
def test_numbers_of_any_type_are_read(dtype: str, tmp_path: Path) -> None:
    h = np.arange(40).reshape(2, 10, 2).astype(dtype)
    np.savez(tmp_path / "h.npz", h0=h[0], h1=np.asfortranarray(h[1]))
    found = gathered(from_file(tmp_path / "h.npz"), 3)
    np.testing.assert_array_equal(found[0], np.arange(20).reshape(10, 2))
    np.testing.assert_array_equal(found[1], np.arange(20, 40).reshape(10, 2))


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_brain_floats_are_read(suffix: str, tmp_path: Path) -> None:
    state = {k: torch.arange(6, dtype=torch.bfloat16).reshape(3, 2) for k in ("h0", "h1")}
    if suffix == ".pt":
        torch.save(state, tmp_path / "b.pt")
    else:
        safetensors.torch.save_file(state, tmp_path / "b.safetensors")
    np.testing.assert_array_equal(gathered(from_file(tmp_path / f"b{suffix}"), 2)[1], [[0, 1], [2, 3], [4, 5]])


def test_files_that_hold_more_than_dense_numbers_are_a_sentence(tmp_path: Path) -> None:
    ones = torch.ones(4, 2)
    held = {
        "module": (
            torch.nn.Linear(2, 2),
            "can't be read without running code: it holds torch.nn.modules.linear.Linear",
        ),
        "numpy": ({"h0": np.ones((4, 2)), "h1": np.ones((4, 2))}, "can't be read without running code: it holds numpy"),
        "sparse": ({"h0": ones.to_sparse(), "h1": ones}, "h0: expected a dense tensor, found a sparse_coo one"),
        "rows": ({"h0": ones, "h1": ones.to_sparse_csr()}, "h1: expected a dense tensor, found a sparse_csr one"),
        "quantized": ({"h0": torch.quantize_per_tensor(ones, 0.1, 0, torch.qint8), "h1": ones}, "h0: expected real"),
        "complex": ({"h0": ones, "h1": ones * 1j}, "h1: expected an array of real numbers"),
        "meta": ({"h0": ones.to("meta"), "h1": ones}, "h0: expected a tensor with numbers"),
    }
    for name, (state, says) in held.items():
        path = tmp_path / f"{name}.pt"
        torch.save(state, path)
        with pytest.raises(UserError) as caught:
            gathered(from_file(path), None)
        assert says in str(caught.value), name
        assert str(caught.value).startswith(f"{path}: "), name
        assert "\n" not in str(caught.value)


def test_masked_arrays_are_a_sentence() -> None:
    with pytest.raises(UserError, match="h0: expected an array of numbers, found one with a mask"):
        from_arrays(np.ma.masked_less(np.ones((4, 2)), 2), np.ones((4, 2)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("h0_0,h0_2,h1_0\n1,2,3\n", "expected columns of h0 without a gap, found none named h0_1"),
        ("h0_0,h0_00,h1_0\n1,2,3\n", "expected each column once, found h0_0 again"),
        ("h0_0,h1_0\n1,x\n", "t.csv: pair 1: expected a number in column 2, found 'x'"),
        ("h0_0,h1_0\n1,2\n\n3\n", "t.csv: pair 2: expected 2 columns or more, found 1"),
        ("h0_0,h1_0,trajectory\n1,2,a\n3,4\n", "t.csv: pair 2: expected its trajectory in column 3, found none"),
        ("trajectory,h0_0,h1_0\n1,1,2\n ,3,4\n", "t.csv: pair 2: expected its trajectory in column 1, found none"),
        ("h0_0,h1_0\n1,\n", "t.csv: pair 1: expected a number in column 2, found ''"),
        ("h0_0,h1_0\n1,nan\n", "found NaN or infinity in h1, row 0"),
        ("h0_0,h0_1,h1_0\n1,2,3\n", "expected h0 and h1 of one shape"),
        ("a,b\n1,2\n", "expected a line of headings h0_0"),
        ("", "expected a line of headings h0_0"),
    ],
)
def test_tables_of_another_kind(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        gathered(from_file(path), None)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


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
    with pytest.raises(UserError, match="h0 to be a tensor, found int"):
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


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.uint64])
def test_lengths_of_trajectories_may_be_whole_numbers_of_any_kind(kind: type) -> None:
    found = trajectories(np.array([2, 100, 1], dtype=kind), 103)
    assert found is not None
    assert found.tolist() == [0] * 2 + [1] * 100 + [2]


def test_lengths_of_trajectories_that_add_up_only_after_an_overflow_are_refused() -> None:
    with pytest.raises(UserError, match="expected the trajectory of each of 2 rows"):
        trajectories(np.array([2**64 - 2, 3, 1], dtype=np.uint64), 2)
