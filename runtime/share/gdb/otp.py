# SPDX-License-Identifier: Apache-2.0
"""Processes of libotp, in gdb: live programs and cores.

    gdb -x otp.py PROGRAM [CORE]    or, in gdb: source otp.py

    otp processes [TEXT]        all of them, or those with TEXT in their line
    otp backtrace PID [full]    the stack of one, also while it waits
    otp gcore FILE              a core of a live program, with these stacks

A PID is written <0.5.1>, 0.5.1, 5.1, 5, or as the registered name.

Nothing is called in the program and nothing of it is changed, so that a core
does as well as a live program. Structures are found by debug information: libotp
has to be built with -g. Their meaning is that of runtime/src/core/core.h.
"""

import re
import struct

import gdb
import gdb.unwinder

WHERE_MAX = 200  # stacks that `otp processes` looks at
HIBERNATES = 2  # in `blocked` of a process
INBOX_MAX = 100000  # messages of an inbox that are counted


def runtime():
    """The runtime's one global; an error that says what is missing."""
    symbol = gdb.lookup_global_symbol("otpi_runtime")
    if symbol is None:
        try:
            gdb.parse_and_eval("&otpi_runtime")
        except gdb.error:
            raise gdb.GdbError(
                "there is no libotp in this program, or it is stripped"
            )
        raise gdb.GdbError(
            "libotp has no debug information here: build it with -g"
        )
    try:
        value = symbol.value()
        value.fetch_lazy()
    except gdb.error as error:
        raise gdb.GdbError("the program's memory can't be read: %s" % error)
    if int(value["chunks"]) == 0:
        raise gdb.GdbError("the runtime has not been started")
    return value


def read(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def pointer_at(address):
    return struct.unpack("<Q", read(address, 8))[0]


def text_at(address, texts={}):
    """A constant of the program; looked up once each."""
    if address == 0:
        return ""
    if address not in texts:
        char = gdb.lookup_type("char").pointer()
        texts[address] = gdb.Value(address).cast(char).string(errors="replace")
    return texts[address]


class Fields:
    """Some fields of a structure, by the size and place they have in memory."""

    def __init__(self, kind, *names):
        self.size = kind.sizeof
        self.at = {}
        for field in kind.strip_typedefs().fields():
            if field.name in names:
                letter = {1: "B", 2: "H", 4: "I", 8: "Q"}[field.type.sizeof]
                self.at[field.name] = ("<" + letter, field.bitpos // 8)
        missing = [name for name in names if name not in self.at]
        if missing:
            raise gdb.GdbError(
                "this libotp is not the one otp.py belongs to: no field %s"
                % ", ".join(missing)
            )

    def get(self, memory, name, offset=0):
        letter, at = self.at[name]
        return struct.unpack_from(letter, memory, offset + at)[0]


class World:
    """What is the same for all processes while the program stands still."""

    def __init__(self):
        self.rt = runtime()
        facts = gdb.lookup_global_symbol("otpi_debug_facts").value()
        self.slot_chunk = int(facts["slot_chunk"])
        self.idle = int(facts["inbox_idle"])
        self.dead = int(facts["inbox_dead"])
        # By way of the global: the program may have structures of these names.
        self.process = self.rt["chunks"].type.target().target()
        self.runner = self.field(self.process, "runner").target()
        self.thread = self.field(self.runner, "thread").target()
        self.worker = self.rt["workers"].type.target()
        self.fields = Fields(
            self.process, "inbox", "serial", "kind", "runner", "mark",
            "queue_len", "process_class", "id", "handled", "busy_us", "blocked",
        )
        self.message = Fields(
            self.field(self.process, "queue").target(), "next", "kind"
        )
        self.names = self.find_names(int(facts["first_atoms"]))
        self.threads = self.find_threads()
        self.running = {t["running"]: t for t in self.threads if t["running"]}
        self.resting = self.find_resting()

    @staticmethod
    def field(kind, name):
        for field in kind.strip_typedefs().fields():
            if field.name == name:
                return field.type
        raise gdb.GdbError(
            "this libotp is not the one otp.py belongs to: no field " + name
        )

    def find_names(self, first):
        """The registered names: pid key -> text."""
        atoms = self.rt["atoms"]
        left = int(atoms["count"])
        fields = Fields(
            atoms["chunks"].type.target().target(), "text", "pid"
        )
        names = {}
        for chunk in range(64):
            if left <= 0:
                break
            count = min(left, first << chunk)
            memory = read(
                int(atoms["chunks"][chunk]), count * fields.size
            )
            for i in range(count):
                key = fields.get(memory, "pid", i * fields.size)
                if key:
                    names[key] = text_at(
                        fields.get(memory, "text", i * fields.size)
                    )
            left -= count
        return names

    def thread_of(self, value):
        worker = value["worker"]
        return {
            "running": int(value["running"]),
            "tid": int(value["tid"]),
            "pthread": int(value["pthread"]),
            "number": int(value["number"]),
            "worker": int(worker["index"]) if int(worker) else -1,
        }

    def find_threads(self):
        head = self.rt["threads"]
        on = [f for f in self.thread.fields() if f.name == "on"][0]
        end = int(head.address)
        at = int(head["next"])
        found = []
        while at and at != end and len(found) < 100000:
            value = gdb.Value(at - on.bitpos // 8)
            value = value.cast(self.thread.pointer()).dereference()
            found.append(self.thread_of(value))
            at = int(value["on"]["next"])
        return found

    def find_resting(self):
        workers = self.rt["workers"]
        if int(workers) == 0:
            return set()
        count = int(self.rt["worker_count"])
        return {int(workers[i]["resting"]) for i in range(count)}

    def kind_of(self, number):
        names = {
            f.enumval: f.name for f in gdb.lookup_type(
                "enum process_kind").fields()
        }
        return names.get(number, "")

    def processes(self):
        count = int(self.rt["slot_count"])
        size = self.fields.size
        for first in range(0, count, self.slot_chunk):
            base = int(self.rt["chunks"][first // self.slot_chunk])
            memory = read(base, self.slot_chunk * size)
            for i in range(self.slot_chunk):
                inbox = self.fields.get(memory, "inbox", i * size)
                if inbox != self.dead:
                    yield Process(self, base + i * size, memory, i * size)

    def find(self, text):
        match = re.fullmatch(r"<?(?:0\.)?(\d+)(?:\.(\d+))?>?", text)
        for process in self.processes():
            if match is None:
                if process.name == text:
                    return process
            elif process.id == int(match.group(1)):
                serial = match.group(2)
                # "0.5" may be 5 of any serial, or 0 and 5: slots begin at 1.
                if serial is None or process.serial == int(serial):
                    return process
        raise gdb.GdbError("there is no process %s" % text)


class Process:
    def __init__(self, world, address, memory, offset):
        def get(name):
            return world.fields.get(memory, name, offset)

        self.world = world
        self.address = address
        self.id = get("id")
        self.serial = get("serial")
        self.inbox = get("inbox")
        self.mark = get("mark")
        self.queue_len = get("queue_len")
        self.runner = get("runner")
        self.blocked = get("blocked")
        self.handled = get("handled")
        self.busy_us = get("busy_us")
        self.kind = get("kind")
        self.class_at = get("process_class")
        self.name = world.names.get(self.serial << 32 | self.id, "")

    def pid(self):
        return "<0.%d.%d>" % (self.id, self.serial)

    def is_thread(self):
        return self.world.kind_of(self.kind) == "PROCESS_FOREIGN"

    def what(self):
        if self.class_at:
            class_type = World.field(
                self.world.process, "process_class").target()
            value = gdb.Value(self.class_at).cast(class_type.pointer())
            return text_at(int(value["name"]))
        return "(thread)" if self.is_thread() else "(plain)"

    def thread(self):
        """What runs it now, or, of a thread's record, that thread."""
        if self.is_thread():
            native = [f for f in self.world.thread.fields()
                      if f.name == "native_runner"][0]
            at = gdb.Value(self.runner - native.bitpos // 8)
            return self.world.thread_of(
                at.cast(self.world.thread.pointer()).dereference())
        return self.world.running.get(self.address)

    def waits(self):
        return (self.inbox == self.world.idle
                or self.address in self.world.resting)

    def status(self):
        if self.thread() and not (self.is_thread() and self.waits()):
            return "running"
        if not self.waits():
            return "runnable"
        if self.runner:
            return "blocked"
        return "hibernated" if self.blocked == HIBERNATES else "idle"

    def mailbox(self):
        """What was received, and what has arrived since."""
        message = self.world.message
        at = self.inbox
        count = self.queue_len
        if at == self.world.idle:
            at = 0
        while at and at != self.mark:
            if count >= INBOX_MAX + self.queue_len:
                return "%d+" % count
            memory = read(at, message.size)
            # Calls and messages come first in signal.def.
            count += message.get(memory, "kind") <= 1
            at = message.get(memory, "next")
        return str(count)

    def fiber(self):
        """Where its stack was left; None: it has none, or runs on it."""
        if self.runner == 0 or self.thread():
            return None
        value = gdb.Value(self.runner).cast(self.world.runner.pointer())
        return int(value["fiber"]["sp"])


# --- stacks that no thread runs on ------------------------------------------


def saved_x86_64(sp):
    """arch/switch_x86_64.S."""
    r15, r14, r13, r12, rbx, rbp, rip = struct.unpack(
        "<7Q", read(sp + 8, 56))
    return {"r15": r15, "r14": r14, "r13": r13, "r12": r12, "rbx": rbx,
            "rbp": rbp, "rip": rip, "rsp": sp + 64}


def saved_aarch64(sp):
    """arch/switch_aarch64.S."""
    saved = struct.unpack("<12Q", read(sp + 16, 96))
    registers = {"x%d" % (19 + i): saved[i] for i in range(12)}
    registers["pc"] = registers["x30"]
    registers["sp"] = sp + 176
    return registers


SAVED = {"i386:x86-64": saved_x86_64, "aarch64": saved_aarch64}


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class FiberUnwinder(gdb.unwinder.Unwinder):
    """While it has registers: what called the selected thread's innermost
    frame seems to be what left the fiber."""

    def __init__(self):
        super().__init__("otp fiber")
        self.registers = None
        self.sp = None
        self.pc = None

    def __call__(self, frame):
        if self.registers is None:
            return None
        sp = int(frame.read_register("sp"))
        pc = int(frame.read_register("pc"))
        if (sp, pc) != (self.sp, self.pc):
            return None
        # Below the fiber's own, or gdb takes the next for a broken stack.
        low = min(self.registers.get("rsp", 0) or self.registers["sp"], sp)
        info = frame.create_unwind_info(
            FrameId(gdb.Value(low - 64), gdb.Value(pc)))
        for name, value in self.registers.items():
            info.add_saved_register(
                name, gdb.Value(struct.pack("<Q", value),
                                gdb.lookup_type("unsigned long")))
        return info


UNWINDER = FiberUnwinder()
gdb.unwinder.register_unwinder(None, UNWINDER, replace=True)


class OnFiber:
    """with OnFiber(sp) as skip: the first `skip` frames are not its own."""

    def __init__(self, sp):
        self.sp = sp

    def __enter__(self):
        frame = gdb.newest_frame()
        saved = SAVED.get(frame.architecture().name())
        if saved is None:
            raise gdb.GdbError("stacks of this processor are not known")
        skip = 1
        while frame.type() == gdb.INLINE_FRAME:
            frame = frame.older()
            skip += 1
        UNWINDER.sp = int(frame.read_register("sp"))
        UNWINDER.pc = int(frame.read_register("pc"))
        UNWINDER.registers = saved(self.sp)
        gdb.invalidate_cached_frames()
        return skip

    def __exit__(self, *error):
        UNWINDER.registers = None
        gdb.invalidate_cached_frames()


def select_thread(thread):
    """gdb's thread for one of ours."""
    inferior = gdb.selected_inferior()
    for known in inferior.threads():
        if known.ptid[1] == thread["tid"] or known.ptid[2] == thread["tid"]:
            known.switch()
            return
    for known in inferior.threads():
        # Another name space of numbers: by its pthread_t, if gdb knows it.
        try:
            handle = struct.unpack("<Q", known.handle()[:8])[0]
        except (gdb.error, NotImplementedError):
            continue
        if handle == thread["pthread"]:
            known.switch()
            return
    raise gdb.GdbError("gdb does not know its thread, %d" % thread["tid"])


class KeepThread:
    def __enter__(self):
        self.thread = gdb.selected_thread()
        if self.thread is None:
            raise gdb.GdbError("there is no live program, and no core")

    def __exit__(self, *error):
        self.thread.switch()


def is_ours(frame):
    table = frame.find_sal().symtab
    return table is not None and "runtime/src/" in table.filename


def where(frame):
    """The innermost function that is not libotp's, and what it called there."""
    called = None
    for _ in range(100):
        if frame is None or not frame.is_valid():
            return called or ""
        name = frame.name() or "??"
        if not is_ours(frame) and called:
            sal = frame.find_sal()
            place = ""
            if sal.symtab:
                place = " (%s:%d)" % (
                    sal.symtab.filename.split("/")[-1], sal.line)
            return "%s%s, in %s" % (name, place, called)
        if name.startswith("otp_"):
            called = name
        elif called is None and not is_ours(frame):
            called = name
        frame = frame.older()
    return called or ""


def where_of(process):
    """Of a process that has a stack; "" for others."""
    try:
        thread = process.thread()
        if thread:
            select_thread(thread)
            return "thread %d: %s" % (
                thread["number"], where(gdb.newest_frame()))
        sp = process.fiber()
        if sp is None:
            return ""
        with OnFiber(sp) as skip:
            frame = gdb.newest_frame()
            for _ in range(skip):
                frame = frame.older()
            return where(frame)
    except (gdb.error, gdb.MemoryError) as error:
        return "(%s)" % error


class Otp(gdb.Command):
    """Processes of libotp: otp processes, otp backtrace PID, otp gcore FILE."""

    def __init__(self):
        super().__init__("otp", gdb.COMMAND_STACK, prefix=True)


class OtpProcesses(gdb.Command):
    """All processes: otp processes [TEXT]

Pid, registered name, class, status, messages that wait, messages handled,
milliseconds of work, and, of those that have a stack, where they are. With TEXT
only those in whose line it stands."""

    HEADER = ("pid", "name", "class", "status", "mailbox", "handled", "ms")

    def __init__(self):
        super().__init__("otp processes", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        world = World()
        text = argument.strip()
        rows = []
        with KeepThread():
            looked_at = 0
            for process in world.processes():
                row = [
                    process.pid(), process.name or "-", process.what(),
                    process.status(), process.mailbox(),
                    str(process.handled), str(process.busy_us // 1000),
                ]
                place = ""
                if process.runner and looked_at < WHERE_MAX:
                    looked_at += 1
                    place = where_of(process)
                elif process.runner:
                    place = "..."
                row.append(place)
                if text in " ".join(row):
                    rows.append(row)
        self.show(rows)

    def show(self, rows):
        table = [list(self.HEADER) + ["where"]] + rows
        widths = [max(len(row[i]) for row in table) for i in range(7)]
        for row in table:
            cells = [
                cell.rjust(width) if i in (4, 5, 6) else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, widths))
            ]
            gdb.write(("  ".join(cells) + "  " + row[7]).rstrip() + "\n")
        gdb.write("%d processes\n" % len(rows))


class OtpBacktrace(gdb.Command):
    """The stack of a process: otp backtrace PID [full]

PID is <0.5.1>, 0.5.1, 5.1, 5, or a registered name. A process that runs is on a
thread; one that waits within a handler keeps its stack; one that is idle has
none. With `full`, local variables are shown, too."""

    def __init__(self):
        super().__init__("otp backtrace", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not words or len(words) > 2 or words[1:] not in ([], ["full"]):
            raise gdb.GdbError("usage: otp backtrace PID [full]")
        process = World().find(words[0])
        gdb.write("%s %s %s, %s\n" % (
            process.pid(), process.name or "-", process.what(),
            process.status()))
        with KeepThread():
            self.show(process, "bt -full" if words[1:] else "bt")

    def show(self, process, command):
        thread = process.thread()
        if thread:
            select_thread(thread)
            gdb.execute(command)
            return
        sp = process.fiber()
        if sp is None:
            gdb.write("it has no stack: it waits for %s\n" % (
                "a message" if process.waits() else "its turn"))
            return
        with OnFiber(sp) as skip:
            self.write_from(gdb.execute(command, to_string=True), skip)

    def write_from(self, text, skip):
        """Frames from number `skip` on, as if they were the first."""
        shown = False
        for line in text.splitlines():
            match = re.match(r"#(\d+) +(.*)", line)
            if match:
                number = int(match.group(1)) - skip
                shown = number >= 0
                line = "#%-2d %s" % (number, match.group(2))
            if shown:
                gdb.write(line + "\n")


# --- cores ------------------------------------------------------------------

PAGE = 4096
CHUNK = 1 << 20


def loaded(core):
    """The pieces of memory that a core file has: address, offset, size."""
    head = core.read(64)
    at, size, count = (
        struct.unpack_from("<Q", head, 32)[0],
        struct.unpack_from("<H", head, 54)[0],
        struct.unpack_from("<H", head, 56)[0],
    )
    core.seek(at)
    table = core.read(size * count)
    for i in range(count):
        kind, _, offset, address, _, in_file = struct.unpack_from(
            "<IIQQQQ", table, i * size)
        if kind == 1 and in_file > 0:
            yield address, offset, in_file


def write_pages(core, address, offset, size):
    """Page by page: those that can't be read are guards."""
    for at in range(0, size, PAGE):
        try:
            page = read(address + at, min(PAGE, size - at))
        except gdb.MemoryError:
            continue
        core.seek(offset + at)
        core.write(page)


def mend(name):
    """gdb gives a piece up at the first page that can't be read, and the guards
    of our stacks are such pages in the middle of one."""
    mended = 0
    with open(name, "r+b") as core:
        for address, offset, size in list(loaded(core)):
            broken = False
            for at in range(0, size, CHUNK):
                length = min(CHUNK, size - at)
                try:
                    memory = read(address + at, length)
                except gdb.MemoryError:
                    broken = True
                    write_pages(core, address + at, offset + at, length)
                    continue
                if broken:
                    core.seek(offset + at)
                    core.write(memory)
            mended += broken
    return mended


class OtpGcore(gdb.Command):
    """Write a core of the live program: otp gcore FILE

As gcore, which leaves stacks of processes out where their guards are marked
pages (Linux 6.13 and later). Cores that the kernel writes have them anyway."""

    def __init__(self):
        super().__init__("otp gcore", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 1:
            raise gdb.GdbError("usage: otp gcore FILE")
        gdb.execute("generate-core-file " + words[0], to_string=True)
        mended = mend(words[0])
        gdb.write("wrote %s; %d pieces of it mended\n" % (words[0], mended))


Otp()
OtpProcesses()
OtpBacktrace()
OtpGcore()
