"""The shape of the house, held by tests: who may import whom, how long things get, what they are called.

Rules are read off the syntax trees, so nothing here runs what it judges. Where a rule has an exception, the exception
stands below with its reason, and one that is no longer needed fails.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from proxy.telemetry.catalog import CATALOG, PREFIX, Kind

ROOT = Path(__file__).parents[1]
MODULE_LINES = 400
FUNCTION_LINES = 40

# Who must not come to depend on whom, directly or through others.
APART = (
    ("routing", "proxy"),  # what decides knows nothing of what does
    ("proxy.worker", "proxy.store"),  # a slow disk must not touch a caller
    ("proxy.worker", "proxy.examiner"),
    ("proxy.examiner", "proxy.worker"),
    ("proxy.wire", "proxy.config"),  # the wire formats are the world's, not ours to configure
    ("proxy.wire", "proxy.store"),
    ("proxy.config", "proxy.store"),
    ("proxy.config", "proxy.examiner"),
    ("proxy.telemetry", "proxy.store"),
    ("proxy.telemetry", "proxy.examiner"),
    ("proxy.supervisor", "proxy.cli"),
    ("proxy.worker", "proxy.cli"),
    ("proxy.examiner", "proxy.cli"),
    ("proxy.worker", "proxy.demo"),
    ("proxy.examiner", "proxy.demo"),
    ("proxy.cli", "proxy.demo.engine"),  # its packages are the extra [demo]'s
)

# Modules without a test file of their own, and where they are tested instead.
TESTED_ELSEWHERE = {
    "proxy/store/pair.py": "declarations only; tests/proxy/store keeps and reads pairs",
    "proxy/examiner/status.py": "declarations only; tests/proxy/examiner serves it",
}
# Test files without a module of their own, and what they test.
OF_SEVERAL_MODULES = {
    "tests/routing/behaviors/test_careful_labels.py": "one table of bad input over every detector",
    "tests/routing/behaviors/test_phrasing_detectors.py": "what the five detectors of phrasing have in common",
}
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc|v\d+)($|_)")
BRITISH = re.compile(r"(behavi|col|fav|hon|neighb)our")  # the project's identifiers and prose are American


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """The Python files of these folders, migrations' scripts excepted: those are history, named by their revision."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if "versions" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    """A file's path as people say it."""
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    """A file's module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, anywhere in it; ``from a import b`` gives both ``a`` and ``a.b``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno}: imports are absolute here"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Which of our modules imports which of our modules, at its top or later."""
    modules = {dotted(path): path for path in sources("routing", "proxy")}
    return {module: frozenset(imported(path)) & modules.keys() - {module} for module, path in modules.items()}


def reached(start: str) -> dict[str, str]:
    """Every module that ``start`` comes to import, and by way of which module."""
    way = {start: ""}
    waiting = [start]
    while waiting:
        for target in arrows()[(source := waiting.pop())] - way.keys():
            way[target] = source
            waiting.append(target)
    return way


def inside(module: str, package: str) -> bool:
    """Whether a module is the package or in it."""
    return f"{module}.".startswith(f"{package}.")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file, as ``file:name``, and its lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_routing_imports_only_itself_the_standard_library_and_numpy() -> None:
    """The core stays pure: whatever touches a socket, a file or a clock belongs to ``proxy``."""
    allowed = sys.stdlib_module_names | {"routing", "numpy"}
    strange = [
        f"{name(path)} imports {target}"
        for path in sources("routing")
        for target in imported(path)
        if target.split(".")[0] not in allowed
    ]
    assert not strange


def test_the_product_imports_nothing_of_what_measures_it() -> None:
    """A wheel holds the two rooms of the product, and has to run."""
    strange = [
        f"{name(path)} imports {target}"
        for path in sources("routing", "proxy")
        for target in imported(path)
        if target.split(".")[0] in {"benchmarks", "fuzz", "measuring", "simulation", "tests", "training"}
    ]
    assert not strange


@pytest.mark.parametrize(("source", "target"), APART)
def test_arrows_do_not_cross(source: str, target: str) -> None:
    """The student cannot hurt the caller only as long as the worker does not even load what could."""
    crossed = [
        f"{module} reaches {found} through {way[found]}"
        for module in arrows()
        if inside(module, source) and not module.endswith(".__main__")  # entry points wire a process together
        for way in [reached(module)]
        for found in way
        if inside(found, target)
    ]
    assert not crossed


def test_imports_have_no_cycle() -> None:
    """A cycle means two modules are one, or that an arrow points back."""
    cycles = sorted(
        f"{module} and {found} import each other, through {reached(module)[found]}"
        for module in arrows()
        for found in reached(module)
        if module < found and module in reached(found) and not inside(found, module)
    )
    assert not cycles


def test_every_module_has_its_test_file() -> None:
    """Someone who changes a module must find its tests without searching."""
    missing = {
        name(path)
        for path in sources("routing", "proxy")
        if path.name not in {"__init__.py", "__main__.py"} and "migrations" not in path.parts
        if not (ROOT / "tests" / path.relative_to(ROOT)).with_name(f"test_{path.name}").exists()
    }
    assert missing == TESTED_ELSEWHERE.keys()


def test_every_mirroring_test_file_has_its_module() -> None:
    """A module that moved takes its tests along."""
    orphans = {
        name(path)
        for path in sources("tests/routing", "tests/proxy")
        if path.name.startswith("test_")
        if not (ROOT / path.relative_to(ROOT / "tests")).with_name(path.name.removeprefix("test_")).exists()
        if not (ROOT / path.relative_to(ROOT / "tests")).with_name(path.stem.removeprefix("test_")).is_dir()
    }
    assert orphans == OF_SEVERAL_MODULES.keys()


def test_modules_stay_small() -> None:
    """What does not fit on a few screens is two things."""
    long = {name(path) for path in sources("routing", "proxy", "simulation", "tests") if lines(path) > MODULE_LINES}
    assert long == LONG_MODULES.keys()


def lines(path: Path) -> int:
    """How long a file is."""
    return path.read_text().count("\n")


def test_functions_stay_small() -> None:
    """A function is read in one look."""
    long = {
        function
        for path in sources("routing", "proxy", "simulation", "tests")
        for function, size in functions(path)
        if size > FUNCTION_LINES
    }
    assert long == LONG_FUNCTIONS.keys()


def test_names_say_what_is_inside() -> None:
    """A file that is called after nothing collects everything."""
    vague = [
        name(path)
        for path in sources("routing", "proxy", "tests", "benchmarks", "simulation")
        if any(VAGUE.search(part) for part in path.relative_to(ROOT).with_suffix("").parts)
    ]
    assert not vague


def test_every_module_says_what_it_is_for() -> None:
    """The first sentence is what a newcomer reads."""
    checked = sources("routing", "proxy", "simulation", "tests")
    silent = [name(path) for path in checked if not ast.get_docstring(tree(path))]
    assert not silent


def test_nothing_is_mocked() -> None:
    """A test against a stand-in proves only that we agree with ourselves: servers, files and databases are real."""
    mocked = [
        f"{name(path)} imports {target}"
        for path in sources("tests")
        for target in imported(path)
        if target.split(".")[0] == "mock" or inside(target, "unittest.mock")
    ]
    patched = [
        f"{name(path)}:{node.lineno} patches"
        for path in sources("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"monkeypatch.setattr", "monkeypatch.setitem"}
    ]
    assert not mocked + patched


def test_spelling_is_american() -> None:
    """One spelling, or a search for a behavior finds half of them."""
    texts = [path for folder in (".", "docs", "deploy", "grafana") for path in (ROOT / folder).glob("*.*")]
    texts += sources("routing", "proxy", "tests", "benchmarks", "simulation")
    british = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in texts
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".json"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if BRITISH.search(line.lower())
    ]
    assert not british


def test_every_metric_is_documented_and_every_documented_metric_exists() -> None:
    """Dashboards are built from the documentation: a missing line is a blind spot, a stale one a panel without data."""
    rows = re.findall(rf"^\| `(?:{PREFIX})?([a-z_]+)` *\|(.*)$", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    exposed = {f"{metric.name}_total" if metric.kind is Kind.COUNTER else metric.name: metric for metric in CATALOG}
    assert {metric for metric, _ in rows} == exposed.keys()
    unlabeled = [f"{metric}: {label}" for metric, row in rows for label in exposed[metric].labels if label not in row]
    assert not unlabeled
