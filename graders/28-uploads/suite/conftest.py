"""Images and uploads, and the look at what an app has stored, for the tests of 28-uploads."""

import contextlib
import hashlib

import pytest

#: The first bytes of an image, which are all that the brief looks at.
SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
#: Where a start that says nothing else has the uploads, and how much one may have there; see worker/gradewright_start.py.
FIRST_FOLDER = "first/uploads"
BOUNDARY = "b0undary"


class Gallery:
    """Uploads images and looks at the folder. `folder` is UPLOAD_DIR, from the submission's folder on."""

    signatures = SIGNATURES

    def __init__(self, app, client, expect, nonce, stack):
        self._stack, self._inspector = stack, None
        self.app, self.client, self.expect, self.nonce = app, client, expect, nonce
        self.folder = FIRST_FOLDER

    def restart(self, max_bytes, *, absolute=False):
        """Start the app with another, absent folder, and with this limit."""
        self.folder = f"{self.nonce()}/{self.nonce()}"
        path = f"{self.app.launch.root}/{self.folder}" if absolute else self.folder
        self._environment = {"UPLOAD_DIR": path, "MAX_BYTES": str(max_bytes)}
        self.app.restart(self._environment, fresh=True)

    def restart_again(self, name, text):
        """Start the app anew as it was started last, in the folder that it has made, with a file of this name in it."""
        self.app.restart(self._environment, files={f"{self.folder}/{name}": text})

    def kind(self):
        return self.nonce.choice(list(SIGNATURES))

    def image(self, kind, size, token=""):
        """Return so many bytes that begin as an image of this kind does, with a token near the beginning."""
        head = SIGNATURES[kind] + token.encode()
        block = self.nonce.randbytes(min(size, 1009))
        return (head + block * (size // len(block) + 1))[:size]

    def name(self, token=None):
        return f"{token or self.nonce()}.{self.nonce.choice(('png', 'jpg'))}"

    def owner(self):
        return f"Zoë {self.nonce(8)}"

    def post(self, content, *, name=None, declared="image/png", owner=None, chunked=False):
        """Upload an image as `file`. The owner stands in the form and, ignored by all but a wrong app, in the query."""
        owner = owner or self.owner()
        parts = {"data": {"owner": owner}, "files": {"file": (name or self.name(), content, declared)}}
        if not chunked:
            return self.client.post("/avatars", params={"owner": owner}, **parts)
        request = self.client.build_request("POST", "/avatars", **parts)
        body = request.read()
        return self.client.post(
            "/avatars",
            params={"owner": owner},
            content=(body[start : start + 50_000] for start in range(0, len(body), 50_000)),
            headers={"content-type": request.headers["content-type"]},
        )

    def post_endless(self, mebibytes):
        """Upload a PNG of so many MiB, made while it is sent and without a Content-Length."""
        owner, block = self.owner(), self.nonce.randbytes(1 << 10) * (1 << 10)

        def parts():
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="owner"\r\n\r\n{owner}\r\n--{BOUNDARY}\r\n'
            head += f'Content-Disposition: form-data; name="file"; filename="{self.name()}"\r\nContent-Type: image/png\r\n\r\n'
            yield head.encode() + SIGNATURES["image/png"]
            for _part in range(mebibytes):
                yield block
            yield f"\r\n--{BOUNDARY}--\r\n".encode()

        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        options = {"params": {"owner": owner}, "headers": headers, "extensions": {"limit": 40}}
        return self.client.post("/avatars", content=parts(), **options)

    def accepted(self, content, because, **options):
        """Upload an image that has to be accepted; return its id and the reply."""
        reply = self.post(content, **options)
        body = self.expect.keys(reply, {}, because, status=201)
        avatar_id = body.get("id")
        held = isinstance(avatar_id, str) and avatar_id
        self.expect.that(held, "The id of an avatar should be a text.", expected='"id":"…"', got=body, reply=reply)
        return avatar_id, reply

    def get(self, avatar_id):
        return self.client.get(self.client.build_request("GET", "/avatars/x").url.copy_with(path=f"/avatars/{avatar_id}"))

    def check_kind(self, avatar_id, kind, because):
        reply = self.get(avatar_id)
        self.expect.status(reply, 200, "GET /avatars/{id} should be 200 for an avatar that was accepted.")
        got = reply.headers.get("Content-Type", "")
        held = got.partition(";")[0].strip().lower() == kind
        self.expect.that(held, because, expected=f"Content-Type: {kind}", got=f"Content-Type: {got}", reply=reply)
        return reply

    def inspector(self):
        """Return this test's reader of files."""
        if self._inspector is None:
            self._inspector = self._stack.enter_context(self.app.inspect())
        return self._inspector

    def stored(self):
        """Return path and size of all files below the submission's folder, but those that Python itself writes."""
        files = self.inspector().files()
        return {path: size for path, size in files.items() if "__pycache__" not in path.split("/")}

    def kept(self):
        """Return path and size of what is in UPLOAD_DIR."""
        return {path: size for path, size in self.stored().items() if path.startswith(f"{self.folder}/")}

    def holding(self, token, paths):
        """Return which of these files have the token in their first two MiB."""
        return [path for path in paths if token.encode() in self.inspector().read(path)]

    def check_kept(self, before, because, reply):
        """UPLOAD_DIR holds what it held."""
        after = self.kept()
        new = {path: size for path, size in after.items() if before.get(path) != size}
        told = ", ".join(f"{path} ({size} bytes)" for path, size in new.items()) or f"{len(before) - len(after)} files less"
        self.expect.that(after == before, because, expected="the files that were there before", got=told, reply=reply)

    @staticmethod
    def digest(content):
        return hashlib.sha256(content).hexdigest()


@pytest.fixture
def gallery(app, client, expect, nonce):
    with contextlib.ExitStack() as stack:
        yield Gallery(app, client, expect, nonce, stack)
