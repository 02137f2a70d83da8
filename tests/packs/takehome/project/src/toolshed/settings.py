from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TOOLSHED_")

    database: str = "toolshed.db"
    secret: str = "change-me-change-me-change-me-change"
    loan_days: int = 14
