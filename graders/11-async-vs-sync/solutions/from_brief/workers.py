"""A pool of processes whose members never outlive the server."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor


def _die_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)


def _prepare_worker():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends the pool
    threading.Thread(target=_die_with_parent, daemon=True).start()


def make_pool():
    return ProcessPoolExecutor(
        max_workers=min(4, os.cpu_count() or 1),
        mp_context=multiprocessing.get_context("spawn"),  # no fork: the server has threads and an open socket
        initializer=_prepare_worker,
    )
