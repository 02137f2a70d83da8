"""The walls around a submission, one module a layer. Imported by the zygote, entered by each worker after its fork.

`prepare` does what can be done once in the zygote (open the Landlock ruleset, compile the seccomp filter); `Walls.enter`
does the rest in the worker, and is irreversible. Each layer says whether it held, so a report never claims more than
this machine gave.
"""

from gradewright.sandbox.walls import Layer, Policy, Walls, prepare, probe

__all__ = ["Layer", "Policy", "Walls", "prepare", "probe"]
