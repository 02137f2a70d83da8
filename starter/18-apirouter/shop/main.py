"""The app. Run it with `uvicorn shop.main:app --reload`, grade it with `grade 18-apirouter`."""

from fastapi import FastAPI

app = FastAPI(title="Shop")

# TODO: include the routers, add /health
