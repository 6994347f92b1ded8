/** Permission bits: how chmod, mkdir -m and install write them, and how ls shows them. */
import type { FileStat } from "@drydock/machine"

const TYPES: Readonly<Record<FileStat["type"], string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  fifo: "p",
  socket: "s",
  "character-device": "c",
  "block-device": "b",
}

/** "rwxr-xr-x", with s, S, t and T for the bits beyond them. */
export const permissionText = (mode: number): string => {
  const letters = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) => (mode & (1 << bit) ? "rwx"[(8 - bit) % 3] : "-"))
  if (mode & 0o4000) letters[2] = letters[2] === "x" ? "s" : "S"
  if (mode & 0o2000) letters[5] = letters[5] === "x" ? "s" : "S"
  if (mode & 0o1000) letters[8] = letters[8] === "x" ? "t" : "T"
  return letters.join("")
}

export const modeText = (stat: Pick<FileStat, "type" | "mode">): string => TYPES[stat.type] + permissionText(stat.mode)

const SHIFTS = { u: 6, g: 3, o: 0 } as const

/** `old` after "755", "u+x,go-w", "g=u" …; undefined for what is no mode. `umask` holds back what names nobody. */
export const changedMode = (text: string, old: number, directory: boolean, umask = 0): number | undefined => {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    // Fewer than five digits leave a directory's set-id bits.
    return mode > 0o7777 ? undefined : directory && text.length < 5 ? mode | (old & 0o6000 & ~(text.length === 4 ? mode : 0)) : mode
  }
  let mode = old & 0o7777
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause)
    if (!match) return undefined
    const [, who, actions] = match
    for (const [, operator, what] of actions.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) {
      for (const name of ["u", "g", "o"] as const) {
        if (who !== "" && !who.includes("a") && !who.includes(name)) continue
        const shift = SHIFTS[name]
        let bits = 0
        if (/^[ugo]$/.test(what)) bits = (mode >> SHIFTS[what as keyof typeof SHIFTS]) & 7
        else {
          if (what.includes("r")) bits |= 4
          if (what.includes("w")) bits |= 2
          if (what.includes("x") || (what.includes("X") && (directory || mode & 0o111))) bits |= 1
        }
        if (who === "") bits &= ~(umask >> shift) & 7
        // What = sets has no special bits but those that it names; a directory keeps its set-id bits.
        if (operator === "=") mode &= ~((7 << shift) | (name === "o" ? 0o1000 : directory ? 0 : name === "u" ? 0o4000 : 0o2000))
        mode = operator === "-" ? mode & ~(bits << shift) : mode | (bits << shift)
        const special =
          (what.includes("s") && name !== "o" ? (name === "u" ? 0o4000 : 0o2000) : 0) | (what.includes("t") && name === "o" ? 0o1000 : 0)
        mode = operator === "-" ? mode & ~special : mode | special
      }
    }
  }
  return mode
}
