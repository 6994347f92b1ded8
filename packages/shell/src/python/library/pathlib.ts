/** pathlib. */
import { defineModule } from "./define-module.ts"

export const pathlib = defineModule({
  name: "pathlib",
  source: `
import os as _os
class PurePath:
    def __init__(self, *parts):
        text = _os.path.join(*[_os.fspath(one) for one in parts]) if parts else ""
        root = "/" if text.startswith("/") else ""
        self._text = root + "/".join(one for one in text.split("/") if one and one != ".") or "."
    def __fspath__(self):
        return self._text
    def __str__(self):
        return self._text
    def __repr__(self):
        return f"{'PosixPath' if isinstance(self, Path) else 'PurePosixPath'}({self._text!r})"
    def __truediv__(self, other):
        return type(self)(self._text, other)
    def __rtruediv__(self, other):
        return type(self)(other, self._text)
    def __eq__(self, other):
        return isinstance(other, PurePath) and self._text == other._text
    def __lt__(self, other):
        return self._text < other._text
    def __hash__(self):
        return hash(self._text)
    @property
    def name(self):
        return "" if self._text in ("/", ".") else self._text.rpartition("/")[2]
    @property
    def suffix(self):
        return _os.path.splitext(self.name)[1]
    @property
    def suffixes(self):
        return ["." + one for one in self.name.lstrip(".").split(".")[1:]]
    @property
    def stem(self):
        return _os.path.splitext(self.name)[0]
    @property
    def parts(self):
        return (("/",) if self._text.startswith("/") else ()) + tuple(one for one in self._text.split("/") if one and one != ".")
    @property
    def parent(self):
        return type(self)(_os.path.dirname(self._text) or ("/" if self._text.startswith("/") else "."))
    @property
    def parents(self):
        result, one = [], self
        while one.parent != one:
            one = one.parent
            result.append(one)
        return result
    @property
    def root(self):
        return "/" if self._text.startswith("/") else ""
    anchor = root
    def as_posix(self):
        return self._text
    def is_absolute(self):
        return self._text.startswith("/")
    def joinpath(self, *parts):
        return type(self)(self._text, *parts)
    def with_name(self, name):
        return self.parent / name
    def with_suffix(self, suffix):
        return self.parent / (self.stem + suffix)
    def with_stem(self, stem):
        return self.parent / (stem + self.suffix)
    def relative_to(self, other):
        base = str(PurePath(other))
        if self._text == base:
            return type(self)(".")
        if not self._text.startswith(base.rstrip("/") + "/"):
            raise ValueError(f"{self._text!r} is not in the subpath of {base!r}")
        return type(self)(self._text[len(base.rstrip("/")) + 1:])
    def is_relative_to(self, other):
        base = str(PurePath(other))
        return self._text == base or self._text.startswith(base.rstrip("/") + "/")
    def match(self, pattern):
        import fnmatch
        return fnmatch.fnmatch(self._text if "/" in pattern else self.name, pattern)
PurePosixPath = PurePath
class Path(PurePath):
    @classmethod
    def cwd(cls):
        return cls(_os.getcwd())
    @classmethod
    def home(cls):
        return cls(_os.path.expanduser("~"))
    def exists(self):
        return _os.path.exists(self)
    def is_file(self):
        return _os.path.isfile(self)
    def is_dir(self):
        return _os.path.isdir(self)
    def is_symlink(self):
        return _os.path.islink(self)
    def stat(self):
        return _os.stat(self)
    def lstat(self):
        return _os.lstat(self)
    def open(self, mode="r", *args, **options):
        return open(self, mode, *args, **options)
    def read_text(self, encoding=None, errors=None):
        with open(self) as file:
            return file.read()
    def read_bytes(self):
        with open(self, "rb") as file:
            return file.read()
    def write_text(self, data, encoding=None, errors=None, newline=None):
        if not isinstance(data, str):
            raise TypeError(f"data must be str, not {type(data).__name__}")
        with open(self, "w") as file:
            return file.write(data)
    def write_bytes(self, data):
        with open(self, "wb") as file:
            return file.write(data)
    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        try:
            _os.makedirs(self, mode, exist_ok) if parents else _os.mkdir(self, mode)
        except FileExistsError:
            if not exist_ok or not self.is_dir():
                raise
    def rmdir(self):
        _os.rmdir(self)
    def unlink(self, missing_ok=False):
        try:
            _os.unlink(self)
        except FileNotFoundError:
            if not missing_ok:
                raise
    def touch(self, mode=0o666, exist_ok=True):
        if self.exists() and not exist_ok:
            raise FileExistsError(17, "File exists", str(self))
        open(self, "a").close()
    def rename(self, target):
        _os.rename(self, target)
        return type(self)(target)
    replace = rename
    def symlink_to(self, target, target_is_directory=False):
        _os.symlink(target, self)
    def readlink(self):
        return type(self)(_os.readlink(self))
    def chmod(self, mode):
        _os.chmod(self, mode)
    def iterdir(self):
        for name in _os.listdir(self):
            yield self / name
    def glob(self, pattern):
        import glob
        for one in glob.iglob(_os.path.join(self._text, pattern), recursive=True):
            yield type(self)(one)
    def rglob(self, pattern):
        return self.glob("**/" + pattern)
    def resolve(self, strict=False):
        return type(self)(_os.path.realpath(self))
    def absolute(self):
        return type(self)(_os.path.abspath(self))
    def expanduser(self):
        return type(self)(_os.path.expanduser(self._text))
    def samefile(self, other):
        return _os.path.samefile(self, other)
PosixPath = Path
`,
})
