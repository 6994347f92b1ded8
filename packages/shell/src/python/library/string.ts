/** string. */
import { defineModule } from "./define-module.ts"

export const stringModule = defineModule({
  name: "string",
  source: String.raw`
whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = ascii_lowercase.upper()
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdefABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_" + chr(96) + "{|}~"
printable = digits + ascii_letters + punctuation + whitespace
def capwords(s, sep=None):
    return (sep or " ").join(word.capitalize() for word in s.split(sep))
class Template:
    def __init__(self, template):
        self.template = template
    def _put(self, values, strict):
        import re
        def value(match):
            if match.group(1):
                return "$"
            name = match.group(2) or match.group(3)
            if strict or name in values:
                return str(values[name])
            return match.group(0)
        return re.sub(r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})", value, self.template)
    def substitute(self, mapping={}, /, **names):
        return self._put({**mapping, **names}, True)
    def safe_substitute(self, mapping={}, /, **names):
        return self._put({**mapping, **names}, False)
class Formatter:
    def format(self, text, *args, **names):
        return text.format(*args, **names)
`,
})
