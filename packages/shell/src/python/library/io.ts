/** io: files of text over files of bytes, and those in memory. */
import { BINARY_FILE, TEXT_FILE, TextFile, UNSUPPORTED } from "../objects/files.ts"
import { OBJECT } from "../objects/values.ts"
import { defineModule } from "./define-module.ts"

export const io = defineModule({
  name: "io",
  functions: {
    _text: [
      "file",
      (python, [file]) => {
        const given = file as TextFile
        return new TextFile(python.process, given.fd, given.name, given.mode.replace("b", ""), given.mode.includes("w") ? "line" : "full")
      },
    ],
  },
  values: (python) => ({
    open: python.builtins.map.get("open") ?? null,
    UnsupportedOperation: UNSUPPORTED,
    BufferedReader: BINARY_FILE,
    IOBase: OBJECT,
    TextIOBase: TEXT_FILE,
    DEFAULT_BUFFER_SIZE: 8_192,
    SEEK_SET: 0,
    SEEK_CUR: 1,
    SEEK_END: 2,
  }),
  source: String.raw`
class TextIOWrapper:
    def __new__(cls, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        if isinstance(buffer, BytesIO):
            return StringIO(buffer.getvalue().decode())
        return _text(buffer)

class _Memory:
    def __init__(self, data):
        self._data, self._at, self.closed = data, 0, False
    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")
    def read(self, size=-1):
        self._check()
        end = len(self._data) if size is None or size < 0 else self._at + size
        part = self._data[self._at:end]
        self._at += len(part)
        return part
    read1 = read
    def readline(self, size=-1):
        self._check()
        end = self._data.find(self._newline, self._at)
        end = len(self._data) if end < 0 else end + 1
        part = self._data[self._at:end]
        self._at = end
        return part
    def readlines(self, hint=-1):
        return list(self)
    def write(self, part):
        self._check()
        if not isinstance(part, self._kind):
            raise TypeError(self._refusal(part))
        if self._at == len(self._data):
            self._data += part
        else:
            self._data = self._data[:self._at] + part + self._data[self._at + len(part):]
        self._at += len(part)
        return len(part)
    def writelines(self, lines):
        for one in lines:
            self.write(one)
    def getvalue(self):
        return self._data
    def seek(self, offset, whence=0):
        self._at = offset if whence == 0 else self._at + offset if whence == 1 else len(self._data) + offset
        return self._at
    def tell(self):
        return self._at
    def truncate(self, size=None):
        self._data = self._data[:self._at if size is None else size]
        return len(self._data)
    def flush(self):
        pass
    def close(self):
        self.closed = True
    def isatty(self):
        return False
    def readable(self):
        return True
    def writable(self):
        return True
    def seekable(self):
        return True
    def __iter__(self):
        return self
    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line
    def __enter__(self):
        return self
    def __exit__(self, *args):
        self.close()

class StringIO(_Memory):
    _newline, _kind = "\n", str
    def __init__(self, initial_value="", newline="\n"):
        super().__init__(initial_value or "")
    def _refusal(self, part):
        return f"string argument expected, got {type(part).__name__!r}"

class BytesIO(_Memory):
    _newline, _kind = b"\n", (bytes, bytearray)
    def __init__(self, initial_bytes=b""):
        super().__init__(bytes(initial_bytes))
    def _refusal(self, part):
        return f"a bytes-like object is required, not {type(part).__name__!r}"
    def getbuffer(self):
        return self._data
    def readinto(self, target):
        part = self.read(len(target))
        target[:len(part)] = part
        return len(part)
`,
})
