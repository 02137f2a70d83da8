"""Run the tests and print Gradescope's results as JSON. PEERS_SUBMISSION names the submission's folder."""

import os
import sys
import unittest
from pathlib import Path

from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.path[:0] = [os.environ["PEERS_SUBMISSION"], str(HERE)]
    JSONTestRunner().run(unittest.defaultTestLoader.discover(str(HERE / "tests")))
