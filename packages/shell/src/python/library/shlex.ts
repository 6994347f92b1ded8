/** shlex. */
import { defineModule } from "./define-module.ts"

export const shlex = defineModule({
  name: "shlex",
  source: String.raw`
def quote(s):
    if not s:
        return "''"
    safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
    return s if all(c in safe for c in s) else "'" + s.replace("'", "'\"'\"'") + "'"
def join(words):
    return " ".join(quote(one) for one in words)
def split(s, comments=False, posix=True):
    words, word, i = [], None, 0
    while i < len(s):
        c = s[i]
        i += 1
        if c in " \t\r\n":
            if word is not None:
                words.append(word)
                word = None
        elif c == "#" and comments:
            i = s.find("\n", i) if "\n" in s[i:] else len(s)
        elif c == "'":
            end = s.find("'", i)
            if end < 0:
                raise ValueError("No closing quotation")
            word = (word or "") + s[i:end]
            i = end + 1
        elif c == '"':
            word = word or ""
            while i < len(s) and s[i] != '"':
                if s[i] == "\\" and s[i + 1:i + 2] in ('"', "\\"):
                    i += 1
                word += s[i]
                i += 1
            if i >= len(s):
                raise ValueError("No closing quotation")
            i += 1
        elif c == "\\":
            if i >= len(s):
                raise ValueError("No escaped character")
            word = (word or "") + s[i]
            i += 1
        else:
            word = (word or "") + c
    if word is not None:
        words.append(word)
    return words
`,
})
