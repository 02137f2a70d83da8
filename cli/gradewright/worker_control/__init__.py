"""The grader's side of a worker: spawning the zygote, forking workers from it, and the `app` handle that suites use.

Nothing here imports learner code. What a worker says arrives as size-capped JSON and decides nothing by itself.
"""
