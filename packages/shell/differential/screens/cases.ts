/** What is typed at full-screen programs, and the files they are run on: read alike by the recorder and the test. */
import { bytesOf } from "../vi/keys.ts"

export interface ScreenStep {
  readonly keys?: Uint8Array
  /** "60x8": the window's new size. */
  readonly size?: string
  /** As it is written in the table. */
  readonly text: string
}

export interface ScreenCase {
  /** Topic and command: no two are equal. */
  readonly name: string
  readonly size: string
  readonly command: string
  readonly steps: readonly ScreenStep[]
}

const numbered = Array.from({ length: 40 }, (_, at) => `line ${at + 1}${at % 10 === 4 ? " five" : ""}`).join("\n")

export const SCREEN_FILES: Readonly<Record<string, string>> = {
  f: `${numbered}\n`,
  g: "alpha\nbeta\ngamma\n",
  long: `${"0123456789".repeat(9)}\nshort\n${"abcdefghij ".repeat(12)}\nend\n`,
  wide: "日本語 テスト\nnaïve café\n\ttab\tbed\nplain\n",
  yaml: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: nginx\n",
  one: "only\n",
  "set.vim": "set nu et sw=2 ts=2\n",
}

/** Cursor keys as a terminal sends them to programs that fill its screen. */
const applicationKeys = (keys: Uint8Array): Uint8Array =>
  new TextEncoder().encode(
    new TextDecoder()
      .decode(keys)
      .replace(/\x1b\[([ABCD])/g, "\x1bO$1")
      .replace(/\x1b\[1~/g, "\x1bOH")
      .replace(/\x1b\[4~/g, "\x1bOF"),
  )

/** "## topic", "$ [80x10] command", then a step of keys a line ("@60x8" is a new size); an empty line ends a case. */
export const screenCases = (text: string): ScreenCase[] => {
  let topic = ""
  const cases: ScreenCase[] = []
  let steps: ScreenStep[] = []
  for (const line of text.split("\n")) {
    const head = /^\$ (?:\[(\d+x\d+)\] )?(.*)$/.exec(line)
    if (line.startsWith("## ")) topic = line.slice(3)
    else if (head) {
      steps = []
      cases.push({ name: `${topic}: ${line.slice(2)} #${cases.length + 1}`, size: head[1] ?? "60x10", command: head[2], steps })
    } else if (/^@\d+x\d+$/.test(line)) steps.push({ size: line.slice(1), text: line })
    else if (line !== "" && !line.startsWith("# ")) steps.push({ keys: applicationKeys(bytesOf(line)), text: line })
  }
  return cases
}
