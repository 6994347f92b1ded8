/** warnings. */
import { defineModule } from "./define-module.ts"

export const warnings = defineModule({
  name: "warnings",
  source: String.raw`
import sys as _sys
def warn(message, category=UserWarning, stacklevel=1, source=None):
    kind = type(message) if isinstance(message, Warning) else category
    _sys.stderr.write(f"{_sys.argv[0] or '<string>'}:1: {kind.__name__}: {message}\n")
def filterwarnings(*args, **options):
    pass
def simplefilter(*args, **options):
    pass
class catch_warnings:
    def __init__(self, **options):
        pass
    def __enter__(self):
        return []
    def __exit__(self, *args):
        pass
`,
})
