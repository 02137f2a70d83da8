"""The app's configuration: typed, from the environment and `.env`, read once."""

from functools import lru_cache
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConfigurationError(Exception):
    """The configuration is not usable. The text names the variables, and never their values."""


class Settings(BaseSettings):
    # The aliases are the exact names; they are also what a ValidationError calls the fields.
    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        case_sensitive=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    name: Annotated[str, Field(validation_alias="APP_NAME")] = "app"
    database_url: Annotated[str, Field(validation_alias="APP_DATABASE_URL", repr=False)]
    jwt_secret: Annotated[SecretStr, Field(validation_alias="APP_JWT_SECRET", min_length=32)]
    debug: Annotated[bool, Field(validation_alias="APP_DEBUG")] = False
    max_items: Annotated[int, Field(validation_alias="APP_MAX_ITEMS", ge=1)] = 50


@lru_cache
def get_settings() -> Settings:
    """Return the settings: the same object each time."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    raise ConfigurationError("\n".join(["The configuration is not usable.", *problems]))
