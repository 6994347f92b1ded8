/** glob. */
import { defineModule } from "./define-module.ts"

export const glob = defineModule({
  name: "glob",
  source: `
import os as _os, fnmatch as _fnmatch
def _walk(place, parts, recursive):
    if not parts:
        yield place
        return
    part, rest = parts[0], parts[1:]
    if part == "**" and recursive:
        yield from _walk(place, rest, recursive)
        for name in sorted(_os.listdir(place or ".")):
            inner = _os.path.join(place, name) if place else name
            if not name.startswith(".") and _os.path.isdir(inner):
                yield from _walk(inner, parts, recursive)
        return
    if not any(mark in part for mark in "*?["):
        inner = _os.path.join(place, part) if place else part
        if _os.path.lexists(inner):
            yield from _walk(inner, rest, recursive)
        return
    try:
        names = _os.listdir(place or ".")
    except OSError:
        return
    for name in names:
        if _fnmatch.fnmatch(name, part) and (part.startswith(".") or not name.startswith(".")):
            inner = _os.path.join(place, name) if place else name
            if not rest or _os.path.isdir(inner):
                yield from _walk(inner, rest, recursive)
def iglob(pathname, *, recursive=False, **options):
    root = "/" if pathname.startswith("/") else ""
    return _walk(root, [one for one in pathname.split("/") if one], recursive)
def glob(pathname, *, recursive=False, **options):
    return list(iglob(pathname, recursive=recursive))
`,
})
