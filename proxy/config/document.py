"""The file as a tree of YAML nodes that know their lines.

Text becomes nodes here and nothing more: no value is built, no tag of YAML's can construct anything, aliases that feed
on themselves or multiply are refused before anyone walks them. Its counterpart is ``reading``, which walks the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import yaml

from proxy.config.problems import Refused, printable, quoted
from routing.traits import Json

LARGEST = 1024 * 1024
_MOST_NODES = 100_000
_DEEPEST = 64
_MERGE = "tag:yaml.org,2002:merge"
_STANDARD = "tag:yaml.org,2002:"


class Unreadable(Refused):
    """Text that is no YAML document at all. ``line`` counts from 1; 0 means the whole file."""

    def __init__(self, why: str, remedy: str, line: int = 0) -> None:
        super().__init__(why, remedy)
        self.line = line


def compose(data: bytes) -> yaml.Node:
    """The root node of a file's bytes. Raises ``Unreadable``."""
    if len(data) > LARGEST:
        raise Unreadable(f"is {len(data)} bytes long, more than the limit of {LARGEST}", "keep the configuration small")
    text = _decoded(data)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        why = ", ".join(part for part in (exc.context, exc.problem) if part)
        raise Unreadable(f"is not YAML ({why})", "mend the syntax", mark.line + 1 if mark else 0) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        raise Unreadable("holds a character that YAML forbids", "remove it", line) from exc
    except RecursionError as exc:
        raise _too_deep(0) from exc
    except (ValueError, OverflowError) as exc:  # PyYAML lets those of int() and chr() through
        raise Unreadable("is not YAML (an escape or a directive out of range)", "mend the syntax") from exc
    if root is None:
        raise Unreadable("is empty", "write at least one route; docs/configuration.md has a minimal file")
    _measure(root, {}, 0)
    return root


def line_of(node: yaml.Node) -> int:
    """The line a node starts on, from 1."""
    return int(node.start_mark.line) + 1


def tag_of(node: yaml.Node) -> str:
    """A node's YAML type in short: ``str``, ``int``, ``map``, or the tag as written where it is no standard one."""
    return str(node.tag).removeprefix(_STANDARD)


def pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node, bool]]:
    """A mapping's keys and values, and whether they were merged in with ``<<``. Merged ones come last."""
    merged: list[tuple[yaml.Node, yaml.Node]] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            merged += _merged(value)
        else:
            yield key, value, False
    for key, value in merged:
        yield key, value, True


def json_of(node: yaml.Node) -> Json:
    """The plain value of a node: mappings by text keys, tuples, text, finite numbers. Raises ``Refused``."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return tuple(json_of(item) for item in node.value)
    return _scalar(node)


def _mapping(node: yaml.MappingNode) -> Json:
    values: dict[str, Json] = {}
    for key, value, merged in pairs(node):
        name = _key(key)
        if name not in values:
            values[name] = json_of(value)
        elif not merged:
            raise Refused(f"has the key {quoted(name)} twice", "keep one of them")
    return values


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise Unreadable("is not UTF-8", "save it as UTF-8", line) from exc


def _measure(node: yaml.Node, known: dict[int, int], depth: int) -> int:
    """The nodes under a node with all aliases expanded; ``known`` holds 0 for those still being measured."""
    if depth > _DEEPEST:
        raise _too_deep(line_of(node))
    if id(node) in known:
        if not known[id(node)]:
            raise Unreadable("holds an alias of something it stands in", "write the value out", line_of(node))
        return known[id(node)]
    known[id(node)] = 0
    size = 1 + sum(_measure(child, known, depth + 1) for child in _children(node))
    if size > _MOST_NODES:
        raise Unreadable(f"expands to more than the limit of {_MOST_NODES} values", "use fewer aliases", line_of(node))
    known[id(node)] = size
    return size


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.tag == _MERGE and not _mergeable(value):
                raise Unreadable("merges something that is no mapping", "let << name a mapping", line_of(value))
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _too_deep(line: int) -> Unreadable:
    return Unreadable(f"is nested deeper than the limit of {_DEEPEST} levels", "flatten it", line)


def _mergeable(value: yaml.Node) -> bool:
    items = value.value if isinstance(value, yaml.SequenceNode) else [value]
    return all(isinstance(item, yaml.MappingNode) for item in items)


def _merged(value: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    items = value.value if isinstance(value, yaml.SequenceNode) else [value]
    return [(k, v) for item in items if isinstance(item, yaml.MappingNode) for k, v, _ in pairs(item)]


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Refused("has a key that is not plain text", "write the key as one word")
    return _encodable(str(node.value))


def _scalar(node: yaml.Node) -> Json:
    tag = tag_of(node)
    if tag in {"str", "timestamp"}:
        return _encodable(str(node.value))
    if tag not in {"null", "bool", "int", "float"}:
        raise Refused(f"is of the type {printable(tag)}", "use text, numbers, true, false, null, lists and mappings")
    try:
        value: Json = yaml.SafeLoader("").construct_object(node)
    except (ValueError, LookupError, OverflowError) as exc:
        raise Refused(f"is not a value of the type {tag}", "leave out the tag, or quote it") from exc
    if isinstance(value, float) and not isfinite(value):
        raise Refused("is not a finite number", "write a plain number")
    return value


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise Refused("holds half a character", "write the character itself instead of its escapes") from exc
    return text
