from contextlib import closing

from fastapi import Depends

import resources


async def get_session():
    """Lives until the reply has been sent."""
    with closing(resources.open_session()) as session:
        try:
            yield session
        except BaseException:
            session.rollback()
            raise


async def transaction(session=Depends(get_session)):
    """Ends before the reply is sent, when it is used with scope="function": a commit that fails can still become a 500."""
    yield session
    session.commit()


async def get_repo(session=Depends(get_session)):
    return resources.Repo(session)
