"""The app's configuration. Replace this class by one of pydantic-settings."""

import os


class Settings:
    # TODO: types, limits, a prefix, .env; and nobody should be able to print the secret by accident
    def __init__(self):
        self.name = os.getenv("APP_NAME", "")
        self.database_url = os.getenv("APP_DATABASE_URL", "")
        self.jwt_secret = os.getenv("APP_JWT_SECRET", "")
        self.debug = os.getenv("APP_DEBUG", "")
        self.max_items = os.getenv("APP_MAX_ITEMS", "50")


def get_settings():
    """Return the settings: the same object each time."""
    # TODO: read them once
    return Settings()
