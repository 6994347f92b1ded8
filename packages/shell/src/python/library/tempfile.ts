/** tempfile. */
import { defineModule } from "./define-module.ts"

export const tempfile = defineModule({
  name: "tempfile",
  source: `
import os as _os, random as _random
tempdir = None
def gettempdir():
    return _os.environ.get("TMPDIR", "/tmp")
def _name(suffix, prefix, dir):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789_"
    return _os.path.join(dir or gettempdir(), (prefix or "tmp") + "".join(_random.choice(letters) for _ in range(8)) + (suffix or ""))
def mkdtemp(suffix=None, prefix=None, dir=None):
    path = _name(suffix, prefix, dir)
    _os.mkdir(path, 0o700)
    return path
def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    path = _name(suffix, prefix, dir)
    file = open(path, "w+")
    _os.chmod(path, 0o600)
    return file.fileno(), path
def mktemp(suffix="", prefix="tmp", dir=None):
    return _name(suffix, prefix, dir)
class TemporaryDirectory:
    def __init__(self, suffix=None, prefix=None, dir=None, **options):
        self.name = mkdtemp(suffix, prefix, dir)
    def cleanup(self):
        if _os.path.exists(self.name):
            _os._remove_tree(self.name)
    def __enter__(self):
        return self.name
    def __exit__(self, *args):
        self.cleanup()
class _File:
    def __init__(self, file, name, delete):
        self.file, self.name, self._delete = file, name, delete
    def __getattr__(self, name):
        return getattr(self.file, name)
    def __iter__(self):
        return iter(self.file)
    def close(self):
        self.file.close()
        if self._delete and _os.path.exists(self.name):
            _os.remove(self.name)
    def __enter__(self):
        return self
    def __exit__(self, *args):
        self.close()
def NamedTemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, delete=True, **options):
    path = _name(suffix, prefix, dir)
    return _File(open(path, mode), path, delete)
TemporaryFile = NamedTemporaryFile
`,
})
