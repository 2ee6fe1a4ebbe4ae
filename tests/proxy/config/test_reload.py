"""The configuration while running: real files, written, broken, removed and swapped as operators and kubelets do."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.config.parse import hash_of
from proxy.config.reload import Reloader, mounted_alone
from proxy.config.settings import Config
from proxy.errors import ConfigError


def text(percentage: float = 100, extra: str = "") -> str:
    """A file whose mirror has this percentage."""
    arms = "teacher: {base_url: http://t}, student: {base_url: http://s, model: m}"
    return f'{extra}\nroutes: {{x: {{models: ["*"], {arms}, mirror: {{percentage: {percentage}}}}}}}\n'


def share(config: Config) -> float:
    """That percentage."""
    return config.routes["x"].mirror.percentage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good file."""
    file = tmp_path / "practicum.yaml"
    file.write_text(text())
    return file


def test_a_broken_file_is_refused_at_start(path: Path) -> None:
    """There is no last good one to go on with."""
    path.write_text("routes: {")
    with pytest.raises(ConfigError):
        Reloader(path)


def test_a_change_comes_into_force_and_is_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line for each changed key, in the words of the file."""
    caplog.set_level(logging.INFO, "practicum.config")
    seen: list[float] = []
    reloader = Reloader(path, clock=iter([1.0, 2.0]).__next__)
    reloader.on_change(lambda config: seen.append(share(config)))
    path.write_text(text(25, "listen: {port: 1}"))
    reloader.check()
    assert seen == [25]
    assert (reloader.ok, reloader.loaded_at, reloader.hash) == (True, 2.0, hash_of(path.read_bytes()))
    assert [r.getMessage() for r in caplog.records] == [
        "routes.x.mirror.percentage 100 -> 25",
        "listen.port 8080 -> 1 (takes effect after a restart)",
    ]


def test_an_unchanged_file_tells_nobody(path: Path) -> None:
    """A touched file, or one written again with the same content, is no change."""
    reloader = Reloader(path)
    seen: list[Config] = []
    reloader.on_change(seen.append)
    path.write_text(text())
    os.utime(path, (0, 0))
    reloader.check()
    assert not seen


def test_content_counts_and_not_the_timestamp(path: Path) -> None:
    """A swapped ConfigMap may keep its time and its size."""
    before = path.stat()
    reloader = Reloader(path)
    path.write_text(text(100).replace("100", "025"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    reloader.check()
    assert share(reloader.config) == 25


def write(content: str) -> Callable[[Path], None]:
    """A way to break a file."""

    def act(path: Path) -> None:
        path.write_text(content)

    return act


def directory(path: Path) -> None:
    """Another: something else in its place."""
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    """Another: a link to nowhere."""
    path.unlink()
    path.symlink_to(path.parent / "gone")


def repair(path: Path) -> None:
    """Make way for a file again."""
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)


BREAKAGES = {
    "broken": write("routes: {"),
    "invalid": write(text(101)),
    "empty": write(""),
    "binary": write("\x00\x01"),
    "missing": Path.unlink,
    "a directory": directory,
    "a dangling link": dangling,
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_breakage_keeps_the_last_good_and_blocks_nothing(
    path: Path, breakage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad write must neither take effect nor be the last thing the watch ever saw."""
    reloader = Reloader(path)
    seen: list[float] = []
    reloader.on_change(lambda config: seen.append(share(config)))
    BREAKAGES[breakage](path)
    reloader.check()
    reloader.check()
    assert (reloader.ok, share(reloader.config), seen) == (False, 100, [])
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1
    repair(path)
    path.write_text(text(25))
    reloader.check()
    assert (reloader.ok, share(reloader.config), seen) == (True, 25, [25])


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_the_same_content_coming_back_is_no_change(path: Path, breakage: str) -> None:
    """A transient error is not a change: nothing may restart, reset or be told because of it."""
    reloader = Reloader(path)
    seen: list[Config] = []
    reloader.on_change(seen.append)
    loaded_at = reloader.loaded_at
    BREAKAGES[breakage](path)
    reloader.check()
    repair(path)
    path.write_text(text())
    reloader.check()
    assert (reloader.ok, seen, reloader.loaded_at) == (True, [], loaded_at)


def test_kubernetes_swaps_a_link_above_the_file(tmp_path: Path) -> None:
    """The path never changes; the directory two links away does, and the old one is deleted."""
    for name, percentage in (("..first", 100), ("..second", 5)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "practicum.yaml").write_text(text(percentage))
    (tmp_path / "..data").symlink_to("..first")
    (tmp_path / "practicum.yaml").symlink_to("..data/practicum.yaml")
    reloader = Reloader(tmp_path / "practicum.yaml")
    (tmp_path / "..data_tmp").symlink_to("..second")
    (tmp_path / "..data_tmp").rename(tmp_path / "..data")
    (tmp_path / "..first" / "practicum.yaml").unlink()
    reloader.check()
    assert share(reloader.config) == 5


def test_a_listener_that_fails_keeps_nobody_else_uninformed(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One part's fault must not freeze the configuration of the others."""
    seen: list[float] = []
    reloader = Reloader(path)
    reloader.on_change(lambda config: print(config.routes["nowhere"]))  # noqa: T201 -- it never gets there
    reloader.on_change(lambda config: seen.append(share(config)))
    for percentage in (25, 5):
        path.write_text(text(percentage))
        reloader.check()
    assert seen == [25, 5]
    assert "not everywhere" in caplog.text


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; the test's own limit ends a wait in vain."""
    while not condition():  # noqa: ASYNC110 -- a file has no event to wait for
        await asyncio.sleep(0.002)


async def watch(reloader: Reloader, act: Callable[[], None], expected: float) -> None:
    """Run the watch until it has seen what ``act`` does."""
    task = asyncio.create_task(reloader.run())
    await asyncio.sleep(0)
    act()
    async with asyncio.timeout(10):
        await until(lambda: share(reloader.config) == expected)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_the_watch_sees_a_change_by_itself(path: Path) -> None:
    """Within the interval, without any signal."""
    reloader = Reloader(path, interval=0.01)
    asyncio.run(watch(reloader, lambda: write(text(25))(path), 25))


def test_a_signal_makes_it_look_at_once(path: Path) -> None:
    """SIGHUP is for those who do not want to wait."""
    reloader = Reloader(path, interval=3600)

    def act() -> None:
        path.write_text(text(25))
        reloader.check_now()

    asyncio.run(watch(reloader, act, 25))


def test_a_process_started_while_the_file_is_broken_uses_what_was_in_force(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A crashed worker must come back although somebody is half way through an edit."""
    spare = path.with_name("spare.yaml")
    Reloader(path, spare=spare)
    path.write_text(text(25))
    Reloader(path, spare=spare)
    path.write_text("routes: {")
    restarted = Reloader(path, spare=spare)
    assert share(restarted.config) == 25
    assert not restarted.ok
    assert "the configuration last in force is used" in caplog.text
    path.write_text(text(50))
    restarted.check()
    assert (share(restarted.config), restarted.ok) == (50, True)


def test_a_file_whose_keys_are_missing_never_comes_into_force(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It would let in nobody; the same for a process that is started again while it lies there."""
    spare, environ = path.with_name("spare.yaml"), {"OTHER": "k"}
    reloader = Reloader(path, spare=spare, environ=environ)
    path.write_text(text(25, "listen: {client_keys_env: KEYS}"))
    reloader.check()
    assert (share(reloader.config), reloader.ok) == (100, False)
    assert "listen.client_keys_env: KEYS is not set" in caplog.text
    assert share(Reloader(path, spare=spare, environ=environ).config) == 100
    path.write_text(text(25, "listen: {client_keys_env: OTHER}"))
    reloader.check()
    assert (share(reloader.config), reloader.ok) == (25, True)


def test_without_a_spare_a_broken_file_is_refused(path: Path) -> None:
    """At the very first start nothing was ever in force."""
    path.write_text("routes: {")
    with pytest.raises(ConfigError):
        Reloader(path, spare=path.with_name("spare.yaml"))


def test_a_spare_that_cannot_be_kept_stops_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A full runtime directory costs a convenience, not the configuration."""
    reloader = Reloader(path, spare=path.with_name("missing") / "spare.yaml")
    path.write_text(text(25))
    reloader.check()
    assert (share(reloader.config), reloader.ok) == (25, True)
    assert "cannot be kept" in caplog.text


def test_a_mount_of_the_single_file_is_recognized(tmp_path: Path) -> None:
    """A subPath mount in Kubernetes never shows an update, and nothing else would say so."""
    file = tmp_path / "a b" / "practicum.yaml"
    file.parent.mkdir()
    file.write_text(text())
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    mounts = tmp_path / "mountinfo"
    row = "40 36 98:0 /etc/x {} ro - ext4 /dev/root rw\n"
    mounts.write_text(row.format("/") + row.format(str(file.resolve()).replace(" ", r"\040")))
    assert mounted_alone(file, mounts)
    assert mounted_alone(link, mounts)
    mounts.write_text(row.format("/") + row.format(str(file.resolve().parent).replace(" ", r"\040")))
    assert not mounted_alone(file, mounts)
    assert not mounted_alone(file, tmp_path / "no_such_table")
