"""The configuration changes while callers are served: a good one takes its place, a bad one never does."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream


@pytest.fixture
def second() -> Iterator[Upstream]:
    """Another teacher, to which a new configuration moves."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


@pytest.fixture
def service(folder: Path, teacher: Upstream, student: Upstream) -> Iterator[Practicum]:
    """A proxy of the test's own, with one route."""
    with Practicum(folder, {"x": route(teacher.url(), student.url())}) as practicum:
        yield practicum


def reload_failed(service: Practicum) -> bool:
    """Whether the proxy says that the file is not what is in force."""
    return service.total("config_last_reload_successful") == 0


def break_text(config: Path) -> None:
    """Half a write, as an editor leaves it."""
    config.write_text('{"routes": {"x": ')


def break_sense(config: Path) -> None:
    """Valid YAML, and no configuration."""
    config.write_text(config.read_text().replace('"base_url"', '"base_ulr"'))


def empty(config: Path) -> None:
    """A truncated write."""
    config.write_text("")


def remove(config: Path) -> None:
    """Gone."""
    config.unlink()


def make_folder(config: Path) -> None:
    """What a container runtime leaves where a mount is missing."""
    config.unlink()
    config.mkdir()


def binary(config: Path) -> None:
    """No text at all."""
    config.write_bytes(b"\xff\xfe\x00" * 100)


@pytest.mark.parametrize("spoil", [break_text, break_sense, empty, remove, make_folder, binary])
def test_a_bad_file_never_replaces_a_good_one(
    service: Practicum, teacher: Upstream, student: Upstream, second: Upstream, mark: str,
    spoil: Callable[[Path], None],
) -> None:  # fmt: skip
    """Serving goes on as before, the failure shows in a metric and the log, and the repaired file is taken at once."""
    spoil(service.config)
    service.process.send_signal(signal.SIGHUP)
    until(lambda: reload_failed(service), "the bad file is noticed")
    for _ in range(3):
        assert service.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT
    assert len(teacher.seen(mark)) == 3
    assert service.probe("/readyz") == 200
    assert any("stays in force" in line for line in service.log)
    if service.config.is_dir():
        service.config.rmdir()
    service.write({"x": route(second.url(), student.url()), "y": route(second.url(), student.url())})
    service.process.send_signal(signal.SIGHUP)
    until(lambda: not reload_failed(service), "the repaired file is taken")
    until(lambda: service.call(CHAT, ask(CHAT, "y", mark)).status == 200, "its new route is served")
    assert service.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT
    assert len(teacher.seen(mark)) == 3
    service.settle()


def test_a_change_is_found_without_a_signal(service: Practicum, student: Upstream, second: Upstream, mark: str) -> None:
    """Nobody sends SIGHUP in Kubernetes."""
    service.write({"x": route(second.url(), student.url())})
    until(lambda: service.call(CHAT, ask(CHAT, "x", mark)) and second.seen(mark), "the new teacher is asked")
    until(lambda: service.total("config_skewed_workers") == 0, "worker and examiner agree")
    service.settle()


def test_swapped_symlinks_are_followed(
    folder: Path, teacher: Upstream, student: Upstream, second: Upstream, mark: str
) -> None:
    """How a kubelet updates a ConfigMap: a link to a folder changes, the file never does, and the old folder goes."""
    practicum = Practicum(folder, {"x": route(teacher.url(), student.url())})
    first_text = practicum.config.read_text()
    for name, text in (("v1", first_text), ("v2", practicum.text({"x": route(second.url(), student.url())}))):
        (folder / name).mkdir()
        (folder / name / "practicum.yaml").write_text(text)
        os.utime(folder / name / "practicum.yaml", (1, 1))  # the same age: content decides
    practicum.config.unlink()
    (folder / "..data").symlink_to("v1")
    practicum.config.symlink_to("..data/practicum.yaml")
    with practicum as service:
        assert service.call(CHAT, ask(CHAT, "x", mark)).status == 200
        assert len(teacher.seen(mark)) == 1
        (folder / "..fresh").symlink_to("v2")
        (folder / "..fresh").replace(folder / "..data")
        shutil.rmtree(folder / "v1")
        until(lambda: service.call(CHAT, ask(CHAT, "x", mark)) and second.seen(mark), "the new teacher is asked")
        assert service.total("config_last_reload_successful") == 1
        service.settle()


def test_a_request_keeps_the_configuration_it_started_with(
    service: Practicum, teacher: Upstream, student: Upstream, second: Upstream, mark: str
) -> None:
    """Its route may even be gone by the time it ends."""
    body = ask(CHAT, "x", mark, stream=True)
    with service.connect() as caller:
        service.begin(caller, CHAT, body, behave("trickle:0.3"))
        until(lambda: teacher.in_progress == 1, "it is being answered")
        service.write({"y": route(second.url(), student.url())})
        service.process.send_signal(signal.SIGHUP)
        until(lambda: service.call(CHAT, ask(CHAT, "y", mark)).status == 200, "the new configuration is in force")
        assert teacher.in_progress == 1
        answer = caller.answer()
    assert (answer.body, answer.complete) == (replies.reply_to(CHAT, body).body, True)
    gone = service.call(CHAT, ask(CHAT, "x", mark))
    assert (gone.status, gone.error()["code"]) == (404, "model_not_found")
    service.settle()


def test_a_start_with_a_bad_file_says_everything(folder: Path, teacher: Upstream, student: Upstream) -> None:
    """All problems at once, each with its line, exit code 1, no traceback."""
    bad = Practicum(folder, {"x": route(teacher.url(), student.url())})
    text = bad.config.read_text().replace('"drain": "5s"', '"drain": "5 parsecs"').replace('"mirror"', '"miror"')
    bad.config.write_text(text)
    code, said = bad.run_to_end()
    assert code == 1
    for wanted in ("5 parsecs", "miror", "mirror", f"{bad.config.name}:"):
        assert wanted in said, said
    assert "Traceback" not in said
