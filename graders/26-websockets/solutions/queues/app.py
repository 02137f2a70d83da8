from fastapi import FastAPI

from rooms import members, router

app = FastAPI()
app.include_router(router)


@app.get("/rooms/{room}")
def room_size(room: str):
    return {"count": members[room]}
