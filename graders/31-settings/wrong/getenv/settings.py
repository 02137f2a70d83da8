import os
from functools import lru_cache

from dotenv import load_dotenv
from pydantic import SecretStr


class Settings:
    def __init__(self):
        load_dotenv(".env", override=True)
        self.name = os.getenv("APP_NAME")
        self.database_url = os.getenv("APP_DATABASE_URL")
        self.jwt_secret = SecretStr(os.getenv("APP_JWT_SECRET", ""))
        self.debug = os.getenv("APP_DEBUG", False)
        self.max_items = os.getenv("APP_MAX_ITEMS", 50)
        if not self.database_url:
            raise RuntimeError("APP_DATABASE_URL is missing")
        if len(self.jwt_secret) < 32:
            raise RuntimeError("APP_JWT_SECRET is too short")
        if not str(self.max_items).isdigit() or int(self.max_items) < 1:
            raise RuntimeError("APP_MAX_ITEMS is not a number from 1 on")
        if str(self.debug).lower() not in ("true", "false", "1", "0", "on", "off", "yes", "no"):
            raise RuntimeError("APP_DEBUG is no boolean")


@lru_cache
def get_settings():
    return Settings()
