"""The profile screen fails closed: without one of its layers nothing runs, and the table says what to do."""

import pytest

from gradewright.commands import layers
from gradewright.commands.context import Context
from gradewright.errors import EXIT_FAULT, GraderFault
from gradewright.sandbox import probe


def test_every_layer_says_what_is_lost_without_it():
    names = {layer.name for layer in probe(bubblewrap=True)}
    assert names <= set(layers.LOST)
    assert set(layers.NEEDED) <= set(layers.LOST)


@pytest.mark.parametrize("absent", ["landlock", "seccomp", "bubblewrap"])
def test_screen_needs_every_layer(monkeypatch, capsys, absent):
    found = [type(layer)(layer.name, layer.name != absent, layer.detail) for layer in probe(bubblewrap=True)]
    monkeypatch.setattr(layers, "probe", lambda: found)
    with pytest.raises(GraderFault, match=absent) as refusal:
        layers.require_screen(Context())
    assert refusal.value.exit_code == EXIT_FAULT
    shown = capsys.readouterr().out
    assert f"absent  {absent}" in shown
    assert layers.LOST[absent] in shown
    assert layers.REMEDIES[absent] in shown


def test_screen_is_allowed_where_all_layers_hold(monkeypatch):
    found = [type(layer)(layer.name, True, layer.detail) for layer in probe(bubblewrap=True)]
    monkeypatch.setattr(layers, "probe", lambda: found)
    layers.require_screen(Context())
