# Grades strangers' code where the host has no Landlock, seccomp or bubblewrap of its own. See docs/security.md.
FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap libseccomp2 redis-server \
    && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN pip install --no-cache-dir --require-hashes -r /src/constraints.txt \
    && pip install --no-cache-dir --no-deps /src \
    && rm -rf /src
RUN useradd --create-home grader
USER grader
WORKDIR /home/grader
ENTRYPOINT ["grade"]
CMD ["doctor"]
