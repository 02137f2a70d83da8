from api import api as app
from manual import manual

import config

if config.ENVIRONMENT in ("dev", "staging"):
    app.mount("/developer", manual)
