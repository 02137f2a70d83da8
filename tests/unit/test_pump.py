"""The pump listens to descriptors, whose numbers the system gives out again."""

import os
import threading

from gradewright.worker_control.pump import Pump


def test_number_that_is_used_anew_is_heard():
    pump = Pump()
    heard = threading.Event()
    old_read, old_write = os.pipe()
    new_read, new_write = os.pipe()

    def on_new():
        os.read(old_read, 1)
        heard.set()
        return True

    def on_old():
        # What a restart does meanwhile: the old end is closed, and a new one gets its number and is watched.
        os.read(old_read, 1)
        pump.remove(old_read)
        os.dup2(new_read, old_read)
        pump.add(old_read, on_new)
        return False

    try:
        pump.add(old_read, on_old)
        os.write(old_write, b"x")
        os.write(new_write, b"y")
        assert heard.wait(5)
    finally:
        pump.stop()
        for descriptor in (old_read, old_write, new_read, new_write):
            os.close(descriptor)
