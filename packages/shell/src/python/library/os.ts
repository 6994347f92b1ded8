/** os: files, the environment, processes. */
import { ProcessExit, SIGNALS, type Signal } from "@drydock/machine"
import { findExecutable } from "../../tools/executables.ts"
import { nativeClass } from "../objects/define.ts"
import { TextFile } from "../objects/files.ts"
import { toCount, toFloat } from "../objects/numbers.ts"
import { guarded, osError, raised, typeError } from "../objects/raise.ts"
import {
  Bytes,
  Dict,
  Instance,
  List,
  OBJECT,
  type PyClass,
  PyFloat,
  type Task,
  Tuple,
  TUPLE,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { errorText } from "../objects/raise.ts"
import { defineModule } from "./define-module.ts"
import { namedTuple } from "./sys.ts"

/** The path that a str, bytes or path object names. */
export function* pathOf(python: Interpreter, value: Value): Task<string> {
  yield* python.settleFiles()
  if (typeof value === "string") return value
  if (value instanceof Bytes) return new TextDecoder().decode(value.data)
  if (value instanceof Instance && value.cls.lookup("__fspath__") !== undefined)
    return String(yield* python.callMethod(value, "__fspath__", []))
  throw typeError(`expected str, bytes or os.PathLike object, not ${typeOf(value).name}`)
}

const STAT = nativeClass("os", "stat_result", [TUPLE])
const TYPES: Readonly<Record<string, number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
  socket: 0o140000,
  "character-device": 0o020000,
  "block-device": 0o060000,
}

const statOf = (python: Interpreter, path: string, follow: boolean): Tuple => {
  const { files } = python.process
  const found = guarded([path], () => (follow ? files.stat(path) : files.lstat(path)))
  const seconds = (ms: number) => new PyFloat(ms / 1_000)
  const whole = [TYPES[found.type] | found.mode, found.inode, found.device, found.links, found.uid, found.gid, found.size]
  const times = [found.accessedAt, found.modifiedAt, found.changedAt]
  const names = ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size"]
  const made = namedTuple(STAT, names, [...whole, ...times.map((ms) => Math.floor(ms / 1_000))])
  for (const [index, name] of ["st_atime", "st_mtime", "st_ctime"].entries()) made.attrs?.map.set(name, seconds(times[index]))
  return made
}

/** Runs a command line by sh, as system(3). */
export function* shell(python: Interpreter, command: string): Task<number> {
  yield* python.flush()
  const child = guarded(["/bin/sh"], () => python.process.spawnFile("/bin/sh", { argv: ["sh", "-c", command], env: environment(python) }))
  const ended = yield* python.system(() => python.process.waitFor({ pid: child.pid }))
  if (ended?.status.kind === "signaled") return SIGNALS[ended.status.signal].number
  return ended?.status.kind === "exited" ? ended.status.code << 8 : 0
}

/** What os.environ holds now. */
export const environment = (python: Interpreter): Map<string, string> => {
  const held = python.modules.get("os")?.attrs.map.get("environ")
  const result = new Map<string, string>()
  const data = held instanceof Instance ? held.attrs?.map.get("_data") : undefined
  if (data instanceof Dict) {
    for (const [key, value] of data.map) if (typeof key === "string" && typeof value === "string") result.set(key, value)
    return result
  }
  return new Map(python.process.env)
}

const ENTRY: PyClass = nativeClass("posix", "DirEntry", [OBJECT])

const entryOf = (directory: string, name: string, type: string): Value => {
  const made = new Instance(ENTRY)
  made.attrs?.map
    .set("name", name)
    .set("path", `${directory.replace(/\/$/, "")}/${name}`)
    .set("_type", type)
  return made
}

const onPath = (act: (python: Interpreter, path: string, values: Value[]) => Value | void) =>
  function* (python: Interpreter, values: Value[]): Task {
    const path = yield* pathOf(python, values[0])
    return guarded([values[0]], () => act(python, path, values) ?? null)
  }

const mode = (value: Value, fallback: number): number => (value === undefined ? fallback : toCount(value))

export const os = defineModule({
  name: "os",
  functions: {
    _names: [
      "",
      (python) => {
        const dict = new Dict()
        for (const [name, value] of python.process.env) dict.map.set(name, value)
        return dict
      },
    ],
    getcwd: ["", (python) => python.process.cwd],
    chdir: [
      "path",
      onPath((python, path) => {
        const { files } = python.process
        const absolute = files.realpath(path)
        if (files.stat(absolute).type !== "directory") throw osError("ENOTDIR", path)
        python.process.cwd = absolute
        return null
      }),
    ],
    listdir: [
      "path=",
      function* (python, [path]) {
        const place = path === undefined || path === null ? "." : yield* pathOf(python, path)
        return guarded([place], () => new List(python.process.files.list(place).map(({ name }) => name)))
      },
    ],
    _scandir: [
      "path",
      onPath((python, path) => new List(python.process.files.list(path).map(({ name, type }) => entryOf(path, name, type)))),
    ],
    mkdir: [
      "path, mode=",
      onPath((python, path, [, bits]) => python.process.files.mkdir(path, { mode: mode(bits, 0o777) & ~python.process.umask })),
    ],
    rmdir: ["path", onPath((python, path) => python.process.files.rmdir(path))],
    remove: [
      "path",
      onPath((python, path) => {
        if (python.process.files.lstat(path).type === "directory") throw osError("EISDIR", path)
        python.process.files.remove(path)
        return null
      }),
    ],
    _remove_tree: ["path", onPath((python, path) => python.process.files.remove(path, { recursive: true }))],
    rename: [
      "src, dst",
      function* (python, [from, to]) {
        const [a, b] = [yield* pathOf(python, from), yield* pathOf(python, to)]
        guarded([a, b], () => python.process.files.rename(a, b))
        return null
      },
    ],
    symlink: [
      "src, dst",
      function* (python, [from, to]) {
        const [a, b] = [yield* pathOf(python, from), yield* pathOf(python, to)]
        guarded([a, b], () => python.process.files.symlink(a, b))
        return null
      },
    ],
    link: [
      "src, dst",
      function* (python, [from, to]) {
        const [a, b] = [yield* pathOf(python, from), yield* pathOf(python, to)]
        guarded([a, b], () => python.process.files.link(a, b))
        return null
      },
    ],
    readlink: ["path", onPath((python, path) => python.process.files.readlink(path))],
    chmod: ["path, mode", onPath((python, path, [, bits]) => python.process.files.chmod(path, toCount(bits)))],
    chown: ["path, uid, gid", onPath((python, path, [, uid, gid]) => python.process.files.chown(path, toCount(uid), toCount(gid)))],
    truncate: ["path, length", onPath((python, path, [, length]) => python.process.files.truncate(path, toCount(length)))],
    utime: [
      "path, times=",
      onPath((python, path, [, times]) => {
        const now = python.process.now()
        const [first, second] = times instanceof Tuple ? times.items.map((one) => toFloat(one) * 1_000) : [now, now]
        python.process.files.utimes(path, first, second)
        return null
      }),
    ],
    mkfifo: ["path, mode=", onPath((python, path, [, bits]) => python.process.files.mkfifo(path, mode(bits, 0o666)))],
    access: [
      "path, mode",
      onPath((python, path, [, want]) => {
        const bits = toCount(want)
        return (
          python.process.files.exists(path) &&
          python.process.files.access(path, { read: (bits & 4) > 0, write: (bits & 2) > 0, execute: (bits & 1) > 0 })
        )
      }),
    ],
    stat: ["path, *, follow_symlinks=", onPath((python, path) => statOf(python, path, true))],
    lstat: ["path", onPath((python, path) => statOf(python, path, false))],
    _exists: ["path", onPath((python, path) => python.process.files.exists(path))],
    _type: [
      "path, follow=",
      onPath((python, path, [, follow]) => {
        const { files } = python.process
        try {
          return (follow === false ? files.lstat(path) : files.stat(path)).type
        } catch {
          return ""
        }
      }),
    ],
    _realpath: [
      "path",
      onPath((python, path) => {
        const { files } = python.process
        return files.exists(path) ? files.realpath(path) : files.resolve(path)
      }),
    ],
    getpid: ["", (python) => python.process.pid],
    getppid: ["", (python) => python.process.ppid],
    getuid: ["", (python) => python.process.credentials.uid],
    geteuid: ["", (python) => python.process.credentials.uid],
    getgid: ["", (python) => python.process.credentials.gid],
    getegid: ["", (python) => python.process.credentials.gid],
    getgroups: ["", (python) => new List([...python.process.credentials.groups])],
    umask: [
      "mask",
      (python, [mask]) => {
        const before = python.process.umask
        python.process.umask = toCount(mask)
        return before
      },
    ],
    kill: [
      "pid, signal",
      function* (python, [pid, signal]) {
        const number = toCount(signal)
        const name = (Object.keys(SIGNALS) as Signal[]).find((one) => SIGNALS[one].number === number)
        guarded([], () => python.process.kill(toCount(pid), number === 0 ? 0 : (name ?? "SIGTERM")))
        yield* python.process.yield()
        yield* python.rest()
        return null
      },
    ],
    system: [
      "command",
      function* (python, [command]) {
        return yield* shell(python, String(command))
      },
    ],
    _exit: [
      "status",
      (_, [status]) => {
        throw new ProcessExit(toCount(status) & 255)
      },
    ],
    execvp: [
      "file, args",
      function* (python, [file, args]) {
        const name = yield* pathOf(python, file)
        const argv = (yield* python.collect(args)).map(String)
        const path = findExecutable(python.process, name)
        if (path === undefined) throw osError("ENOENT")
        yield* python.flush()
        throw new ProcessExit(yield* python.process.exec(path, argv, environment(python)))
      },
    ],
    _uname: [
      "",
      (python) =>
        new List([
          "Linux",
          python.process.hostname,
          "6.8.0-90-generic",
          "#91-Ubuntu SMP PREEMPT_DYNAMIC Tue Nov 18 14:14:30 UTC 2025",
          "x86_64",
        ]),
    ],
    cpu_count: ["", () => 2],
    urandom: [
      "size",
      (python, [size]) => new Bytes(Uint8Array.from({ length: toCount(size) & 0xfffff }, () => Math.floor(python.process.random() * 256))),
    ],
    strerror: ["code", (_, [code]) => errorText(toCount(code))],
    isatty: ["fd", (python, [fd]) => python.process.fds.get(toCount(fd))?.kind === "tty"],
    write: [
      "fd, data",
      function* (python, [fd, data]) {
        const bytes = data as Bytes
        yield* new TextFile(python.process, toCount(fd), fd, "wb", "none").write(python, bytes.data)
        return bytes.data.length
      },
    ],
    _loadavg: ["", () => new Tuple([new PyFloat(0.1), new PyFloat(0.12), new PyFloat(0.09)])],
    _columns: ["", (python) => python.process.tty?.columns ?? 80],
    _lines: ["", (python) => python.process.tty?.rows ?? 24],
  },
  values: () => ({
    name: "posix",
    sep: "/",
    linesep: "\n",
    curdir: ".",
    pardir: "..",
    pathsep: ":",
    devnull: "/dev/null",
    F_OK: 0,
    R_OK: 4,
    W_OK: 2,
    X_OK: 1,
    error: raised("OSError").cls,
  }),
  source: `
import sys

class _Environ:
    def __init__(self, data):
        self._data = data
    def __getitem__(self, key):
        if not isinstance(key, str):
            raise TypeError("str expected, not %s" % type(key).__name__)
        try:
            return self._data[key]
        except KeyError:
            raise KeyError(key) from None
    def __setitem__(self, key, value):
        if not isinstance(key, str) or not isinstance(value, str):
            bad = value if isinstance(key, str) else key
            raise TypeError("str expected, not %s" % type(bad).__name__)
        self._data[key] = value
    def __delitem__(self, key):
        try:
            del self._data[key]
        except KeyError:
            raise KeyError(key) from None
    def __iter__(self):
        return iter(list(self._data))
    def __len__(self):
        return len(self._data)
    def __contains__(self, key):
        return key in self._data
    def __repr__(self):
        return "environ({%s})" % ", ".join("%r: %r" % pair for pair in self._data.items())
    def __eq__(self, other):
        return self._data == (other._data if isinstance(other, _Environ) else other)
    def get(self, key, default=None):
        return self._data.get(key, default)
    def keys(self):
        return self._data.keys()
    def values(self):
        return self._data.values()
    def items(self):
        return self._data.items()
    def pop(self, key, *default):
        return self._data.pop(key, *default)
    def setdefault(self, key, value=None):
        if key not in self._data:
            self[key] = value
        return self._data[key]
    def update(self, other=(), **names):
        for key, value in dict(other, **names).items():
            self[key] = value
    def copy(self):
        return dict(self._data)

environ = _Environ(_names())

def getenv(key, default=None):
    return environ.get(key, default)
def putenv(key, value):
    pass
def unsetenv(key):
    pass

unlink = remove
replace = rename

def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    if hasattr(type(path), "__fspath__"):
        return path.__fspath__()
    raise TypeError("expected str, bytes or os.PathLike object, not " + type(path).__name__)

class PathLike:
    pass

import posixpath as path
sys.modules["os.path"] = path

def makedirs(name, mode=0o777, exist_ok=False):
    name = fspath(name)
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        try:
            makedirs(head, exist_ok=exist_ok)
        except FileExistsError:
            pass
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise

def removedirs(name):
    rmdir(name)

class _Entry:
    def __init__(self, entry):
        self.name = entry.name
        self.path = entry.path
        self._type = entry._type
    def is_dir(self, *, follow_symlinks=True):
        return _type(self.path, follow_symlinks) == "directory"
    def is_file(self, *, follow_symlinks=True):
        return _type(self.path, follow_symlinks) == "file"
    def is_symlink(self):
        return self._type == "symlink"
    def stat(self, *, follow_symlinks=True):
        return stat(self.path) if follow_symlinks else lstat(self.path)
    def __fspath__(self):
        return self.path
    def __repr__(self):
        return "<DirEntry %r>" % self.name

class _Scan:
    def __init__(self, entries):
        self._entries = entries
    def __iter__(self):
        return iter(self._entries)
    def __enter__(self):
        return self
    def __exit__(self, *args):
        pass
    def close(self):
        pass

def scandir(path="."):
    base = fspath(path)
    entries = [_Entry(one) for one in _scandir(base)]
    if base == ".":
        for one in entries:
            one.path = "./" + one.name
    return _Scan(entries)

def walk(top, topdown=True, onerror=None, followlinks=False):
    top = fspath(top)
    dirs, others = [], []
    try:
        for name in listdir(top):
            (dirs if path.isdir(path.join(top, name)) else others).append(name)
    except OSError as error:
        if onerror is not None:
            onerror(error)
        return
    if topdown:
        yield top, dirs, others
    for name in dirs:
        inner = path.join(top, name)
        if followlinks or not path.islink(inner):
            yield from walk(inner, topdown, onerror, followlinks)
    if not topdown:
        yield top, dirs, others

class _Uname:
    def __init__(self, fields):
        self.sysname, self.nodename, self.release, self.version, self.machine = fields
        self._fields = fields
    def __getitem__(self, index):
        return self._fields[index]
    def __iter__(self):
        return iter(self._fields)
    def __repr__(self):
        return "posix.uname_result(sysname=%r, nodename=%r, release=%r, version=%r, machine=%r)" % tuple(self._fields)

def uname():
    return _Uname(_uname())

def getloadavg():
    return _loadavg()

def getlogin():
    return environ.get("LOGNAME", "root")

class terminal_size(tuple):
    @property
    def columns(self):
        return self[0]
    @property
    def lines(self):
        return self[1]

def get_terminal_size(fd=1):
    return terminal_size((_columns(), _lines()))

def popen(command, mode="r", buffering=-1):
    import subprocess
    import io
    return io.StringIO(subprocess.run(command, shell=True, stdout=subprocess.PIPE, text=True).stdout)

def execv(file, args):
    execvp(file, args)

def waitstatus_to_exitcode(status):
    return status >> 8 if status & 127 == 0 else -(status & 127)

def WEXITSTATUS(status):
    return status >> 8

def WIFEXITED(status):
    return status & 127 == 0
`,
})
