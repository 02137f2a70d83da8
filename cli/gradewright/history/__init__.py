"""What a learner has done in a folder: attempts, opened hints and interview cards, in one SQLite file below .grade/.

`sqlite3` is imported where a file is opened, never before: a grade prints its verdict first.
"""

from gradewright.history.database import FILE, History
from gradewright.history.progress import Progress

__all__ = ["FILE", "History", "Progress"]
