"""The peers: other graders with the same checks of 07-depends, each in an environment of its own. See measure.py."""
