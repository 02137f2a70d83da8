"""Asks the policy for the current user."""

from fastapi import Depends, HTTPException

from auth import get_current_user
from policy import get_policy


class Permissions:
    """What the current user may do, by the policy of this request."""

    def __init__(self, user=Depends(get_current_user), policy=Depends(get_policy)):
        self._role = user["role"]
        self._policy = policy

    def demand(self, action):
        if action not in self._policy or self._role not in self._policy[action]:
            raise HTTPException(403)


class Allow:
    def __init__(self, action):
        self.action = action

    def __call__(self, permissions: Permissions = Depends()):
        permissions.demand(self.action)
