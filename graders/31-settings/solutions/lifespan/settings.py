from functools import lru_cache

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConfigurationError(Exception):
    """Variables are missing or wrong. Their values are not told: one of them may be a secret."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env", extra="ignore")

    name: str
    database_url: str
    jwt_secret: SecretStr = Field(min_length=32)
    debug: bool = False
    max_items: int = Field(default=50, ge=1)


@lru_cache
def get_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        problems = [f"APP_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
    # Outside of the except block: the original error shows what was read.
    raise ConfigurationError("; ".join(problems))
