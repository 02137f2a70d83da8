"""Sends mails and writes the audit log, slowly. Do not edit it: while grading, a module with the same API replaces it."""

import time


class MailFailed(Exception):
    """The mail could not be sent."""


def send(to):
    """Send the welcome mail to this e-mail. Blocks for half a second. Raises MailFailed."""
    print(f"mailer: sending to {to} …")
    time.sleep(0.5)
    if to.startswith("bounce"):
        raise MailFailed(f"{to} does not take mails")
    print(f"mailer: sent to {to}")


def audit(path):
    """Write down that this path was asked for. Blocks for half a second."""
    time.sleep(0.5)
    print(f"mailer: audit {path}")
