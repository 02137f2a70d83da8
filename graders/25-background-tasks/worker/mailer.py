"""Twin of mailer: the grader takes the mails and the audit, and may hold or refuse them."""

from gradewright.worker.twins import call


class MailFailed(Exception):
    """The mail could not be sent."""


def send(to):
    """Send the welcome mail to this e-mail. Raises MailFailed."""
    call("mailer.send", to, errors={"MailFailed": MailFailed})


def audit(path):
    """Write down that this path was asked for."""
    call("mailer.audit", path)
