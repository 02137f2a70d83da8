"""The hidden suite of 38-deployment: what the Dockerfile, .dockerignore and requirements.txt say. What runs is in running/."""

import re
from fnmatch import fnmatch

from packaging.requirements import InvalidRequirement, Requirement

from gradewright.suite import point

#: Users that the Debian of a Python image has.
DEBIAN = "daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody".split()
SLIM = re.compile(r"(?:[\w.:-]+/)*python:3\.\d+\.\d+-slim(?:-\w+)?(?:@sha256:[0-9a-f]{64})?")
DIGEST = re.compile(r"(?:[\w.:-]+/)*python(?::[\w.-]*slim[\w.-]*)?@sha256:[0-9a-f]{64}")
SECRET = re.compile(r"(?i)(?:^|_)(?:SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIALS?|API_?KEY|PRIVATE_?KEY)(?:_KEY)?$")
#: A value for APP_SECRET that is written down, or a default for it.
WRITTEN = re.compile(r"""\bAPP_SECRET(?:["']?\s*=\s*["']?[^\s"'$]|:?[-=]["']?[^\s"'}$])""")
SECRET_FILES = (".env", ".env.*", "*.pem", "*.key", "id_rsa*", "*secret*")
SAMPLES = (".env.example", ".env.sample", ".env.template")
#: A command that installs packages: its arguments, up to where the next command begins.
INSTALL = re.compile(r"\b(?:uv\s+pip|pip3?(?:\.\d+)?)\s+(?:-\S+\s+)*(?:install|sync)\b([^;&|]*)")
CLEAN = re.compile(r"--no-cache(-dir)?\b|--mount=\S*type=cache|cache purge|cache clean|rm -\w+ \S*\.cache")
OFF = ("", "0", "false", "no", "off")
#: Lines of requirements.txt that name no package, and options of an installer that take a word.
OPTION = re.compile(r"--?(c|constraint|hash|index|extra-index|find|only|no-binary|prefer|require-hashes|trusted)")
TAKES = re.compile(r"-[rcfit]|--(requirement|constraint|find-links|(extra-)?index-url|target|prefix|python|root|cache-dir)")
TOOLS = ("pip", "setuptools", "wheel", "uv")
SERVERS = {"gunicorn": {"gunicorn"}, "uvicorn": {"uvicorn", "uvicorn-worker"}, "hypercorn": {"hypercorn"}}
PINNED = "Every package should be pinned with == to one version, so that two builds give the same image."


def check_stage(image, expect):
    expect.that(
        image.stages and image.command,
        "The Dockerfile should describe an image that runs something.",
        expected="FROM …, and CMD or ENTRYPOINT in the last stage",
        got="no command" if image.stages else "no FROM",
    )


@point("non-root")
def test_the_last_user_is_not_root(image, expect):
    check_stage(image, expect)
    because = "The container should run as a user without privileges: the last USER says which."
    step = image.stage.last("USER")
    expect.that(step, because, expected="USER …", got="no USER in the last stage, so root")
    name = step.expanded.strip("\"' ").partition(":")[0].strip()
    root = name in ("root", "") or (name.isdigit() and int(name) == 0)
    expect.that(not root, because, expected="any user but root", got=f"USER {step.value}")
    made = " ".join(each.expanded for each in image.steps if each.word in ("RUN", "COPY"))
    known = re.search(r"useradd|adduser", made) and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", made)
    expect.that(
        known or name.isdigit() or name in DEBIAN or "/etc/passwd" in made,
        "USER should name a user that the image has; else the container does not start.",
        expected=f"a RUN that makes the user {name}, or a number",
        got="no RUN that does",
    )


@point("no-secrets")
def test_the_image_keeps_no_secret(image, expect):
    check_stage(image, expect)
    for step in (step for stage in image.stages for step in stage.own):
        names = [name for name in named(step) if SECRET.search(name)]
        expect.that(
            not names,
            "No ENV, ARG or LABEL should carry a secret: everybody who has the image can read it.",
            expected="no such name",
            got=f"{step.word} {names[0] if names else ''}",
        )
        expect.that(
            not WRITTEN.search(step.value),
            "No instruction should write down a value for APP_SECRET.",
            expected="APP_SECRET from the environment only",
            got=f"a value in {step.word}",
        )
        copied = [source for source in sources(step) if is_secret(source)]
        expect.that(
            not copied,
            "No COPY should name a file of secrets.",
            expected="no such file",
            got=f"{step.word} {copied[0] if copied else ''}",
        )


def named(step):
    """Return the names that an ENV, ARG or LABEL sets or takes."""
    if step.word not in ("ENV", "ARG", "LABEL"):
        return []
    names = re.findall(r"""([\w.-]+)\s*=\s*(?:"[^"]*"|'[^']*'|\S*)""", step.value) or step.value.split()[:1]
    return [*names, *(word for word in step.value.split() if step.word == "ARG" and "=" not in word)]


def is_secret(source):
    name = source.rstrip("/").rpartition("/")[2].lower()
    return name not in SAMPLES and any(fnmatch(name, pattern) for pattern in SECRET_FILES)


def sources(step):
    """Return what a COPY or ADD takes from the folder."""
    if step.word not in ("COPY", "ADD") or not step.from_folder:
        return []
    return [re.sub(r"^(\./|/)+", "", source) or "." for source in step.words[:-1]]


def brings(found, name):
    """Return whether one of these sources of a COPY has a file of this name."""
    return any(source == "." or fnmatch(name, source) for source in found)


@point("no-secrets")
def test_env_and_git_are_ignored(folder, expect):
    names, read = folder
    because = "The file .dockerignore should keep .env and all of .git out of the build."
    expect.that(".dockerignore" in names, because, expected=".dockerignore", got="no such file")
    patterns = read(".dockerignore").splitlines()
    for name in (".env", ".git/HEAD", ".git/config", ".git/index", ".git/refs/heads/main", ".git/objects/00/11"):
        expect.that(ignored(name, patterns), because, expected=f"{name} left out", got=f"{name} in the build")
    for name in ("main.py", "requirements.txt"):
        needed = "What the image needs should not be left out by .dockerignore."
        expect.that(not ignored(name, patterns), needed, expected=f"{name} in the build", got=f"{name} left out")


def ignored(path, patterns):
    """Return whether .dockerignore leaves a path out: the last pattern that matches it, or a folder above it, decides."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    left_out = False
    for line in patterns:
        kept, pattern = line.strip().startswith("!"), line.strip().removeprefix("!").strip()
        pattern = re.sub(r"/+$", "", re.sub(r"^(\./|/)+", "", pattern))
        if pattern and not line.startswith("#") and any(rule(pattern).fullmatch(each) for each in above):
            left_out = not kept
    return left_out


def rule(pattern):
    """Return a pattern of .dockerignore as a regular expression."""
    kinds = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]\\]+\])", pattern)
    return re.compile("".join(kinds.get(part) or (part if part[:1] == "[" and part[1:] else re.escape(part)) for part in parts))


@point("lean-image")
def test_the_base_is_slim_and_pinned(image, expect):
    check_stage(image, expect)
    base = image.stage.chain[0].base
    expect.that(
        SLIM.fullmatch(base) or DIGEST.fullmatch(base),
        "The image should be built on a slim Python image whose version is pinned to the patch, or on its digest.",
        expected="python:3.X.Y-slim…, or a digest",
        got=base,
    )


@point("lean-image")
def test_packages_are_installed_before_the_code_is_copied(image, expect):
    check_stage(image, expect)
    own = [source for step in image.steps for source in sources(step)]
    expect.that(
        brings(own, "main.py"),
        "The image should have main.py in it.",
        expected="COPY … with main.py",
        got="no COPY with it in the last stage",
    )
    expect.that(
        any(reads_requirements(step) for stage in image.stages for step in stage.own),
        "The image should install the packages of requirements.txt.",
        expected="RUN pip install … -r requirements.txt",
        got="no such RUN",
    )
    for stage in image.stages:
        for at, step in enumerate(stage.steps):
            if not installing(step):
                continue
            before = [source for each in stage.steps[:at] for source in sources(each)]
            expect.that(
                not reads_requirements(step) or "type=bind" in step.value or brings(before, "requirements.txt"),
                "requirements.txt should be in the image when its packages are installed.",
                expected="COPY requirements.txt before that RUN",
                got="no COPY with it before",
            )
            expect.that(
                not brings(before, "main.py"),
                "Packages should be installed before the code is copied: else every change of the code installs them again.",
                expected="COPY requirements.txt, RUN pip install, and then COPY of the code",
                got=f"a COPY with main.py before RUN {step.value[:80]}",
            )


def installing(step):
    """Return the arguments of each command of a RUN that installs packages."""
    return [found[1] for found in INSTALL.finditer(step.text)] if step.word == "RUN" else []


def reads_requirements(step):
    return step.word == "RUN" and "requirements" in step.value and re.search(r"\b(pip3?|uv)\b", step.value)


@point("lean-image")
def test_no_cache_stays_in_the_image(image, expect):
    check_stage(image, expect)
    installs = [step for step in image.steps if installing(step)]
    expect.that(
        installs or len(image.stages) > 1,
        "The image should install the packages of requirements.txt.",
        expected="RUN pip install …",
        got="no such RUN",
    )
    for step in installs:
        set_off = any(step.known.get(name, "").lower() not in OFF for name in ("PIP_NO_CACHE_DIR", "UV_NO_CACHE"))
        expect.that(
            set_off or CLEAN.search(step.text),
            "The installer's cache should not stay in the image.",
            expected="pip install --no-cache-dir, or the same by other means",
            got=f"RUN {step.value[:100]}",
        )


@point("lean-image")
def test_versions_are_pinned(image, folder, expect):
    check_stage(image, expect)
    _names, read = folder
    lines = [re.sub(r"(^|\s)#.*$", "", line) for line in read("requirements.txt").replace("\\\n", " ").splitlines()]
    listed = [text for text in (re.sub(r"\s--hash=\S+", "", line).strip() for line in lines) if text and not OPTION.match(text)]
    named = [word for stage in image.stages for step in stage.own for part in installing(step) for word in packages(part)]
    for where, words in (("requirements.txt", listed), ("a RUN that installs", named)):
        loose = [word for word in words if not pinned(word)]
        expect.that(not loose, PINNED, expected="fastapi==…, and so on", got=f"{loose} in {where}")
    there = {pinned(word) for word in (*listed, *named)}
    there |= {"uvicorn"} if any(word.startswith("fastapi[") for word in listed) else set()
    command = " ".join([*image.command, image.told()])
    for name, ways in {"fastapi": {"fastapi"}, **{name: ways for name, ways in SERVERS.items() if name in command}}.items():
        because = "requirements.txt should have what the container's command needs."
        expect.that(there & ways, because, expected=f"{name}==…", got=listed)


def pinned(text):
    """Return the name of a requirement that names one version, else ""."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return ""
    one = [each for each in requirement.specifier if each.operator in ("==", "===") and not each.version.endswith("*")]
    return requirement.name.lower().replace("_", "-") if one and not requirement.url else ""


def packages(arguments):
    """Return the packages that an installer's command line names itself."""
    words, skip = [], False
    for word in (word.strip("\"'") for word in arguments.split()):
        if skip or word.startswith("-"):
            skip = not skip and TAKES.fullmatch(word)
        elif word not in TOOLS and "/" not in word and "requirements" not in word:
            words.append(word)
    return words
