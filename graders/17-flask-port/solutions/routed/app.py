from fastapi import FastAPI
from starlette.middleware.wsgi import WSGIMiddleware

from flask_app import app as flask_app
from todos import router

app = FastAPI(title="Todos")
app.include_router(router)
app.mount("/legacy", WSGIMiddleware(flask_app))
