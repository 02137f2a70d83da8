"""A verdict for people and for other programs: terminal text, HTML, JUnit, and so on. Knows records only."""
