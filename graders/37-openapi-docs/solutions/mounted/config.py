import os

ENVIRONMENT = os.getenv("APP_ENV", "prod")
VERSION = os.getenv("APP_VERSION", "0")
CREDENTIALS = f"{os.getenv('DOCS_USER')}:{os.getenv('DOCS_PASSWORD')}"
