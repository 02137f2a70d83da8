"""Where exercises come from: finding the content root, reading exercise.toml, and recognising what a person typed."""

from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot, find_root

__all__ = ["Catalogue", "ContentRoot", "find_root"]
