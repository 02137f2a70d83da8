"""The roles that are allowed to do each action."""

ADMIN, ANALYST = "admin", "analyst"
ACTIONS = {
    "user:delete": (ADMIN,),
    "report:read": (ADMIN, ANALYST),
    "post:edit_any": (ADMIN,),
}


async def get_policy():
    return ACTIONS
