from fastapi import FastAPI

import routes
from observed import Observed, set_up_logging

set_up_logging()
app = FastAPI()
app.add_middleware(Observed)
app.include_router(routes.router)
