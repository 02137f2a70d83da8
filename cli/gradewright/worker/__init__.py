"""The untrusted side: the zygote, and what a worker does after its fork. Spawned by path, imported by nobody.

Imports only the standard library, `protocol`, `sandbox` and the learner's stack (FastAPI, uvicorn). Holds no expectation
and no secret: everything here, and all its memory, is in the hands of the submission once that has been imported.
"""
