import sqlalchemy as sa
from models import users
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

#: The hash is no part of what leaves this module.
PUBLIC = (users.c.id, users.c.name, users.c.email)


class EmailTaken(Exception):
    pass


class UnknownUser(Exception):
    pass


class UserRepository:
    def __init__(self, session: Session):
        self.session = session

    def add(self, name, email, password):
        password_hash = generate_password_hash(password)
        new = users.insert().values(name=name, email=email, password_hash=password_hash)
        return self._write(new.returning(*PUBLIC))

    def all(self):
        return self.session.execute(sa.select(*PUBLIC).order_by(users.c.id)).mappings().all()

    def get(self, user_id):
        return self._only(self.session.execute(sa.select(*PUBLIC).where(users.c.id == user_id)))

    def change(self, user_id, values):
        if not values:
            return self.get(user_id)
        return self._write(users.update().where(users.c.id == user_id).values(values).returning(*PUBLIC))

    def remove(self, user_id):
        self._write(users.delete().where(users.c.id == user_id).returning(*PUBLIC))

    def _write(self, statement):
        try:
            with self.session.begin():
                return self._only(self.session.execute(statement))
        except IntegrityError as error:
            raise EmailTaken from error

    @staticmethod
    def _only(result):
        row = result.mappings().one_or_none()
        if row is None:
            raise UnknownUser
        return row
