"""The hidden suite of 27-streaming.

Nothing is timed but the two seconds that the brief names. The grader is the source of rows and ticks: it lets the app have so
many, keeps the next one back, and looks at what has arrived meanwhile.
"""

import contextlib
import email.message

from gradewright.suite import point

#: Seconds until a generator should be closed. The brief promises two; a busy machine gets more.
CLOSED = 4.0
GROUP = 100
#: Exports that block at the same time.
EXPORTS = 5


@point("gradual")
def test_lines_are_sent_while_later_ones_are_to_come(desk, source, expect, nonce):
    count = nonce.randint(900, 1200)
    title = f"GET /export?rows={count}"
    first = nonce.randint(140, 180)
    with desk.export(count) as reader:
        for stop in (first, first + nonce.randint(250, 350)):
            source.allow("rows", stop)
            desk.wait_at("rows", stop, reader, f"{title} should take its lines from source.rows({count}).")
            due = stop - GROUP
            source.wait(lambda due=due: reader.body.count(b"\n") >= due or reader.over, 2.0)
            arrived = reader.body.count(b"\n")
            expect.that(
                arrived >= due,
                f"{title} should send its lines while later ones are still to come, in groups of {GROUP} at the most: "
                "a reply that waits for the last line needs memory for all of them, and its client waits too.",
                expected=f"{due} lines or more have arrived when the app asks for line {stop + 1}",
                got=f"{arrived} lines have arrived",
                reply=reader.shown(),
            )
        source.allow("rows", count)
        desk.wait_ended(reader, f"{title} should end after its last line.", 8.0)
    check_content(expect, source, count, reader, title)


def check_content(expect, source, count, reader, title):
    wanted, got = source.text(count), reader.text()
    because = f"{title} should send the lines of source.rows({count}) as they are, and nothing else."
    if wanted != got:
        lines = wanted.split("\n"), got.split("\n")
        pairs = zip(*lines, strict=False)
        place = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(lines[0]), len(lines[1])))
        shown = [f"{len(text) - 1} lines; line {place + 1} is {text[place : place + 1]}" for text in lines]
        expect.that(False, because, expected=shown[0], got=shown[1], reply=reader.shown())
    expect.that(True, because, reply=reader.shown())


@point("gradual")
def test_rows_has_bounds(client, desk, source, expect, nonce):
    source.allow("rows", 10)
    with desk.export(1) as reader:
        desk.wait_ended(reader, "GET /export?rows=1 should end after its line.")
    check_content(expect, source, 1, reader, "GET /export?rows=1")
    for wrong in nonce.sample((0, 100_001, -nonce.number(), nonce(6), None), 5):
        params = {} if wrong is None else {"rows": wrong}
        reply = client.get("/export", params=params)
        expect.status(reply, 422, "GET /export should be 422 when rows is missing or is not an integer from 1 to 100000.")


@point("gradual")
def test_the_longest_export_starts_at_once(desk, source, expect):
    source.allow("rows", 200)
    with desk.export(100_000, leave_at=source.line(50)) as reader:
        source.wait(lambda: source.line(50).encode() in reader.body or reader.over, 2.0)
        desk.ok(reader)
        got = f"{reader.body.count(bytes([10]))} lines"
        because = "GET /export?rows=100000 should send its first lines when it has read them."
        expect.that(source.text(51).encode() in reader.body, because, expected="51 lines", got=got, reply=reader.shown())
        asked = [given for _run, given in source.runs["rows"]]
        because = "GET /export?rows=100000 should take its lines from source.rows(100000)."
        expect.equal([100_000], asked, because, reply=reader.shown())


@point("loop-free")
def test_ping_answers_while_a_row_blocks(desk, source, expect, nonce):
    count = nonce.randint(300, 400)
    because = (
        "While source.rows blocks in GET /export, GET /ping should answer: what blocks should not run on the event loop, "
        "neither the first row nor a later one."
    )
    with desk.export(count) as reader:
        for stop in (0, nonce.randint(120, 280)):
            source.allow("rows", stop)
            desk.wait_at("rows", stop, reader, f"GET /export?rows={count} should take its lines from source.rows({count}).")
            desk.check_ping(because)
        source.allow("rows", count)
        desk.wait_ended(reader, f"GET /export?rows={count} should end after its last line.")


@point("loop-free")
def test_exports_do_not_wait_for_each_other(desk, source, expect, nonce):
    counts = [nonce.randint(2, 20) for _export in range(EXPORTS)]
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(desk.export(count)) for count in counts]
        asked = source.wait(lambda: len(source.runs["rows"]) == EXPORTS or any(reader.over for reader in readers))
        got = len(source.runs["rows"])
        for reader in readers:
            desk.ok(reader)
        expect.that(
            asked and got == EXPORTS,
            f"While source.rows blocks in {EXPORTS - 1} exports, one more GET /export should take its lines, too: "
            "requests do not wait for each other.",
            expected=f"{EXPORTS} exports that ask source.rows for their first line",
            got=f"{got} of them",
            reply=readers[-1].shown(),
        )
        # How an export ends is other points' matter.
        source.finish()


@point("sse-frames")
def test_each_tick_is_an_event(desk, source, expect, nonce):
    count = nonce.randint(4, 6)
    source.empty = nonce.randint(1, count - 1)
    with desk.events() as reader:
        for index in range(count):
            source.allow("ticks", index + 1)
            because = "GET /events should take its ticks from source.ticks."
            desk.wait_at("ticks", index + 1, reader, because)
            # From where the ticks are counted is another point's matter.
            after = source.runs["ticks"][0][1]
            desk.check_event(reader, index, after)
        desk.check_kind(reader.reply, "text/event-stream", "GET /events should be text/event-stream, or no browser reads it.")
        source.finish()
        desk.wait_ended(reader, "GET /events should end when source.ticks ends.")
    got = [event["id"] for event in reader.events()]
    wanted = [str(source.tick(after, index)[0]) for index in range(count)]
    expect.equal(wanted, got, "GET /events should send one event for each tick, and no others.", reply=reader.shown())


@point("resume")
def test_the_stream_goes_on_after_the_last_id(desk, source, expect, nonce):
    for after in nonce.sample((None, nonce.number(), nonce.number(10**12, 10**15)), 3):
        asked = len(source.runs["ticks"])
        source.allow("ticks", 2)
        title = "GET /events without Last-Event-ID" if after is None else f"GET /events with Last-Event-ID: {after}"
        with desk.events(after, leave_at=source.mark(1)) as reader:
            desk.wait_mark(reader, 1, f"{title} should send the ticks of source.ticks.")
            source.wait(lambda seen=reader: len(seen.events()) > 1, 1.0)
            got = [event["id"] for event in reader.events()[:2]]
            wanted = [str(source.tick(after or 0, index)[0]) for index in range(2)]
            because = f"The first events of {title} should be those of source.ticks({after or 0})."
            expect.equal(wanted, got, because, reply=reader.shown())
            expect.equal([after or 0], [given for _run, given in source.runs["ticks"][asked:]], because, reply=reader.shown())


@point("stop-on-disconnect")
def test_the_generator_is_closed_when_the_client_leaves(desk, source, expect):
    source.allow("ticks", 2)
    arrives = "GET /events should send each tick when it comes."
    others = "When one client of GET /events leaves, the streams of the others, earlier and later ones, should go on."
    with contextlib.ExitStack() as stack:
        readers, runs = [], []
        # The first one leaves first, then the last one.
        for last in (1, 3, 2):
            before = len(source.runs["ticks"])
            readers.append(stack.enter_context(desk.events(leave_at=source.mark(last))))
            desk.wait_mark(readers[-1], 1, arrives)
            runs.append({run for run, _after in source.runs["ticks"][before:]})
        staying = [0, 1, 2]
        for tick, leaving in ((2, 0), (3, 2), (4, 1)):
            check_open(expect, source, set().union(*(runs[index] for index in staying)), readers[leaving])
            # No tick comes: only the connection can tell that the client has gone.
            readers[leaving].go()
            check_closed(expect, source, runs[leaving], readers[leaving])
            staying.remove(leaving)
            for index in staying:
                for run in runs[index]:
                    source.allow("ticks", tick + 1, run=run)
                desk.wait_mark(readers[index], tick, others)


def check_open(expect, source, runs, reader):
    expect.that(
        not runs.intersection(source.closed),
        "GET /events should keep its generator of ticks open as long as its client stays.",
        expected="an open generator",
        got="it was closed",
        reply=reader.shown(),
    )


def check_closed(expect, source, runs, reader):
    source.wait(lambda: runs <= set(source.closed), CLOSED)
    expect.that(
        runs <= set(source.closed),
        "When the client of GET /events leaves, the generator of source.ticks should be closed within 2 seconds, "
        "also while no tick comes: otherwise it goes on for ever, for nobody.",
        expected="the generator is closed",
        got="it is open",
        reply=reader.shown(),
    )


@point("stop-on-disconnect")
def test_the_generator_is_closed_when_the_ticks_end(desk, source, expect, nonce):
    count = nonce.randint(2, 4)
    source.allow("ticks", count)
    with desk.events() as reader:
        desk.wait_mark(reader, count - 1, "GET /events should send each tick when it comes.")
        source.finish()
        desk.wait_ended(reader, "GET /events should end when source.ticks ends.")
        runs = {run for run, _after in source.runs["ticks"]}
        source.wait(lambda: runs <= set(source.closed), CLOSED)
        because = "When the ticks end, their generator should be closed and the reply should end."
        expect.that(runs <= set(source.closed), because, expected="closed", got="open", reply=reader.shown())


@point("headers")
def test_the_headers_say_what_it_is(desk, source, expect, nonce):
    source.allow("rows", 100)
    with desk.export(nonce.randint(2, 20)) as reader:
        desk.wait_ended(reader, "GET /export should end after its last line.")
    desk.check_kind(reader.reply, "text/csv", "GET /export should be text/csv.")
    check_download(expect, reader.reply)
    source.allow("ticks", 2)
    with desk.events(leave_at=source.mark(1)) as reader:
        desk.wait_mark(reader, 1, "GET /events should send each tick when it comes.")
        desk.check_kind(reader.reply, "text/event-stream", "GET /events should be text/event-stream.")
        value = reader.reply.headers.get("Cache-Control", "")
        words = {word.partition("=")[0].strip().lower() for word in value.split(",")}
        expect.that(
            words & {"no-cache", "no-store"},
            "GET /events should forbid caches to keep the stream.",
            expected="Cache-Control: no-cache, or no-store",
            got=f"Cache-Control: {value}" if value else "no Cache-Control",
            reply=reader.reply,
        )


def check_download(expect, reply):
    value = reply.headers.get("Content-Disposition", "")
    parsed = email.message.Message()
    parsed["Content-Disposition"] = value
    expect.that(
        parsed.get_content_disposition() == "attachment" and (parsed.get_filename() or "").endswith(".csv"),
        "GET /export should tell the client to save the reply as a file whose name ends in .csv.",
        expected='Content-Disposition: attachment; filename="….csv"',
        got=f"Content-Disposition: {value}" if value else "no Content-Disposition",
        reply=reply,
    )
