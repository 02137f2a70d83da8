"""The session of a request, and what is built on it."""

from fastapi import Depends

import resources


def get_session():
    """Yield the session of the request. What was not committed by then is rolled back; the session is closed in any case."""
    session = resources.open_session()
    try:
        yield session
    finally:
        try:
            session.rollback()  # harmless after a commit
        finally:
            session.close()


def get_repo(session=Depends(get_session)):
    return resources.Repo(session)
