/** curl's progress meter: two lines of titles, and one of figures that is written over until the transfer is done. As lib/progress.c. */

const TITLES =
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n"

/** At most five characters: "0", "84210", "1019k", "1256k", "10.2M". As max5data. */
const short = (bytes: number): string => {
  if (bytes < 100_000) return String(Math.floor(bytes)).padStart(5)
  const units = ["k", "M", "G", "T"]
  let value = bytes / 1024
  for (const [at, unit] of units.entries()) {
    if (unit === "k" ? value < 10_000 : value < 100)
      return (unit === "k" || value >= 100 ? `${Math.floor(value)}${unit}` : `${value.toFixed(1)}${unit}`).padStart(5)
    if (value < 10_000) return `${Math.floor(value)}${unit}`.padStart(5)
    if (at < units.length - 1) value /= 1024
  }
  return `${Math.floor(value)}T`.padStart(5)
}

/** "--:--:--" for less than a second. As time2str. */
const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000)
  if (seconds <= 0) return "--:--:--"
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
}

export interface Figures {
  /** Bytes of the answer, when told beforehand. */
  readonly total?: number | undefined
  readonly received: number
  readonly sent: number
  /** ms since it began. */
  readonly took: number
}

const line = ({ total, received, sent, took }: Figures): string => {
  const seconds = Math.max(took, 1) / 1_000
  const speed = (bytes: number) => short(bytes / seconds)
  const expected = (total ?? received) + sent
  const done = expected > 0 ? Math.floor(((received + sent) * 100) / expected) : 0
  const part = (bytes: number, of: number) => (of > 0 ? Math.floor((bytes * 100) / of) : 0)
  const spent = clock(took)
  return `\r${String(done).padStart(3)} ${short(expected)}  ${String(part(received, total ?? 0)).padStart(3)} ${short(received)}  ${String(sent > 0 ? 100 : 0).padStart(3)} ${short(sent)}  ${speed(received)}  ${speed(sent)} ${spent} ${spent} --:--:-- ${speed(received + sent)}`
}

const NOTHING: Figures = { received: 0, sent: 0, took: 0 }

/** Before anything is asked: the titles and a first line of zeros. */
export const meterBegin = (titled: boolean): string => `${titled ? TITLES : ""}${line(NOTHING)}`

/** The last line: of a transfer that was done, or of one that was not. */
export const meterEnd = (figures: Figures | undefined): string => `${line(figures ?? NOTHING)}\n`
