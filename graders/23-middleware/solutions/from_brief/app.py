from fastapi import FastAPI

import routes
from jsonlog import configure_logging
from observe import ObserveMiddleware

configure_logging()

app = FastAPI()
app.add_middleware(ObserveMiddleware)
app.include_router(routes.router)
