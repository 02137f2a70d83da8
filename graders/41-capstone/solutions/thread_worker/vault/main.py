from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy import text

from .config import ORIGINS, UPLOAD_DIR
from .models import Base, SessionLocal, engine
from .routes import api
from .worker import Worker


@asynccontextmanager
async def lifespan(app: FastAPI):
    UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    Base.metadata.create_all(engine)
    app.state.worker = Worker(app.dependency_overrides)
    app.state.worker.start()
    yield
    app.state.worker.stop()


app = FastAPI(title="Document vault", lifespan=lifespan)
app.include_router(api)
app.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_methods=["*"], allow_headers=["*"])


@app.get("/health/live")
def live():
    return "alive"


@app.get("/health/ready")
def ready():
    try:
        with SessionLocal() as db:
            db.execute(text("SELECT 1"))
    except Exception:
        return JSONResponse({"database": "down"}, status_code=503)
    return {"database": "up"}
