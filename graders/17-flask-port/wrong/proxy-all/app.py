from a2wsgi import WSGIMiddleware
from fastapi import FastAPI

import flask_app

app = FastAPI()
app.mount("/legacy", WSGIMiddleware(flask_app.app))
app.mount("/", WSGIMiddleware(flask_app.app))
