/** subprocess: commands of the machine. */
import { type OpenFile, SIGNALS, type Signal, type Process } from "@drydock/machine"
import { findExecutable } from "../../tools/executables.ts"
import { nativeClass } from "../objects/define.ts"
import { TextFile } from "../objects/files.ts"
import { guarded, osError } from "../objects/raise.ts"
import { Dict, OBJECT, PyObject, type Task, Tuple, type Value } from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { defineModule } from "./define-module.ts"
import { environment } from "./os.ts"

class Child extends PyObject {
  readonly cls = CHILD
  readonly process: Process

  constructor(process: Process) {
    super()
    this.process = process
  }
}

const CHILD = nativeClass("subprocess", "_Child", [OBJECT])

const lowest = (process: Process): number => {
  let fd = 3
  while (process.fds.has(fd)) fd++
  return fd
}

/** Puts an open file on a descriptor of this process. */
const adopt = (process: Process, file: OpenFile): number => {
  const fd = lowest(process)
  file.retain()
  process.fds.set(fd, file)
  return fd
}

/** Starts a command: [child, stdin, stdout, stderr], each of the last three an open file where a pipe was asked for. */
function* start(python: Interpreter, [args, streams, cwd, env]: Value[]): Task {
  const { process } = python
  yield* python.flush()
  const argv = (yield* python.collect(args)).map(String)
  const wanted = yield* python.collect(streams)
  const fds = new Map<number, OpenFile>()
  const own: Value[] = [null, null, null]
  const theirs: number[] = []
  const close: number[] = []
  for (const [fd, how] of wanted.entries()) {
    if (how === null) {
      const inherited = process.fds.get(fd)
      if (inherited) fds.set(fd, inherited)
    } else if (how === -1) {
      const pipe = process.pipe()
      fds.set(fd, fd === 0 ? pipe.read : pipe.write)
      const mine = adopt(process, fd === 0 ? pipe.write : pipe.read)
      close.push(adopt(process, fd === 0 ? pipe.read : pipe.write))
      own[fd] = new TextFile(process, mine, mine, fd === 0 ? "wb" : "rb", fd === 0 ? "none" : "full")
    } else if (how === -2) {
      const out = fds.get(1)
      if (out) fds.set(fd, out)
    } else if (how === -3) {
      const opened = yield* process.open("/dev/null", fd === 0 ? "r" : "w")
      const file = process.fds.get(opened)
      if (file) fds.set(fd, file)
      theirs.push(opened)
    } else {
      const number = how instanceof TextFile ? how.fd : Number(how)
      if (how instanceof TextFile) yield* how.flush(python)
      const file = process.fds.get(number)
      if (file) fds.set(fd, file)
    }
  }
  const variables =
    env instanceof Dict ? new Map([...env.entries()].map(([key, value]) => [String(key), String(value)])) : environment(python)
  try {
    if (cwd !== null && !process.files.exists(String(cwd))) throw osError("ENOENT", String(cwd))
    const path = findExecutable(process, argv[0] ?? "")
    if (path === undefined) throw osError("ENOENT", argv[0] ?? "")
    if (!process.files.access(path, { execute: true })) throw osError("EACCES", argv[0])
    const child = guarded([argv[0]], () =>
      process.spawnFile(path, { argv, env: variables, fds, ...(cwd !== null && { cwd: process.files.resolve(String(cwd)) }) }),
    )
    return new Tuple([new Child(child), ...own, child.pid])
  } finally {
    for (const fd of [...theirs, ...close]) process.close(fd)
  }
}

export const subprocess = defineModule({
  name: "subprocess",
  functions: {
    _start: ["args, streams, cwd, env", start],
    _wait: [
      "child, block",
      function* (python, [child, block]) {
        const { pid } = (child as Child).process
        const ended = yield* python.system(() => python.process.waitFor({ pid, noHang: block === false }))
        if (!ended) return null
        return ended.status.kind === "exited"
          ? ended.status.code
          : ended.status.kind === "signaled"
            ? -SIGNALS[ended.status.signal].number
            : 0
      },
    ],
    _kill: [
      "child, signal",
      (python, [child, number]) => {
        const name = (Object.keys(SIGNALS) as Signal[]).find((one) => SIGNALS[one].number === number)
        guarded([], () => python.process.kill((child as Child).process.pid, name ?? "SIGTERM"))
        return null
      },
    ],
    _ready: [
      "files, seconds",
      function* (python, [files, seconds]) {
        const fds = (yield* python.collect(files)).map((file) => (file as TextFile).fd)
        const ready = yield* python.system(() => python.process.select(fds, seconds === null ? undefined : Number(seconds) * 1_000))
        return ready.length > 0
      },
    ],
  },
  values: () => ({ PIPE: -1, STDOUT: -2, DEVNULL: -3 }),
  source: `
import time as _time
import io as _io

class SubprocessError(Exception):
    pass

class CalledProcessError(SubprocessError):
    def __init__(self, returncode, cmd, output=None, stderr=None):
        super().__init__(returncode, cmd)
        self.returncode = returncode
        self.cmd = cmd
        self.output = output
        self.stderr = stderr
    @property
    def stdout(self):
        return self.output
    def __str__(self):
        if self.returncode and self.returncode < 0:
            names = {1: "SIGHUP", 2: "SIGINT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM"}
            if -self.returncode in names:
                number = -self.returncode
                return f"Command '{self.cmd}' died with <Signals.{names[number]}: {number}>."
            return f"Command '{self.cmd}' died with unknown signal {-self.returncode}."
        return f"Command '{self.cmd}' returned non-zero exit status {self.returncode}."

class TimeoutExpired(SubprocessError):
    def __init__(self, cmd, timeout, output=None, stderr=None):
        super().__init__(cmd, timeout)
        self.cmd = cmd
        self.timeout = timeout
        self.output = output
        self.stderr = stderr
    def __str__(self):
        return f"Command '{self.cmd}' timed out after {self.timeout} seconds"

class CompletedProcess:
    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args = args
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr
    def check_returncode(self):
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)
    def __repr__(self):
        parts = [f"args={self.args!r}", f"returncode={self.returncode!r}"]
        if self.stdout is not None:
            parts.append(f"stdout={self.stdout!r}")
        if self.stderr is not None:
            parts.append(f"stderr={self.stderr!r}")
        return f"CompletedProcess({', '.join(parts)})"

class Popen:
    def __init__(self, args, bufsize=-1, executable=None, stdin=None, stdout=None, stderr=None, preexec_fn=None, close_fds=True, shell=False, cwd=None, env=None, universal_newlines=None, *, text=None, encoding=None, errors=None, start_new_session=False, **options):
        self.args = args
        if shell:
            args = ["/bin/sh", "-c", args if isinstance(args, str) else args[0]]
        elif isinstance(args, str):
            args = [args]
        else:
            args = [one if isinstance(one, str) else one.__fspath__() if hasattr(one, "__fspath__") else self._refuse(one) for one in args]
        self._text = bool(text or universal_newlines or encoding)
        if cwd is not None and hasattr(cwd, "__fspath__"):
            cwd = cwd.__fspath__()
        self._child, self.stdin, self.stdout, self.stderr, self.pid = _start(args, [stdin, stdout, stderr], cwd, dict(env) if env is not None else None)
        if self._text:
            self.stdin = self.stdin and _io._text(self.stdin)
            self.stdout = self.stdout and _io._text(self.stdout)
            self.stderr = self.stderr and _io._text(self.stderr)
        self.returncode = None
    def _refuse(self, one):
        raise TypeError(f"expected str, bytes or os.PathLike object, not {type(one).__name__}")
    def poll(self):
        if self.returncode is None:
            self.returncode = _wait(self._child, False)
        return self.returncode
    def wait(self, timeout=None):
        if timeout is None:
            if self.returncode is None:
                self.returncode = _wait(self._child, True)
            return self.returncode
        end = _time.monotonic() + timeout
        while self.poll() is None:
            if _time.monotonic() >= end:
                raise TimeoutExpired(self.args, timeout)
            _time.sleep(min(0.01, timeout))
        return self.returncode
    def communicate(self, input=None, timeout=None):
        if self.stdin:
            if input:
                try:
                    self.stdin.write(input)
                except BrokenPipeError:
                    pass
            try:
                self.stdin.close()
            except BrokenPipeError:
                pass
        end = None if timeout is None else _time.monotonic() + timeout
        files = [one for one in (self.stdout, self.stderr) if one]
        if end is not None:
            while self.poll() is None:
                if _time.monotonic() >= end:
                    raise TimeoutExpired(self.args, timeout)
                _time.sleep(0.01)
        out = self.stdout.read() if self.stdout else None
        err = self.stderr.read() if self.stderr else None
        for one in files:
            one.close()
        self.wait()
        return out, err
    def send_signal(self, signal):
        if self.poll() is None:
            _kill(self._child, int(signal))
    def terminate(self):
        self.send_signal(15)
    def kill(self):
        self.send_signal(9)
    def __enter__(self):
        return self
    def __exit__(self, *args):
        for one in (self.stdin, self.stdout, self.stderr):
            if one:
                one.close()
        self.wait()
    def __repr__(self):
        return f"<Popen: returncode: {self.returncode} args: {self.args!r}>"

def run(*popenargs, input=None, capture_output=False, timeout=None, check=False, **options):
    if input is not None:
        if options.get("stdin") is not None:
            raise ValueError("stdin and input arguments may not both be used.")
        options["stdin"] = PIPE
    if capture_output:
        if options.get("stdout") is not None or options.get("stderr") is not None:
            raise ValueError("stdout and stderr arguments may not be used with capture_output.")
        options["stdout"] = PIPE
        options["stderr"] = PIPE
    process = Popen(*popenargs, **options)
    try:
        out, err = process.communicate(input, timeout)
    except TimeoutExpired:
        process.kill()
        process.wait()
        raise
    result = CompletedProcess(process.args, process.returncode, out, err)
    if check and process.returncode:
        raise CalledProcessError(process.returncode, process.args, out, err)
    return result

def call(*popenargs, timeout=None, **options):
    with Popen(*popenargs, **options) as process:
        return process.wait(timeout)

def check_call(*popenargs, **options):
    code = call(*popenargs, **options)
    if code:
        raise CalledProcessError(code, popenargs[0] if popenargs else options.get("args"))
    return 0

def check_output(*popenargs, timeout=None, **options):
    return run(*popenargs, stdout=PIPE, timeout=timeout, check=True, **options).stdout

def getstatusoutput(cmd, **options):
    result = run(cmd, shell=True, text=True, stdout=PIPE, stderr=STDOUT)
    out = result.stdout
    return result.returncode, out[:-1] if out.endswith("\\n") else out

def getoutput(cmd, **options):
    return getstatusoutput(cmd)[1]

def list2cmdline(seq):
    return " ".join(f'"{one}"' if " " in one or not one else one for one in seq)
`,
})
