/** fnmatch. */
import { defineModule } from "./define-module.ts"

export const fnmatch = defineModule({
  name: "fnmatch",
  source: `
def translate(pattern):
    import re
    result, i = "", 0
    while i < len(pattern):
        c = pattern[i]
        i += 1
        if c == "*":
            result += ".*"
        elif c == "?":
            result += "."
        elif c == "[" and "]" in pattern[i:]:
            end = pattern.index("]", i + 1)
            inner = pattern[i:end]
            result += "[" + ("^" + inner[1:] if inner.startswith("!") else inner) + "]"
            i = end + 1
        else:
            result += re.escape(c)
    return "(?s)" + result
def fnmatchcase(name, pattern):
    import re
    return re.fullmatch(translate(pattern), name) is not None
fnmatch = fnmatchcase
def filter(names, pattern):
    return [one for one in names if fnmatch(one, pattern)]
`,
})
