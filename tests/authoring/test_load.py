"""The busy loops beside repeated grades end with the command that started them, also when that is killed."""

import os
import select
import signal
import subprocess
import sys

import pytest

HOLDS = """
import subprocess, time
from gradewright.authoring import repeat
class Popen(subprocess.Popen):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        print(self.pid, flush=True)
subprocess.Popen = Popen
with repeat.load(2):
    time.sleep(100)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="watches processes by pidfd")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_busy_loop_outlives_its_command(number):
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True) as command:
        watches = [os.pidfd_open(int(command.stdout.readline())) for _loop in range(2)]
        command.send_signal(number)
        command.wait(10)
    for watch in watches:
        ready, _write, _error = select.select([watch], [], [], 10)
        os.close(watch)
        assert ready
