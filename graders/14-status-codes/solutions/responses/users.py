from fastapi import HTTPException, Request


async def current_user(request: Request):
    user = request.headers.get("x-user", "")
    if user == "":
        raise HTTPException(status_code=401, detail="nobody")
    return user
