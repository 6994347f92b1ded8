/** textwrap. */
import { defineModule } from "./define-module.ts"

export const textwrap = defineModule({
  name: "textwrap",
  source: String.raw`
def wrap(text, width=70, initial_indent="", subsequent_indent="", **options):
    lines, line = [], None
    for word in text.split():
        indent = subsequent_indent if lines or line is not None else initial_indent
        while True:
            if line is None:
                room = width - len(subsequent_indent if lines else initial_indent)
                if len(word) > room > 0:
                    lines.append((subsequent_indent if lines else initial_indent) + word[:room])
                    word = word[room:]
                    continue
                line = (subsequent_indent if lines else initial_indent) + word
            elif len(line) + 1 + len(word) <= width:
                line += " " + word
            else:
                lines.append(line)
                line = None
                continue
            break
    if line is not None:
        lines.append(line)
    return lines
def fill(text, width=70, **options):
    return "\n".join(wrap(text, width, **options))
def shorten(text, width, placeholder=" [...]", **options):
    words = text.split()
    if len(" ".join(words)) <= width:
        return " ".join(words)
    while words and len(" ".join(words) + placeholder) > width:
        words.pop()
    return " ".join(words) + placeholder if words else placeholder.strip()
def dedent(text):
    lines = text.split("\n")
    margin = None
    for line in lines:
        if line.strip():
            blank = line[:len(line) - len(line.lstrip())]
            margin = blank if margin is None else _common(margin, blank)
    return "\n".join(line[len(margin or ""):] if line.strip() else "" for line in lines)
def _common(a, b):
    for i in range(min(len(a), len(b))):
        if a[i] != b[i]:
            return a[:i]
    return a if len(a) < len(b) else b
def indent(text, prefix, predicate=None):
    return "".join(prefix + line if (predicate(line) if predicate else line.strip()) else line for line in text.splitlines(True))
`,
})
