"""Files that are whole or absent, and names for their content."""

import errno
import hashlib
import json
import math
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from lejepa import files
from lejepa.errors import CannotRun, UserError
from lejepa.files import digest, make_folder, read_json, repository, write_atomically, write_json


def writing(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    seen: list[tuple[str, Path]] = []

    def write(temporary: Path) -> None:
        temporary.write_text("ne")
        seen.append((path.read_text(), temporary))
        temporary.write_text("new")
        seen.append((path.read_text(), temporary))

    write_atomically(path, write)
    assert [text for text, _ in seen] == ["old", "old"]
    assert path.read_text() == "new"
    ((_, temporary), _) = seen
    assert temporary.parent == path.parent  # a rename is one step only within a file system
    assert temporary.suffix == path.suffix  # what writes may choose its format by it
    assert temporary.name.startswith(".a.json.")
    assert os.listdir(tmp_path) == ["a.json"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), CannotRun),
        (PermissionError(errno.EACCES, "Permission denied"), UserError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (SystemExit(1), SystemExit),
        (UserError("no"), UserError),
    ],
)
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: BaseException, told: type[BaseException]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def write(temporary: Path) -> None:
        temporary.write_text("half")
        raise error

    with pytest.raises(told) as caught:
        write_atomically(path, write)
    assert type(caught.value) is told
    if isinstance(error, OSError):
        assert str(caught.value) == f"{path}: can't be written ({error.strerror}); what was there before is kept"
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.json"]


@pytest.mark.parametrize("through_a_link", [False, True])
@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a socket"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, kind: str, through_a_link: bool) -> None:
    place = path = tmp_path / "a"
    if kind == "a folder":
        place.mkdir()
    elif kind == "a pipe":
        os.mkfifo(place)
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(place))
    if through_a_link:
        path = tmp_path / "link"
        path.symlink_to(place)
    before = place.stat()
    for write in (files.check_file, lambda p: write_atomically(p, writing("x"))):
        with pytest.raises(UserError) as e:
            write(path)
        assert str(e.value) == f"{path}: expected the name of a file to write, but it is {kind}"
    assert (place.stat().st_mode, place.stat().st_ino) == (before.st_mode, before.st_ino)
    assert set(os.listdir(tmp_path)) == {place.name, path.name}


@pytest.mark.skipif(not os.path.exists(os.devnull), reason="there are no devices")
def test_a_device_is_told_without_touching_it() -> None:
    assert files.kind_of(Path(os.devnull)) == "a device"


@pytest.mark.parametrize("there", [False, True])
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path, there: bool) -> None:
    target, path = tmp_path / "elsewhere" / "b.txt", tmp_path / "links" / "a.json"
    for folder in (target.parent, path.parent):
        folder.mkdir()
    path.symlink_to(Path("..") / "elsewhere" / "b.txt")
    if there:
        target.write_text("old")
    seen: list[Path] = []

    def write(temporary: Path) -> None:
        assert target.exists() == there
        seen.append(temporary)
        temporary.write_text("new")

    files.check_file(path)
    write_atomically(path, write)
    assert path.is_symlink()
    assert target.read_text() == "new"
    assert (seen[0].parent.samefile(target.parent), seen[0].suffix) == (True, ".json")
    assert (os.listdir(path.parent), os.listdir(target.parent)) == (["a.json"], ["b.txt"])


def test_a_link_that_leads_to_itself_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.symlink_to(path)
    for write in (files.check_file, lambda p: write_atomically(p, writing("x"))):
        with pytest.raises(UserError, match=r"/a: can't be written \(Too many levels of symbolic links\)"):
            write(path)
    assert path.is_symlink()


def test_a_name_has_the_length_that_the_disk_allows(tmp_path: Path) -> None:
    """255 bytes, also where what is written first has another name."""
    for name in ("a" * 255, "ρ" * 127, "a" + "." + "b" * 253):
        write_atomically(tmp_path / name, writing("x"))
        assert os.listdir(tmp_path) == [name]
        (tmp_path / name).unlink()
    for write in (files.check_file, lambda p: write_atomically(p, writing("x"))):
        with pytest.raises(UserError, match=r"a: can't be written \(File name too long\)"):
            write(tmp_path / ("a" * 256))
    assert os.listdir(tmp_path) == []


def test_a_first_write_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "a.txt", lambda p: p.write_text(str(1 / 0)) and None)
    assert os.listdir(tmp_path) == []


def test_what_was_written_is_on_the_disk_before_it_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, str]] = []
    fsync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        done.append(("sync", os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def replaced(self: Path, target: Path) -> Path:
        done.append(("replace", str(self)))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    before = len(os.listdir("/proc/self/fd"))
    write_atomically(tmp_path / "a", writing("x"))
    (first, temporary), (second, moved), (third, folder) = done
    assert (first, second, third) == ("sync", "replace", "sync")
    assert temporary == moved
    assert folder == str(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_file_has_the_rights_that_the_user_s_mask_leaves(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        write_atomically(tmp_path / "a", writing("x"))
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~umask


def test_folders_are_made_on_the_way(tmp_path: Path) -> None:
    write_atomically(tmp_path / "b" / "c" / "a", writing("x"))
    assert (tmp_path / "b" / "c" / "a").read_text() == "x"
    make_folder(tmp_path / "b" / "c")
    assert os.listdir(tmp_path / "b" / "c") == ["a"]


@pytest.mark.parametrize("folder", ["file", "file/below", "/proc"])
def test_a_folder_that_can_not_be_written_to_is_a_sentence(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / folder
    with pytest.raises(UserError, match=r"expected a folder that can be written to: \w") as e:
        make_folder(path)
    assert str(e.value).startswith(f"{path}: ")
    with pytest.raises(UserError, match="expected a folder that can be written to"):
        write_atomically(path / "a", writing("x"))


def test_json_is_written_as_a_person_would_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"ρ": [0.1, None], "b": True})
    assert path.read_bytes() == '{\n "ρ": [\n  0.1,\n  null\n ],\n "b": true\n}\n'.encode()
    assert read_json(path) == {"ρ": [0.1, None], "b": True}


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": [-math.inf]}, {1, 2}])
def test_what_json_does_not_know_is_not_written(tmp_path: Path, value: object) -> None:
    path = tmp_path / "a.json"
    write_json(path, 1)
    with pytest.raises((ValueError, TypeError)):
        write_json(path, value)
    assert path.read_text() == "1\n"


def test_json_that_can_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.json: there is no such file"):
        read_json(tmp_path / "none.json")
    (tmp_path / "a.json").write_text('{"a": ')
    with pytest.raises(UserError, match=r"a\.json: expected a JSON file, but it can't be read: Expecting value"):
        read_json(tmp_path / "a.json")
    (tmp_path / "b.json").write_bytes(b'"\xff"')
    with pytest.raises(UserError, match=r"b\.json: expected a JSON file, but it can't be read"):
        read_json(tmp_path / "b.json")
    with pytest.raises(UserError, match="expected a JSON file, but it can't be read"):
        read_json(tmp_path)


def test_json_is_utf_8_whatever_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(json.dumps("ε", ensure_ascii=False).encode("utf-8"))
    assert read_json(tmp_path / "a.json") == "ε"


def test_a_checkout_is_found_from_within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "checkout"
    (root / "checks").mkdir(parents=True)
    (root / "checks" / "statements.toml").touch()
    (root / "python" / "src").mkdir(parents=True)
    assert repository(root / "python" / "src") == root
    assert repository(root) == root
    monkeypatch.chdir(root / "python")
    assert repository() == root
    (tmp_path / "link").symlink_to(root / "python")
    assert repository(tmp_path / "link") == root
    (tmp_path / "other" / "checks" / "statements.toml").mkdir(parents=True)  # a folder of that name is no registry
    for absent in (tmp_path, tmp_path / "other"):
        with pytest.raises(UserError, match="expected a folder of a checkout") as e:
            repository(absent)
        assert str(e.value).startswith(f"{absent}: ")


def test_a_digest_is_sha_256_of_the_parts_and_their_lengths() -> None:
    def by_hand(*parts: bytes) -> str:
        text = b"".join(len(p).to_bytes(8, "little") + p for p in parts)
        return hashlib.sha256(text).hexdigest()[:16]

    assert digest("a", b"bc") == by_hand(b"a", b"bc")
    assert digest("ρ") == digest("ρ".encode()) == by_hand(b"\xcf\x81")
    assert digest("x" * 1000, "") == by_hand(b"x" * 1000, b"")
    assert len(digest()) == 16


def test_a_digest_tells_parts_apart() -> None:
    different = [
        (),
        ("",),
        ("", ""),
        ("ab",),
        ("a", "b"),
        ("b", "a"),
        ("a", "b", ""),
        ("abc",),
        ("ab", "c"),
        ("a", "bc"),
    ]
    assert len({digest(*parts) for parts in different}) == len(different)


def test_void_returns_nothing() -> None:
    assert files.void(3) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "[-1e999]"])
def test_numbers_that_json_does_not_have_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UserError, match=r"a\.json: expected a JSON file, .* expected a finite number, found "):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_text("[1e308, -0.5, 3]")
    found = read_json(tmp_path / "a.json")
    assert found == [1e308, -0.5, 3]
    assert [type(x) for x in found] == [float, float, int]


def test_a_long_number_is_cut_in_the_sentence() -> None:
    with pytest.raises(ValueError, match=r"^expected a finite number, found 1e9{38}$"):
        files.finite("1e" + "9" * 60)


def test_json_that_is_nested_too_deep_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 200_000)
    with pytest.raises(UserError, match=r"a\.json: expected a JSON file, but its values are nested too deep"):
        read_json(tmp_path / "a.json")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS])
def test_a_full_disk_is_the_machine_s_fault_and_the_rest_the_user_s(tmp_path: Path, number: int) -> None:
    """Exit code 3 where the disk, or a limit of one's own on it, is full."""
    kind = UserError if number in (errno.EACCES, errno.EROFS) else CannotRun
    e = OSError(number, "so it is")
    for made, words in (
        (files.unwritable(tmp_path, e), "can't be written (so it is); what was there before is kept"),
        (files.no_folder(tmp_path, e), "expected a folder that can be written to: so it is"),
    ):
        assert type(made) is kind
        assert str(made) == f"{tmp_path}: {words}"
    bare = OSError("no number")
    assert (
        str(files.unwritable(tmp_path, bare))
        == f"{tmp_path}: can't be written (no number); what was there before is kept"
    )


def test_a_folder_is_looked_at_before_it_is_made(tmp_path: Path) -> None:
    files.check_folder(tmp_path / "a" / "b")
    assert os.listdir(tmp_path) == []
    (tmp_path / "file").write_text("no folder")
    for path in (tmp_path / "file", tmp_path / "file" / "a" / "b", Path("/proc/none/a")):
        with pytest.raises(UserError, match="expected a folder that can be written to: ") as e:
            files.check_folder(path)
        assert str(e.value).startswith(f"{path}: ")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")  # a link that leads nowhere is in the way
    with pytest.raises(UserError, match="expected a folder that can be written to"):
        files.check_folder(tmp_path / "gone" / "a")


def test_what_can_not_be_removed_hides_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EIO, "stuck")

    monkeypatch.setattr(Path, "unlink", stuck)
    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "a.txt", lambda p: p.write_text(str(1 / 0)) and None)


def test_temporary_files_have_names_of_their_own(tmp_path: Path) -> None:
    names: set[str] = set()
    for _ in range(20):
        write_atomically(tmp_path / "a.json", lambda p: names.add(p.name) or writing("x")(p))
    assert len(names) == 20
    assert all(len(n.split(".")) == 5 and len(n.split(".")[3]) >= 8 for n in names)
