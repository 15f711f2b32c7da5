"""The text of a `design.yaml` as plain values: a YAML without surprises.

Only decimal numbers and null are more than text, so that `yes`, `1:30` and `010` are not taken for numbers. Keys that
come twice, anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from accel.errors import AccelError


def read(path: Path, like: str = "part, clock_ns and reuse") -> dict[str, Any]:
    """The keys and values of the file; none where it is empty. ``like`` names some, for the errors.

    Raises:
        AccelError: it cannot be read, is not YAML, has what is refused here, or is no mapping.
    """
    try:
        data = yaml.load(path.read_text(), _Loader)
    except RecursionError:
        raise AccelError(f"{path}: expected keys like {like}, got lists or mappings nested too deep") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise AccelError(f"{path}: expected a YAML file, got: {' '.join(str(error).split())}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise AccelError(f"{path}: expected keys like {like}, got {type(data).__name__} '{data}'")
    return data


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: ClassVar[dict] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if getattr(event, "anchor", None) is not None:
            self._refuse("anchors and aliases are not taken; expected the value itself", event.start_mark)
        if getattr(event, "tag", None) is not None:
            self._refuse(f"the tag {event.tag} is not taken; expected the value alone", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse("expected a name as key", key.start_mark)
            if key.value in seen:
                self._refuse(f"the key '{key.value}' comes twice; expected it once", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def _refuse(self, problem: str, mark: yaml.Mark) -> None:
        raise yaml.constructor.ConstructorError(None, None, problem, mark)


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9]\d*)$", re.ASCII), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d+\.\d+$", re.ASCII), list("-0123456789"))
