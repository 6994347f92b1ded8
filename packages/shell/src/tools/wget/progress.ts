/** How wget shows what comes in: a bar on a terminal, rows of dots elsewhere. As src/progress.c. */

/** Bytes a second of every link here. */
const SPEED = "10.0"

const human = (bytes: number): string => {
  if (bytes < 1024) return ""
  const units = ["K", "M", "G"]
  let value = bytes / 1024
  let at = 0
  for (; value >= 1024 && at < units.length - 1; at++) value /= 1024
  return ` (${value < 10 ? value.toFixed(1) : Math.round(value)}${units[at]})`
}

/** "Length: 70000 (68K) [application/octet-stream]", or that it is not told. */
export const lengthLine = (bytes: number | undefined, type: string | undefined): string =>
  `Length: ${bytes === undefined ? "unspecified" : `${bytes}${human(bytes)}`}${type ? ` [${type.split(";")[0]}]` : ""}\n`

/** A dot is 1 KiB, a row has 50 of them. */
const [DOT, ROW] = [1_024, 50]

const dots = (bytes: number): string => {
  const rows = Math.max(1, Math.ceil(bytes / (DOT * ROW)))
  let text = ""
  for (let row = 0; row < rows; row++) {
    const full = Math.min(ROW, Math.floor((bytes - row * ROW * DOT) / DOT))
    const last = row === rows - 1
    const cells = Array.from({ length: ROW }, (_, at) => `${at % 10 === 0 ? " " : ""}${at < full ? "." : " "}`).join("")
    const percent = bytes === 0 ? 100 : Math.floor((Math.min(bytes, (row + 1) * ROW * DOT) * 100) / bytes)
    text += `${String(row * ROW).padStart(6)}K${cells}${String(percent).padStart(3)}% ${`${SPEED}M`.padStart(5)}${last ? "=" : " "}0s\n`
  }
  return text
}

const bar = (name: string, bytes: number): string =>
  `\r${name.slice(0, 20).padEnd(20)} 100%[===================>] ${String(bytes).padStart(7)}  --.-KB/s    in 0s      \n`

/** The whole transfer of a file of that many bytes. */
export const progressOf = (name: string, bytes: number, terminal: boolean): string => `${terminal ? bar(name, bytes) : dots(bytes)}\n`

/** "(10.0 MB/s)", in the last line. */
export const RATE = `(${SPEED} MB/s)`
