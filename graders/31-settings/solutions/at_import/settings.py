import sys

import pydantic
import pydantic_settings


class Settings(pydantic_settings.BaseSettings):
    model_config = pydantic_settings.SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    # Aliases, so that Pydantic's own errors name the variables.
    name: str = pydantic.Field("app", validation_alias="APP_NAME")
    database_url: str = pydantic.Field(validation_alias="APP_DATABASE_URL")
    jwt_secret: pydantic.SecretStr = pydantic.Field(validation_alias="APP_JWT_SECRET")
    debug: bool = pydantic.Field(False, validation_alias="APP_DEBUG")
    max_items: pydantic.PositiveInt = pydantic.Field(50, validation_alias="APP_MAX_ITEMS")

    @pydantic.field_validator("jwt_secret")
    @classmethod
    def long_enough(cls, secret):
        if len(secret.get_secret_value()) < 32:
            raise ValueError("must have 32 characters or more")
        return secret


try:
    _settings = Settings()
except pydantic.ValidationError as error:
    sys.exit(f"The configuration is wrong.\n{error}")


def get_settings():
    return _settings
