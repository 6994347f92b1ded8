/** The keys that are typed into vi, and the files they edit: read alike by the recorder and the test. */

export interface KeyCase {
  /** Topic, file and keys: no two are equal. */
  readonly name: string
  readonly file: keyof typeof FILES
  /** As vim's manual writes them. */
  readonly keys: string
}

/** What `keys.txt` edits; all of them are there to be read as well. */
export const FILES = {
  prose: `The quick brown fox
jumps over the lazy dog. And the cat looks on.
  Indented here; five dozen jugs

pack my box with 12 bottles
\ttab/slash end. The end
`,
  yaml: `spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx
`,
  code: `f(a, b) {
  if (a > 1 && (b)) {
    return 'x' + "a string" + 1
    list[0] = g(1, 2)
    <b>bold</b><a href="x">link</a>
  }
}
`,
  other: "from another\nfile\n",
}

const NAMED: Readonly<Record<string, string>> = {
  Esc: "\x1b",
  CR: "\r",
  BS: "\x7f",
  Tab: "\t",
  Space: " ",
  lt: "<",
  Left: "\x1b[D",
  Down: "\x1b[B",
}

const KEY = /<(?:C-(.)|(Esc|CR|BS|Tab|Space|lt|Left|Down))>/g

/** The bytes of keys: "<C-r>" and "<Esc>" are one each. */
export const bytesOf = (keys: string): Uint8Array =>
  new TextEncoder().encode(
    keys.replace(KEY, (_, control: string | undefined, named: string) =>
      control === undefined ? NAMED[named] : String.fromCharCode(control.toUpperCase().charCodeAt(0) & 31),
    ),
  )

/** Lines "FILE KEYS" under "## topic"; lines of one # are remarks. */
export const keysOf = (text: string): KeyCase[] => {
  let topic = ""
  const cases: KeyCase[] = []
  for (const line of text.split("\n")) {
    if (line.startsWith("## ")) topic = line.slice(3)
    const match = /^(prose|yaml|code) (.+)$/.exec(line)
    if (match) cases.push({ name: `${topic}: ${line}`, file: match[1] as KeyCase["file"], keys: match[2] })
  }
  return cases
}
