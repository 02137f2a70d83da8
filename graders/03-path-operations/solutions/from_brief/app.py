from fastapi import FastAPI

from books import router

app = FastAPI(title="Books")
app.include_router(router)
