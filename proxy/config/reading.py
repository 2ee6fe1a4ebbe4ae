"""YAML nodes become settings: one walk along the shape, which goes on after every problem it meets.

What cannot be read is replaced by its default or a placeholder, so that one walk finds everything and the rules on the
whole can still be asked. The result counts only where nothing was found. This module judges each key by itself; what
takes two keys is in ``rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import yaml

from proxy.config.document import json_of, line_of, pairs, tag_of
from proxy.config.kinds import SLICE_OR_DEFAULT, Kind
from proxy.config.problems import Finding, Path, Problem, Refused, dotted, nearest, quoted
from proxy.config.shape import (
    Either,
    Free,
    ListOf,
    MapOf,
    Nullable,
    PerSlice,
    Scalar,
    Setting,
    Shape,
    Table,
    placeholder,
)

MOST_PROBLEMS = 100
"""As many as a person will read; a file with more is some other file."""

_QUOTABLE = frozenset({"int", "float", "bool", "timestamp"})


@dataclass(slots=True)
class Reading:
    """One walk through one file: what was wrong, and the line of every key that the file sets."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)

    def report(self, finding: Finding, line: int | None = None) -> None:
        """Keep a finding. At a key that was found wrong before, a second finding would only be noise."""
        key = dotted(finding.path)
        if self.full or any(p.key == key for p in self.problems):
            return
        place = self._line(finding.path) if line is None else line
        self.problems.append(Problem(self.source, place, key, finding.value, finding.why, finding.remedy))

    @property
    def full(self) -> bool:
        """Whether no more findings are kept."""
        return len(self.problems) >= MOST_PROBLEMS

    def read(self, shape: Shape, node: yaml.Node, path: Path, default: object) -> object:
        """The value of a node, or ``default`` where it has none of this shape."""
        self.lines.setdefault(path, line_of(node))
        match shape:
            case Scalar(kind):
                return self._scalar(kind, node, path, default)
            case Nullable(inner):
                if tag_of(node) == "null":
                    return None
                return self.read(inner, node, path, placeholder(inner) if default is None else default)
            case Either(word, table):
                is_table = isinstance(node, yaml.MappingNode)
                return self.read(table if is_table else word, node, path, placeholder(table) if is_table else default)
            case _:
                return self._collection(shape, node, path, default)

    def _collection(
        self, shape: ListOf | MapOf | PerSlice | Free | Table, node: yaml.Node, path: Path, default: object
    ) -> object:
        match shape:
            case ListOf(item):
                return self._list(item, node, path, default)
            case MapOf(key, value):
                return self._map(key, value, node, path)
            case PerSlice(value):
                return self._per_slice(value, node, path, default)
            case Free():
                return self._free(node, path)
            case Table():
                return self._table(shape, node, path, default)

    def _table(self, table: Table, node: yaml.Node, path: Path, default: object) -> object:
        """A table's value: keys that are left out take what ``default`` has."""
        entries = self._entries(node, path)
        if entries is None:
            return default
        known = table.keys()
        for key in entries:
            where = (*path, key)
            if self.full or key in known:
                continue
            self.report(Finding(where, "", "is not a known key", nearest(key, known)), self.lines[where])
        values = {s.name: self._setting(s, entries, path, getattr(default, s.name)) for s in table.settings}
        if table.named:
            values["name"] = path[-1]
        return table.build(**values)

    def _setting(self, setting: Setting, entries: Mapping[str, yaml.Node], path: Path, default: object) -> object:
        where = (*path, setting.key)
        if setting.key in entries:
            return self.read(setting.shape, entries[setting.key], where, default)
        if setting.default is None:
            self.report(Finding(where, "", "is missing", f"add it: {setting.doc[:1].lower()}{setting.doc[1:]}"))
        return default

    def _entries(self, node: yaml.Node, path: Path) -> dict[str, yaml.Node] | None:
        """A mapping's values by key, their lines noted; None where it is no mapping."""
        if not isinstance(node, yaml.MappingNode):
            self._mismatch(node, path, "a mapping", "write keys and values, or leave the key out")
            return None
        entries: dict[str, yaml.Node] = {}
        for key, value, merged in pairs(node):
            where = (*path, str(key.value))
            if not isinstance(key, yaml.ScalarNode):
                finding = Finding(path, "", "has a key that is not plain text", "write the key as one word")
                self.report(finding, line_of(key))
            elif key.value not in entries:
                entries[key.value] = value
                self.lines[where] = line_of(key)
            elif not merged:
                why = f"is given twice, first on line {self.lines[where]}"
                self.report(Finding(where, "", why, "keep one of them"), line_of(key))
        return entries

    def _scalar(self, kind: Kind, node: yaml.Node, path: Path, default: object) -> object:
        try:
            return kind.read(_text_of(kind, node))
        except Refused as refused:
            value = _shown(node, kind.shown)
            self.report(Finding(path, value, refused.why, refused.remedy), line_of(node))
            return default

    def _list(self, item: Shape, node: yaml.Node, path: Path, default: object) -> object:
        if not isinstance(node, yaml.SequenceNode):
            self._mismatch(node, path, "a list", "write it in brackets, or with a dash before each item")
            return default
        default = placeholder(item)
        return tuple(self.read(item, n, (*path, f"[{i}]"), default) for i, n in enumerate(node.value))

    def _map(self, key: Kind, value: Shape, node: yaml.Node, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for name, child in (self._entries(node, path) or {}).items():
            where = (*path, name)
            try:
                key.read(name)
            except Refused as refused:
                self.report(Finding(where, quoted(name), refused.why, refused.remedy), self.lines[where])
                continue
            values[name] = self.read(value, child, where, placeholder(value))
        return values

    def _per_slice(self, value: Scalar, node: yaml.Node, path: Path, default: object) -> object:
        if not isinstance(node, yaml.MappingNode):
            return {"default": self._scalar(value.kind, node, path, value.kind.placeholder)}
        base = dict(default) if isinstance(default, Mapping) else {}
        return base | self._map(SLICE_OR_DEFAULT, value, node, path)

    def _free(self, node: yaml.Node, path: Path) -> object:
        if not isinstance(node, yaml.MappingNode):
            self._mismatch(node, path, "a mapping", "write keys and values, or leave the key out")
            return {}
        try:
            return json_of(node)
        except Refused as refused:
            self.report(Finding(path, "", refused.why, refused.remedy))
            return {}

    def _mismatch(self, node: yaml.Node, path: Path, noun: str, remedy: str) -> None:
        self.report(Finding(path, _shown(node), f"is not {noun}", remedy), line_of(node))

    def _line(self, path: Path) -> int:
        """The line of a key, or of the nearest one above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def _text_of(kind: Kind, node: yaml.Node) -> str:
    """The text of a scalar that is written as its kind must be. Raises ``Refused``."""
    tag = tag_of(node)
    if not isinstance(node, yaml.ScalarNode):
        raise Refused(f"is not {kind.noun}", "write one value")
    if tag == "null":
        raise Refused("has no value", "write one, or leave the key out")
    if tag in kind.tags:
        return str(node.value)
    if "str" in kind.tags:
        raise Refused(f"is not {kind.noun}", "put it in quotes" if tag in _QUOTABLE else "leave out the tag")
    kind.read(str(node.value))  # what is wrong beside the quotes is said first
    raise Refused(f"is text and not {kind.noun}", "write it without quotes")


def _shown(node: yaml.Node, shown: Callable[[str], str] = quoted) -> str:
    if isinstance(node, yaml.ScalarNode):
        return "" if tag_of(node) == "null" else shown(str(node.value))
    return "a mapping" if isinstance(node, yaml.MappingNode) else "a list"
