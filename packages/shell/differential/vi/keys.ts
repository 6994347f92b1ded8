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
  text: `It was a bright cold day in April, and the clocks were striking thirteen. Winston Smith, his chin
nuzzled into his breast in an effort to escape the vile wind, slipped quickly.

  # a remark of one line that is rather longer than the others are here
  # and more
- item one. Two
- item two? Yes!

short
lines
here
`,
  data: `pear 10 0x1F
apple 9 0x0a
Fig -3 0xff
apple 9 0x0a
cherry 1.5 010
banana 100 b101

kiwi
`,
  wide: `日本語 テスト ok
naïve café Straße
emoji 🙂 here
a\tb\tc
`,
  manifest: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
    ports:
    - containerPort: 80
`,
}

/** What the edited file is called; its name says which type it is of. */
export const nameOf = (file: keyof typeof FILES): string => (file === "manifest" ? "f.yaml" : "f")

const NAMED: Readonly<Record<string, string>> = {
  Esc: "\x1b",
  CR: "\r",
  BS: "\x7f",
  Tab: "\t",
  Space: " ",
  lt: "<",
  Bar: "|",
  Left: "\x1b[D",
  Right: "\x1b[C",
  Up: "\x1b[A",
  Down: "\x1b[B",
  Home: "\x1b[1~",
  End: "\x1b[4~",
  Del: "\x1b[3~",
  PageUp: "\x1b[5~",
  PageDown: "\x1b[6~",
}

const KEY = /<(?:C-(.)|(Esc|CR|BS|Tab|Space|lt|Bar|Left|Right|Up|Down|Home|End|Del|PageUp|PageDown))>/g

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
    const match = /^(prose|yaml|code|text|data|wide|manifest) (.+)$/.exec(line)
    if (match) cases.push({ name: `${topic}: ${line}`, file: match[1] as KeyCase["file"], keys: match[2] })
  }
  return cases
}
