/** The directory that each snippet for busybox begins in, and how an answer is made comparable. */

/** Where every snippet runs. */
export const HOME = "/tmp/busybox-snippet"

/** What lies there, by path. */
export const FILES: Readonly<Record<string, string>> = {
  "a.txt": "apple\nbanana\ncherry\n",
  "b.txt": "apple\nblue\ncherry\ndate\n",
  "e.txt": "one\n\n\ntwo\n",
  "tab.txt": "a\tb\nc\td\n",
  "n.txt": `${Array.from({ length: 20 }, (_, at) => at + 1).join("\n")}\n`,
  "p.txt": "carol 30 x\nalice 10 y\nbob 20 z\n",
  "pw.txt": "root:x:0:0\nbin:x:2:2\ndaemon:x:1:1\n",
  "u.txt": "b\na\na\nc\nc\nc\n",
  "sums.txt": "dbec1d7ab1ac0d8c3aa4a7b7b3c9be62  a.txt\n",
  "a.sh": "echo script $# $1\nv=1\n",
  "bad.sh": "echo one\nnosuch two\necho three\n",
  "bad2.sh": "echo one\nif true\necho x\n",
  "d/c.txt": "apple pie\n",
  "d/e/f.txt": "deep\n",
}

export interface Recorded {
  readonly run: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** A line is a snippet; lines that begin with "# " are titles. */
export const snippetsOf = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !line.startsWith("# "))

/** Without what a build of busybox says of itself, and without the explanations below a usage. */
export const comparable = ({ stdout, stderr, exit }: Omit<Recorded, "run">): Omit<Recorded, "run"> => {
  const plain = (text: string) =>
    text
      .replace(/^BusyBox v\S+ (\([^)]*\) )?multi-call binary/gm, "BusyBox vN multi-call binary")
      .replace(/^(BusyBox vN multi-call binary\.\n\nUsage: (?:.+\n?)+)(?:\n[\s\S]*)?$/m, "$1")
      .replace(/\n+$/, "\n")
  return { stdout: plain(stdout), stderr: plain(stderr), exit }
}
