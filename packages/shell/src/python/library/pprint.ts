/** pprint. */
import { defineModule } from "./define-module.ts"

export const pprint = defineModule({
  name: "pprint",
  source: String.raw`
import sys as _sys
def _layout(value, indent, room, column, depth=0):
    text = repr(value)
    if len(text) <= room - column:
        return text
    inner = column + indent
    pad = " " * inner
    if isinstance(value, dict) and value:
        rows = []
        for key in sorted(value, key=lambda one: (type(one).__name__, one) if not isinstance(one, (int, float)) else ("", one)):
            name = repr(key)
            rows.append(f"{name}: {_layout(value[key], indent, room, inner + len(name) + 2)}")
        return "{" + " " * (indent - 1) + (",\n" + pad).join(rows) + "}"
    if isinstance(value, (list, tuple)) and value:
        rows = [_layout(one, indent, room, inner) for one in value]
        marks = "[]" if isinstance(value, list) else "()"
        return marks[0] + " " * (indent - 1) + (",\n" + pad).join(rows) + ("," if isinstance(value, tuple) and len(value) == 1 else "") + marks[1]
    return text
def _sorted(value):
    if type(value) is dict:
        try:
            return {key: _sorted(value[key]) for key in sorted(value)}
        except TypeError:
            return value
    if type(value) is list:
        return [_sorted(one) for one in value]
    return value
def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    return _layout(_sorted(object) if sort_dicts else object, indent, width, 0)
def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    print(pformat(object, indent, width, sort_dicts=sort_dicts), file=stream or _sys.stdout)
def pp(object, *args, sort_dicts=False, **options):
    pprint(object, *args, sort_dicts=sort_dicts, **options)
`,
})
