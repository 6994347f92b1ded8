/** shutil. */
import { defineModule } from "./define-module.ts"

export const shutil = defineModule({
  name: "shutil",
  source: `
import os as _os
class Error(OSError):
    pass
class SameFileError(Error):
    pass
def copyfile(src, dst, *, follow_symlinks=True):
    with open(src, "rb") as source, open(dst, "wb") as target:
        target.write(source.read())
    return dst
def copymode(src, dst):
    _os.chmod(dst, _os.stat(src).st_mode & 0o7777)
def copy(src, dst):
    if _os.path.isdir(dst):
        dst = _os.path.join(dst, _os.path.basename(_os.fspath(src)))
    copyfile(src, dst)
    copymode(src, dst)
    return dst
copy2 = copy
def copyfileobj(source, target, length=0):
    target.write(source.read())
def copytree(src, dst, dirs_exist_ok=False, **options):
    _os.makedirs(dst, exist_ok=dirs_exist_ok)
    for name in _os.listdir(src):
        one, other = _os.path.join(src, name), _os.path.join(dst, name)
        copytree(one, other, dirs_exist_ok=dirs_exist_ok) if _os.path.isdir(one) else copy(one, other)
    return dst
def rmtree(path, ignore_errors=False, onerror=None):
    try:
        _os.lstat(path)
        _os._remove_tree(path)
    except OSError:
        if not ignore_errors:
            raise
def move(src, dst):
    if _os.path.isdir(dst):
        dst = _os.path.join(dst, _os.path.basename(_os.fspath(src)))
    _os.rename(src, dst)
    return dst
def which(cmd, mode=1, path=None):
    if "/" in cmd:
        return cmd if _os.access(cmd, _os.X_OK) else None
    for place in (path or _os.environ.get("PATH", "/usr/bin:/bin")).split(":"):
        full = _os.path.join(place, cmd)
        if _os.path.isfile(full) and _os.access(full, _os.X_OK):
            return full
def get_terminal_size(fallback=(80, 24)):
    return _os.get_terminal_size()
`,
})
