"""An app whose routes try what walls allow or forbid: processes, threads, files, sockets."""

import multiprocessing
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor

import anyio.to_process
from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()


def work(number):
    return number * number, os.getpid()


def attempt(action):
    try:
        return {"ok": str(action())}
    except BaseException as error:  # noqa: BLE001 - whatever refuses it is the answer
        return {"refused": type(error).__name__}


@app.get("/pool/{number}")
def pool(number: int):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as executor:
        value, pid = executor.submit(work, number).result()
    return {"value": value, "elsewhere": pid != os.getpid()}


@app.get("/anyio/{number}")
async def in_process(number: int):
    value, pid = await anyio.to_process.run_sync(work, number)
    return {"value": value, "elsewhere": pid != os.getpid()}


@app.get("/try/fork")
def fork():
    def action():
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        return os.waitpid(pid, 0)[1]

    return attempt(action)


@app.get("/try/program")
def program():
    return attempt(lambda: subprocess.run(["/usr/bin/env", "true"], check=True).returncode)


@app.get("/try/own-program")
def own_program():
    def action():
        shutil.copy("/usr/bin/env", "mine")
        os.chmod("mine", 0o755)
        return subprocess.run(["./mine"], check=True).returncode

    return attempt(action)


@app.get("/try/python")
def python():
    command = [sys.executable, "-c", "import fastapi; print('up')"]
    return attempt(lambda: subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())  # noqa: PLW0108


@app.get("/try/namespace")
def namespace():
    return attempt(lambda: os.unshare(0x10000000) if hasattr(os, "unshare") else _unshare())


def _unshare():
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000):
        raise OSError(ctypes.get_errno(), "unshare")


@app.get("/try/socket")
def new_socket():
    return attempt(lambda: socket.create_connection(("127.0.0.1", 9), 1))


@app.get("/try/file/{mebibytes}")
def file(mebibytes: int):
    def action():
        with tempfile.TemporaryFile() as temporary:
            for _part in range(mebibytes):
                temporary.write(b"x" * (1 << 20))
            temporary.flush()
        return mebibytes

    return attempt(action)


@app.post("/upload")
async def upload(file: UploadFile):
    size = 0
    while chunk := await file.read(1 << 20):
        size += len(chunk)
        if size > 10 << 20:
            raise HTTPException(413)
    return {"size": size}


@app.get("/copy")
def copy():
    pathlib.Path("a.txt").write_text("x")
    shutil.copy("a.txt", "b.txt")
    pathlib.Path("b.txt").chmod(0o600)
    pathlib.Path("b.txt").touch()
    return {"copied": pathlib.Path("b.txt").read_text()}


@app.get("/threads/{count}")
def threads(count: int):
    gate = threading.Barrier(count + 1)
    started = [threading.Thread(target=gate.wait) for _number in range(count)]
    for thread in started:
        thread.start()
    gate.wait()
    for thread in started:
        thread.join()
    return {"threads": count}
