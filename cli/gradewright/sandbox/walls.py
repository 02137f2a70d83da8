"""Puts the layers together: what is prepared in the zygote, and what each worker does to itself."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import Any

from gradewright.sandbox import grants, landlock, limits, privileges, seccomp


@dataclass(frozen=True, slots=True)
class Policy:
    """What a worker may do. Paths are absolute; sizes are bytes; times are seconds.

    `readable` maps each path to nothing but reading; `writable` are its scratch folders; `grants` are the exercise's
    declared exceptions; `limits` overrides single resource limits (see `limits.DEFAULTS`). `wrapped` says that the process
    already lives in bubblewrap's namespaces, `ports` are the loopback ports of the services it may
    reach, `listen_ports` those it may listen on.
    """

    readable: tuple[str, ...]
    writable: tuple[str, ...]
    grants: frozenset[str] = frozenset()
    limits: dict[str, int] = field(default_factory=dict)
    profile: str = "kata"
    wrapped: bool = False
    ports: tuple[int, ...] = ()
    listen_ports: tuple[int, ...] = ()

    @classmethod
    def from_message(cls, data: dict[str, Any]) -> Policy:
        return cls(
            readable=tuple(data["readable"]),
            writable=tuple(data["writable"]),
            grants=frozenset(data.get("grants", ())),
            limits=dict(data.get("limits", {})),
            profile=str(data.get("profile", "kata")),
            wrapped=bool(data.get("wrapped", False)),
            ports=tuple(data.get("ports", ())),
            listen_ports=tuple(data.get("listen_ports", ())),
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as it stands on this machine: its name, whether it held, and what it does or why it is absent."""

    name: str
    held: bool
    detail: str

    def to_message(self) -> dict[str, Any]:
        return {"name": self.name, "held": self.held, "detail": self.detail}


class Walls:
    """The prepared layers of one policy. `enter` is called once, in a freshly forked worker with a single thread."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._limits = {**grants.limits(policy.grants), **policy.limits}
        if policy.wrapped and os.geteuid() != 0:
            # Inside a user namespace the limit counts only this namespace's own tasks; root is exempt from it.
            self._limits.setdefault("NPROC", limits.TASKS)
        self._landlock, self._landlock_layer = _try_landlock(policy)
        # Where Landlock scopes signals to the worker's own domain, kill() needs no rule of its own (DESIGN: sandbox).
        self._signals_scoped = self._landlock is not None and self._landlock.scopes_signals
        self._seccomp, self._seccomp_layer = _try_seccomp(policy, signals_scoped=self._signals_scoped)
        self.layers = self._describe()

    def _describe(self) -> list[Layer]:
        linux = sys.platform == "linux"
        absent = "only on Linux"
        layers = [
            self._landlock_layer,
            self._seccomp_layer,
            Layer("rlimits", held=True, detail=limits.describe(self._limits)),
            Layer("no_new_privs", linux, "no gain of rights" if linux else absent),
            Layer("pdeathsig", linux, "dies with the grader" if linux else absent),
        ]
        layers.append(_bubblewrap_layer(held=self.policy.wrapped))
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            layers.append(Layer("capabilities", linux, "root's capabilities are dropped" if linux else absent))
        return layers

    def enter(self) -> None:
        """Lock this process in. Raises OSError if a layer that was announced cannot be entered."""
        limits.enter(self._limits)
        if sys.platform != "linux":
            return
        privileges.drop_capabilities()
        privileges.no_new_privileges()
        if self._landlock is not None:
            self._landlock.enter()
        if self._seccomp is not None:
            self._seccomp.enter()


def prepare(policy: Policy) -> Walls:
    """Open and compile everything that does not depend on the worker's own process."""
    return Walls(policy)


def probe(*, bubblewrap: bool) -> list[Layer]:
    """Return what each layer would do on this machine, for `grade doctor`, without entering any of them."""
    policy = Policy(readable=("/usr",), writable=(), wrapped=bubblewrap)
    return Walls(policy).layers


def _bubblewrap_layer(*, held: bool) -> Layer:
    if held:
        return Layer("bubblewrap", held=True, detail="own files, processes, network and 64 + 256 MiB of disk in memory")
    if sys.platform != "linux":
        return Layer("bubblewrap", held=False, detail="only on Linux")
    installed = any(os.access(f"{folder}/bwrap", os.X_OK) for folder in ("/usr/bin", "/usr/local/bin", "/bin"))
    why = "this machine refuses user namespaces" if installed else "bubblewrap is not installed"
    return Layer("bubblewrap", held=False, detail=f"{why}; grade doctor says what to do")


def _try_landlock(policy: Policy) -> tuple[landlock.Domain | None, Layer]:
    try:
        domain = landlock.Domain(
            [*policy.readable, *grants.readable(policy.grants)],
            [*policy.writable, *grants.writable(policy.grants)],
            executable=grants.executable(policy.grants),
            connect=(*policy.ports, *(policy.listen_ports if grants.probes(policy.grants) else ())),
            listen=policy.listen_ports,
        )
    except landlock.Unavailable as reason:
        return None, Layer("landlock", held=False, detail=str(reason))
    return domain, Layer("landlock", held=True, detail=domain.detail)


def _try_seccomp(policy: Policy, *, signals_scoped: bool) -> tuple[seccomp.Filter | None, Layer]:
    try:
        compiled = seccomp.Filter(policy.grants, signals_scoped=signals_scoped, private_mounts=policy.wrapped)
    except seccomp.Unavailable as reason:
        return None, Layer("seccomp", held=False, detail=str(reason))
    return compiled, Layer("seccomp", held=True, detail=compiled.detail)
