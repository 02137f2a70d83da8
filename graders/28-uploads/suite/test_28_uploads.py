"""The hidden suite of 28-uploads.

What was stored is looked at in the folder, by a reader in the sandbox. That a large upload does not go through memory is the
kernel's word: exercise.toml gives the process less than the upload.
"""

from gradewright.suite import point

#: MiB of an upload that does not fit into the memory that exercise.toml allows.
LARGE = 110


@point("multipart")
def test_an_image_comes_back_as_it_was(client, gallery, expect, nonce):
    for kind, size in nonce.sample(
        [("image/png", 900), ("image/jpeg", 700), (gallery.kind(), nonce.randint(1_200_000, 1_500_000))], 3
    ):
        content, owner = gallery.image(kind, size), gallery.owner()
        because = "POST /avatars with a PNG or a JPEG should be 201."
        avatar_id, reply = gallery.accepted(content, because, owner=owner, declared=kind)
        wanted = {"owner": owner, "size": size, "sha256": gallery.digest(content)}
        expect.keys(reply, wanted, "POST /avatars should tell the owner, and size and SHA-256 of the file.", status=201)
        reply = gallery.get(avatar_id)
        expect.status(reply, 200, "GET /avatars/{id} should be 200 for an avatar that was accepted.")
        expect.that(
            reply.content == content,
            "GET /avatars/{id} should give the bytes that were uploaded, all of them and unchanged.",
            expected=f"{size} bytes, {content[:12]!r}…",
            got=f"{len(reply.content)} bytes, {reply.content[:12]!r}…",
            reply=reply,
        )
    for unknown in (nonce(32), gallery.name(), f"{nonce.randint(100, 999)}", "4c5f2b1e-0d3a-4b57-9a0c-b1d2e3f4a5b6"):
        expect.status(client.get(f"/avatars/{unknown}"), 404, "GET /avatars/{id} should be 404 for an id that nobody got.")


@point("form-fields")
def test_the_owner_is_a_form_field(client, gallery, expect, nonce):
    def post(data, **options):
        file = (gallery.name(), gallery.image(gallery.kind(), 200), "image/png")
        return client.post("/avatars", data=data, files={"file": file}, **options)

    for owner in (nonce(1), "ß" + nonce(29), f"{nonce(4)} & {nonce(4)}=ü+%"):
        because = "POST /avatars should take an owner of 1 to 30 characters from the form, and tell it unchanged."
        expect.keys(post({"owner": owner}), {"owner": owner}, because, status=201)
    before = gallery.kept()
    for data in nonce.sample(({}, {"owner": ""}, {"owner": nonce(31)}), 3):
        because = "POST /avatars should be 422 when the form has no owner of 1 to 30 characters."
        reply = post(data)
        expect.status(reply, 422, because)
        because = "After a 422, UPLOAD_DIR should hold what it held before: no file of a form without a good owner."
        gallery.check_kept(before, because, reply)
    because = "POST /avatars should be 422 when the owner stands in the query and not in the form."
    expect.status(post({}, params={"owner": nonce()}), 422, because)
    reply = client.post("/avatars", data={"owner": nonce()})
    expect.status(reply, 422, "POST /avatars should be 422 when there is no file.")
    reply = client.post("/avatars", json={"owner": nonce(), "file": nonce()})
    expect.status(reply, 422, "POST /avatars should be 422 when the body is JSON.")


@point("form-fields")
def test_contact_is_a_form(client, expect, nonce):
    for _form in range(2):
        fields = {"name": f"Zoë & {nonce()} = 100 % + 1", "message": f"{nonce()}\n{nonce()}"}
        reply = client.post("/contact", data=fields)
        expect.keys(reply, {"name": fields["name"]}, "POST /contact with a form should be 200 with the name.")
        reply = client.post("/contact", files={name: (None, value) for name, value in fields.items()})
        expect.keys(reply, {"name": fields["name"]}, "POST /contact should take a multipart form as well.")
        because = "POST /contact should be 422 when the fields come as JSON and not as a form."
        expect.status(client.post("/contact", json=fields), 422, because)
        because = "POST /contact should be 422 when the fields stand in the query and not in a form."
        expect.status(client.post("/contact", params=fields), 422, because)
        for missing in fields:
            rest = {name: value for name, value in fields.items() if name != missing}
            expect.status(client.post("/contact", data=rest), 422, f"POST /contact should be 422 without {missing}.")


@point("size-limit")
def test_one_byte_too_many(gallery, expect, nonce):
    most = nonce.randint(60_000, 400_000)
    gallery.restart(most, absolute=True)
    said = f"With MAX_BYTES={most}, POST /avatars"
    for chunked in nonce.sample((False, True), 2):
        how = "without a Content-Length" if chunked else "with a Content-Length"
        kind = gallery.kind()
        # The rest of the form is long, too. Whoever takes this for a path has the name at its end.
        name = "./" * nonce.randint(600, 700) + gallery.name()
        gallery.accepted(
            gallery.image(kind, most),
            f"{said} should be 201 for a file of {most} bytes, {how} and with a filename of {len(name)} characters: "
            "the limit is about the file.",
            name=name,
            declared=kind,
            chunked=chunked,
        )
        before = gallery.kept()
        for size in (most + 1, most + nonce.randint(100_000, 300_000)):
            reply = gallery.post(gallery.image(kind, size), declared=kind, chunked=chunked)
            expect.status(reply, 413, f"{said} should be 413 for a file of {size} bytes, {how}.")
            because = "After a 413, UPLOAD_DIR should hold what it held before: nothing of the file that was refused."
            gallery.check_kept(before, because, reply)
    kind = gallery.kind()
    gallery.accepted(
        gallery.image(kind, 500), f"{said} should be 201 for a small file, also after others got 413.", declared=kind
    )


@point("size-limit")
def test_a_large_upload_needs_no_memory(gallery, expect, nonce):
    most = nonce.randint(1_000_000, 2_000_000)
    gallery.restart(most)
    because = f"With MAX_BYTES={most}, POST /avatars should be 201 for a small file."
    gallery.accepted(gallery.image("image/png", 500), because)
    before = gallery.kept()
    reply = gallery.post_endless(LARGE)
    because = f"POST /avatars should be 413 for a file of {LARGE} MiB, and never have all of it in memory."
    expect.status(reply, 413, because)
    because = "After a 413, UPLOAD_DIR should hold what it held before: nothing of the file that was refused."
    gallery.check_kept(before, because, reply)


@point("sniffed-type")
def test_the_bytes_decide(gallery, expect, nonce):
    kinds = [("image/png", "text/plain"), ("image/jpeg", "image/png"), ("image/png", "image/jpeg"), ("image/jpeg", "text/html")]
    for kind, declared in nonce.sample(kinds, len(kinds)):
        because = f"POST /avatars should be 201 for the bytes of {kind}, whatever the client declares (here {declared})."
        name = f"{nonce()}.{nonce.choice(('html', 'txt', 'gif'))}"
        avatar_id, _reply = gallery.accepted(gallery.image(kind, nonce.randint(40, 400)), because, declared=declared, name=name)
        gallery.check_kind(avatar_id, kind, "GET /avatars/{id} should have the type that the bytes have.")
    for kind, signature in gallery.signatures.items():
        because = f"POST /avatars should be 201 for the {len(signature)} bytes that {kind} begins with: no more is checked."
        avatar_id, _reply = gallery.accepted(signature, because, declared=kind)
        gallery.check_kind(avatar_id, kind, "GET /avatars/{id} should have the type that the bytes have.")


@point("sniffed-type")
def test_what_is_no_image_is_refused(gallery, expect, nonce):
    because = "POST /avatars should be 201 for a PNG."
    gallery.accepted(gallery.image("image/png", 100), because)
    before = gallery.kept()
    png, jpeg, rest = gallery.signatures["image/png"], gallery.signatures["image/jpeg"], nonce.randbytes(nonce.randint(30, 300))
    contents = (
        f"<html><script>alert('{nonce()}')</script></html>".encode(),
        b"GIF89a" + rest,
        png[:7] + b"\x00" + rest,
        jpeg[:2] + b"\x00" + rest,
        b"\n" + png + rest,
        b"x" + jpeg + rest,
        png[1:4] + rest,
        b"",
    )
    for content in nonce.sample(contents, len(contents)):
        declared = nonce.choice(("image/png", "image/jpeg"))
        name = f"{nonce()}.{declared[6:]}"
        reply = gallery.post(content, declared=declared, name=name)
        shown = f"whose bytes begin with {content[:10]!r}" if content else "without any bytes"
        expect.status(reply, 415, f"POST /avatars should be 415 for a file {shown}, although it is declared as {declared}.")
        because = "After a 415, UPLOAD_DIR should hold what it held before: nothing of the file that was refused."
        gallery.check_kept(before, because, reply)


@point("safe-name")
def test_the_filename_names_nothing(app, gallery, expect, nonce):
    gallery.restart(100_000, absolute=nonce.random() < 0.5)
    own = nonce()
    names = [
        f"../{own}.png",
        f"../../{own}.png",
        f"{app.launch.root}/{own}.png",
        f"..\\{own}.png",
        f"{own}.png",
        f"{own}" + "x" * 300 + ".png",
        own,
    ]
    for name in nonce.sample(names, len(names)):
        before, token, kind = gallery.stored(), nonce(20), gallery.kind()
        shown = name if len(name) < 60 else f"{name[:30]}…"
        because = f"POST /avatars should be 201 whatever the filename is; here it is {shown}"
        avatar_id, reply = gallery.accepted(gallery.image(kind, 300, token), because, name=name, declared=kind)
        after = gallery.stored()
        new = [path for path, size in after.items() if before.get(path) != size]
        outside = [path for path in new if not path.startswith(f"{gallery.folder}/")]
        because = f"POST /avatars should write below UPLOAD_DIR only; here the filename is {shown}"
        expect.that(not outside, because, expected="no new file elsewhere", got=", ".join(outside), reply=reply)
        because = "POST /avatars should store the file below UPLOAD_DIR."
        told = ", ".join(new) or "no new file"
        expect.that(gallery.holding(token, new), because, expected="a new file with the content", got=told, reply=reply)
        because = "The name of a stored file should be the server's own, without any of the client's filename."
        expect.that(not any(own in path for path in new), because, expected="another name", got=told, reply=reply)
        check_token(gallery, expect, avatar_id, token)


@point("safe-name")
def test_equal_names_do_not_collide(gallery, expect, nonce):
    gallery.restart(100_000)
    name, owner, made = gallery.name(), gallery.owner(), {}
    tokens, kind = nonce.tokens(2, 20), gallery.kind()
    images = {token: gallery.image(kind, 300, token) for token in tokens}
    for token in nonce.sample((*tokens, tokens[0]), 3):
        because = "POST /avatars should be 201 also for a filename that was used before."
        avatar_id, reply = gallery.accepted(images[token], because, name=name, declared=kind, owner=owner)
        because = "Each avatar should have an id of its own, also where the same file comes twice."
        expect.that(avatar_id not in made, because, expected="another id", got=avatar_id, reply=reply)
        made[avatar_id] = token
    for avatar_id, token in made.items():
        check_token(gallery, expect, avatar_id, token)
    other = f"{nonce()}.txt"
    gallery.restart_again(other, nonce(20))
    because = "POST /avatars should be 201 also when UPLOAD_DIR was there before the app started."
    gallery.accepted(gallery.image("image/png", 300), because, name=name)
    because = "GET /avatars/{id} should be 404 for the name of a file that lay in UPLOAD_DIR before: it is nobody's id."
    expect.status(gallery.get(other), 404, because)


def check_token(gallery, expect, avatar_id, token):
    reply = gallery.get(avatar_id)
    expect.that(
        reply.status_code == 200 and token.encode() in reply.content,
        "GET /avatars/{id} should give the file that was uploaded under this id, and no other one.",
        expected=f"status 200, and a file with {token}",
        got=f"status {reply.status_code}, {len(reply.content)} bytes without it",
        reply=reply,
    )
