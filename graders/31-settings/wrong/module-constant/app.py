from fastapi import FastAPI
from settings import get_settings

settings = get_settings()
app = FastAPI()


@app.get("/config")
async def read_config():
    return {"name": settings.name, "debug": settings.debug, "max_items": settings.max_items}
