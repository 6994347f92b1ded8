/** ls's colours: LS_COLORS, and where it is not set those of the terminal (ls.c). */
import type { FileStat, Process } from "@drydock/machine"

const DEFAULTS: Readonly<Record<string, string>> = {
  di: "01;34",
  ln: "01;36",
  pi: "33",
  so: "01;35",
  bd: "01;33",
  cd: "01;33",
  ex: "01;32",
  su: "37;41",
  sg: "30;43",
  tw: "30;42",
  ow: "34;42",
  st: "37;44",
}

/** Terminals that are known to have colours: dircolors' list. */
const COLOURFUL =
  /^(xterm|screen|tmux|linux|rxvt|vt100|vt220|ansi|cygwin|konsole|putty|Eterm|alacritty|kitty|st|foot|gnome|dtterm|hurd|jfbterm|kterm|mach-color|mlterm|terminator|con\d)|color|direct/

export interface LsColors {
  readonly kinds: ReadonlyMap<string, string>
  /** By the end of the name, the last one first. */
  readonly endings: readonly (readonly [string, string])[]
}

/** Undefined where the terminal is not known to have any. */
export const lsColors = (process: Process): LsColors | undefined => {
  const setting = process.env.get("LS_COLORS") ?? ""
  if (setting === "") {
    if (!process.env.get("COLORTERM") && !COLOURFUL.test(process.env.get("TERM") ?? "")) return undefined
    return { kinds: new Map(Object.entries(DEFAULTS)), endings: [] }
  }
  const kinds = new Map(Object.entries(DEFAULTS))
  const endings: [string, string][] = []
  for (const part of setting.split(":")) {
    const at = part.indexOf("=")
    if (at < 0) continue
    const [name, code] = [part.slice(0, at), part.slice(at + 1)]
    if (name.startsWith("*")) endings.unshift([name.slice(1).toLowerCase(), code])
    else kinds.set(name, code)
  }
  return { kinds, endings }
}

/** A colour that is there at all: 0 and 00 are none. */
const real = (code: string | undefined): string | undefined => (code === undefined || /^0*$/.test(code) ? undefined : code)

const kindOf = (process: Process, path: string, { type, mode }: FileStat): string => {
  switch (type) {
    case "directory":
      if ((mode & 0o1002) === 0o1002) return "tw"
      if (mode & 0o002) return "ow"
      return mode & 0o1000 ? "st" : "di"
    case "symlink":
      return process.files.exists(path) ? "ln" : "or"
    case "fifo":
      return "pi"
    case "socket":
      return "so"
    case "block-device":
      return "bd"
    case "character-device":
      return "cd"
    case "file":
      if (mode & 0o4000) return "su"
      if (mode & 0o2000) return "sg"
      return mode & 0o111 ? "ex" : "fi"
  }
}

/** The SGR code of a file; undefined for none. */
export const colorOf = (process: Process, colors: LsColors, path: string, name: string, stat: FileStat): string | undefined => {
  const kind = kindOf(process, path, stat)
  if (kind === "or") return real(colors.kinds.get("or") ?? colors.kinds.get("ln"))
  if (kind !== "fi") return real(colors.kinds.get(kind))
  const lower = name.toLowerCase()
  return real(colors.endings.find(([ending]) => lower.endsWith(ending))?.[1] ?? colors.kinds.get("fi"))
}
