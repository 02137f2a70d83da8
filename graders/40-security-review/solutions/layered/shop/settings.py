from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    jwt_secret: SecretStr = Field(min_length=32)
    allowed_origins: str = ""
    app_env: Literal["dev", "prod"] = "prod"
    login_window: int = Field(default=60, ge=1)

    @property
    def origins(self) -> list[str]:
        return self.allowed_origins.split(",") if self.allowed_origins else []


settings = Settings()
