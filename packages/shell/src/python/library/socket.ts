/** socket: TCP over the world's network. */
import { type Listener, type Stream, SystemError } from "@drydock/machine"
import { nativeClass } from "../objects/define.ts"
import { exceptionClass } from "../objects/exceptions.ts"
import { toCount } from "../objects/numbers.ts"
import { guarded, osError, raised } from "../objects/raise.ts"
import { Bytes, List, OBJECT, PyException, PyObject, type Task, Tuple, type Value } from "../objects/values.ts"
import { bytesOf } from "../methods/bytes.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { defineModule } from "./define-module.ts"

const HANDLE = nativeClass("socket", "_Handle", [OBJECT])
export const GAI_ERROR = nativeClass("socket", "gaierror", [exceptionClass("OSError")])

class Handle extends PyObject {
  readonly cls = HANDLE
  readonly held: Stream | Listener

  constructor(held: Stream | Listener) {
    super()
    this.held = held
  }
}

const stream = (value: Value): Stream => (value as Handle).held as Stream
const listener = (value: Value): Listener => (value as Handle).held as Listener

/** The address that a name stands for. Throws gaierror. */
export function* resolve(python: Interpreter, host: string): Task<string> {
  if (host === "") return "0.0.0.0"
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host
  const { network } = python.process
  let found: string | undefined
  try {
    const records = yield* python.system(() => network.lookup(host))
    found = records.find(({ type }) => type === "A")?.value
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw lookupError(-3, "Temporary failure in name resolution")
  }
  if (found === undefined) throw lookupError(-2, "Name or service not known")
  return found
}

const lookupError = (number: number, text: string): PyException => {
  const error = new PyException(GAI_ERROR, [number, text])
  error.attrs?.map.set("errno", number).set("strerror", text)
  return error
}

/** Opens a connection; a timeout in ms. Throws OSError. */
export function* connect(python: Interpreter, host: string, port: number, timeout: number | undefined): Task<Stream> {
  const address = yield* resolve(python, host)
  try {
    return yield* python.system(() => python.process.network.connect(address, port, timeout === undefined ? {} : { timeout }))
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw timeout !== undefined && error.code === "ETIMEDOUT" ? raised("TimeoutError", "timed out") : osError(error.code)
  }
}

const ms = (seconds: Value): number | undefined =>
  seconds === null ? undefined : Number(typeof seconds === "object" && "value" in seconds ? seconds.value : seconds) * 1_000

/** Waits for something to be at hand, for at most `timeout` ms. */
function* until<T>(python: Interpreter, look: () => T | undefined, queue: Stream["readQueue"], timeout: number | undefined): Task<T> {
  const end = timeout === undefined ? undefined : python.process.now() + timeout
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    const wake = yield* python.process.wait({ queues: [queue], ...(end !== undefined && { until: end }) })
    if (wake === "timeout") throw raised("TimeoutError", "timed out")
    yield* python.rest()
  }
}

export const nativeSocket = defineModule({
  name: "_socket",
  functions: {
    gethostname: ["", (python) => python.process.hostname],
    resolve: [
      "host",
      function* (python, [host]) {
        return yield* resolve(python, String(host))
      },
    ],
    connect: [
      "host, port, timeout",
      function* (python, [host, port, timeout]) {
        return new Handle(yield* connect(python, String(host), toCount(port), ms(timeout)))
      },
    ],
    listen: [
      "host, port",
      (python, [host, port]) =>
        guarded(
          [],
          () =>
            new Handle(
              python.process.network.listen(toCount(port), { pid: python.process.pid, ...(host !== "" && { address: String(host) }) }),
            ),
        ),
    ],
    accept: [
      "handle, timeout",
      function* (python, [handle, timeout]) {
        const own = listener(handle)
        const made = yield* until(python, () => own.tryAccept(), own.acceptQueue, ms(timeout))
        const { remote } = made
        return new Tuple([new Handle(made), remote?.address ?? "0.0.0.0", remote?.port ?? 0])
      },
    ],
    receive: [
      "handle, size, timeout",
      function* (python, [handle, size, timeout]) {
        const own = stream(handle)
        const data = yield* until(python, () => own.tryRead(toCount(size)), own.readQueue, ms(timeout))
        python.budget -= data.length >> 10
        return new Bytes(data.slice())
      },
    ],
    send: [
      "handle, data, timeout",
      function* (python, [handle, data, timeout]) {
        const own = stream(handle)
        let rest = bytesOf(data).data
        while (rest.length > 0) {
          const part = rest
          const taken = yield* until(python, () => guarded([], () => own.tryWrite(part)) || undefined, own.writeQueue, ms(timeout))
          rest = rest.subarray(taken)
        }
        return bytesOf(data).data.length
      },
    ],
    shutdown: [
      "handle",
      (_, [handle]) => {
        stream(handle).end()
        return null
      },
    ],
    close: [
      "handle",
      (_, [handle]) => {
        const { held } = handle as Handle
        if ("tryAccept" in held) held.close()
        else held.destroy()
        return null
      },
    ],
    names: [
      "handle, remote",
      (_, [handle, remote]) => {
        const end = remote === true ? stream(handle).remote : stream(handle).local
        return new Tuple([end?.address ?? "0.0.0.0", end?.port ?? 0])
      },
    ],
    addresses: ["", (python) => new List(python.process.network.interfaces.map(({ address }) => address))],
  },
  values: () => ({ gaierror: GAI_ERROR }),
})

export const socket = defineModule({
  name: "socket",
  source: String.raw`
import _socket
from _socket import gethostname, gaierror
AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOL_SOCKET, SO_REUSEADDR, SO_REUSEPORT, SO_KEEPALIVE = 1, 2, 15, 9
IPPROTO_TCP, TCP_NODELAY, SHUT_RD, SHUT_WR, SHUT_RDWR, SOMAXCONN = 6, 1, 0, 1, 2, 4096
error = OSError
timeout = TimeoutError
class herror(OSError):
    pass
_default = None
def getdefaulttimeout():
    return _default
def setdefaulttimeout(seconds):
    global _default
    _default = seconds
class socket:
    def __init__(self, family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None):
        self.family, self.type, self.proto = family, type, proto
        self._handle, self._address, self._timeout = None, ("", 0), _default
    def settimeout(self, seconds):
        self._timeout = seconds
    def gettimeout(self):
        return self._timeout
    def setblocking(self, flag):
        self._timeout = None if flag else 0
    def setsockopt(self, *args):
        pass
    def getsockopt(self, *args):
        return 0
    def fileno(self):
        return 3 if self._handle else -1
    def bind(self, address):
        self._address = address
        if self.type == SOCK_STREAM and not address[1]:
            self._address = (address[0], 40000)
    def listen(self, backlog=128):
        host = self._address[0]
        self._handle = _socket.listen("" if host in ("", "0.0.0.0") else _socket.resolve(host), self._address[1])
    def accept(self):
        handle, host, port = _socket.accept(self._handle, self._timeout)
        made = socket(self.family, self.type)
        made._handle = handle
        return made, (host, port)
    def connect(self, address):
        self._handle = _socket.connect(address[0], address[1], self._timeout)
    def connect_ex(self, address):
        try:
            self.connect(address)
        except OSError as problem:
            return problem.errno or 11
        return 0
    def _open(self):
        if self._handle is None:
            raise OSError(107, "Transport endpoint is not connected")
        return self._handle
    def recv(self, size, flags=0):
        return _socket.receive(self._open(), size, self._timeout)
    def send(self, data, flags=0):
        return _socket.send(self._open(), data, self._timeout)
    def sendall(self, data, flags=0):
        _socket.send(self._open(), data, self._timeout)
    def shutdown(self, how):
        if self._handle:
            _socket.shutdown(self._handle)
    def close(self):
        if self._handle:
            _socket.close(self._handle)
            self._handle = None
    def getsockname(self):
        return _socket.names(self._handle, False) if self._handle else self._address
    def getpeername(self):
        return _socket.names(self._open(), True)
    def makefile(self, mode="r", *args, **options):
        return _File(self, mode)
    def detach(self):
        return self.fileno()
    def __enter__(self):
        return self
    def __exit__(self, *args):
        self.close()
class _File:
    def __init__(self, owner, mode):
        self._owner, self._binary, self._kept = owner, "b" in mode, b""
    def _value(self, data):
        return data if self._binary else data.decode()
    def readline(self, limit=-1):
        while b"\n" not in self._kept:
            part = self._owner.recv(65536)
            if not part:
                break
            self._kept += part
        at = self._kept.find(b"\n") + 1 or len(self._kept)
        line, self._kept = self._kept[:at], self._kept[at:]
        return self._value(line)
    def read(self, size=-1):
        while size < 0 or len(self._kept) < size:
            part = self._owner.recv(65536)
            if not part:
                break
            self._kept += part
        size = len(self._kept) if size < 0 else size
        data, self._kept = self._kept[:size], self._kept[size:]
        return self._value(data)
    def write(self, data):
        self._owner.sendall(data if self._binary else data.encode())
        return len(data)
    def flush(self):
        pass
    def close(self):
        pass
    def __iter__(self):
        return iter(self.readline, self._value(b""))
    def __enter__(self):
        return self
    def __exit__(self, *args):
        pass
SocketType = socket
def create_connection(address, timeout=None, source_address=None):
    made = socket()
    if timeout is not None:
        made.settimeout(timeout)
    made.connect(address)
    return made
def create_server(address, *, family=AF_INET, backlog=None, reuse_port=False):
    made = socket()
    made.bind(address)
    made.listen()
    return made
def gethostbyname(name):
    return _socket.resolve(name)
def getfqdn(name=""):
    return name or gethostname()
def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    return [(AF_INET, SOCK_STREAM, 6, "", (_socket.resolve(host or "127.0.0.1"), port if isinstance(port, int) else 0))]
def gethostbyaddr(address):
    return (address, [], [address])
def gethostbyname_ex(name):
    return (name, [], [_socket.resolve(name)])
def inet_aton(text):
    return bytes(int(part) for part in text.split("."))
def inet_ntoa(data):
    return ".".join(str(byte) for byte in data)
def htons(value):
    return (value & 255) << 8 | value >> 8
ntohs = htons
`,
})
