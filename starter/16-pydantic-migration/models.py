"""The models of 16-pydantic-migration, for Pydantic v2."""

# TODO: a class User that does what the one in old_models.txt did
