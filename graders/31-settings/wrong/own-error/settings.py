from functools import lru_cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env", extra="ignore", frozen=True)

    name: str
    database_url: str
    jwt_secret: SecretStr = Field(min_length=32)
    debug: bool = False
    max_items: int = Field(default=50, ge=1)


@lru_cache
def get_settings() -> Settings:
    return Settings()
