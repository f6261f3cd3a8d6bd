"""Sources: one that stands beside ids, or at the head of an included file, is that of every entry without its own."""

from dataclasses import replace

from buildsim.model.node import Node
from buildsim.model.shape import Shape, whole

ANNOTATIONS = ("source", "note")
"""Keys that any mapping may hold."""


def handed_down(node: Node, shape: Shape | None, source: Node | None = None) -> Node:
    """`node` with each `source` that stands in a mapping of ids handed down to its entries, and `note` there left out.

    Declared things have fields of these names; a mapping of ids, such as that of all sites, has not. `source` is what
    `node` gets when it has none.
    """
    if shape is None or node.value is None or isinstance(node.value, list):
        return node
    shape = shape.narrowed(node.kind)
    if whole(shape):
        return _sourced(node, source)
    if node.mapping is None:
        return node
    if shape.models:
        declared = _sourced(node, source).mapping or {}
        return replace(node, value={key: handed_down(value, shape.below(key)) for key, value in declared.items()})
    entry = shape.below("")
    if entry is None or entry.anything:
        return _sourced(node, source)
    entries = dict(node.mapping)
    own = {key: entries.pop(key) for key in ANNOTATIONS if node.text(key) is not None}
    source = own.get("source", source)
    return replace(node, value={key: handed_down(value, entry, source) for key, value in entries.items()})


def _sourced(node: Node, source: Node | None) -> Node:
    """A declared thing, or a quantity, with `source` unless it names one itself."""
    if source is None or "source" in (node.mapping or {}):
        return node
    if node.mapping is None:
        return replace(node, value={"value": node, "source": source})
    return replace(node, value={**node.mapping, "source": source})
