"""The table of defences is whole, fits the source, and is what docs/ablation.md shows."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

from gradewright.content.root import package_folder
from gradewright.sandbox import probe

PARTS = {"processes", "worker", "grader", "control messages", "replies", "report", "intake"}


def test_page_is_up_to_date(table: ModuleType) -> None:
    assert table.TARGET.read_text(encoding="utf-8") == table.render(), "run python -m tests.ablation.table"


def test_each_defence_stands_in_the_source_exactly_once(defence: dict[str, Any], table: ModuleType) -> None:
    assert set(defence) <= table.FIELDS
    assert defence["test"]
    for edit in (defence, *defence.get("assume", ())):
        source = (package_folder() / edit["file"]).read_text(encoding="utf-8")
        assert source.count(edit["old"]) == 1, edit["old"]
        assert edit["old"] != edit["new"]


def test_names_are_unique_and_shadows_are_defences_themselves(table: ModuleType) -> None:
    defences = table.load()
    names = [entry["name"] for entry in defences]
    assert len(names) == len(set(names))
    assert {name for entry in defences for name in entry.get("also_off", ())} <= set(names)


def test_every_layer_of_the_sandbox_has_a_defence(table: ModuleType) -> None:
    layers = {layer.name for layer in probe(bubblewrap=True)} | {"capabilities"}
    assert {entry["layer"] for entry in table.load()} == layers | PARTS


def test_every_test_that_is_named_exists(table: ModuleType) -> None:
    named = {test for entry in table.load() for test in entry["test"]}
    named |= {test for attack in table.load_attacks() for test in attack["tests"]}
    missing = []
    for test in sorted(named):
        file, _, function = test.partition("::")
        path = Path(table.TESTS / file)
        name = function.partition("[")[0]
        if not path.is_file() or (name and not re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE)):
            missing.append(test)
    assert missing == []


def test_every_attack_has_a_test(table: ModuleType) -> None:
    assert [attack["attempt"] for attack in table.load_attacks() if not attack["tests"]] == []
