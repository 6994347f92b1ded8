/** PS1 and PS2: backslash escapes, then expansion, as bash decodes them. */
import type { Steps } from "@drydock/machine"
import { formatDate } from "../text/date.ts"
import type { Shell } from "./shell.ts"

const userName = (shell: Shell): string => {
  const { uid } = shell.process.credentials
  const { files } = shell.process
  const row = files.access("/etc/passwd", { read: true })
    ? files
        .readText("/etc/passwd")
        .split("\n")
        .find((line) => line.split(":")[2] === String(uid))
    : undefined
  return row?.split(":")[0] ?? shell.variables.get("USER") ?? "I have no name!"
}

const directory = (shell: Shell): string => {
  const { cwd } = shell.process
  const home = shell.variables.get("HOME") ?? ""
  return home !== "" && home !== "/" && (cwd === home || cwd.startsWith(`${home}/`)) ? `~${cwd.slice(home.length)}` : cwd
}

/** PROMPT_DIRTRIM: that many last directories, "…/" as "...". */
const trimmed = (path: string, keep: number): string => {
  if (!(keep > 0)) return path
  const parts = path.replace(/^~\//, "").split("/").filter(Boolean)
  return parts.length <= keep ? path : `${path.startsWith("~") ? "~/" : ""}.../${parts.slice(-keep).join("/")}`
}

const quoted = (value: string): string => value.replace(/[\\$`"]/g, "\\$&")

const decodeEscape = (shell: Shell, letter: string): string => {
  const now = shell.process.now()
  switch (letter) {
    case "u":
      return quoted(userName(shell))
    case "h":
      return quoted(shell.process.hostname.split(".")[0])
    case "H":
      return quoted(shell.process.hostname)
    case "w":
      return quoted(trimmed(directory(shell), Number(shell.variables.get("PROMPT_DIRTRIM") ?? 0)))
    case "W": {
      const path = directory(shell)
      return quoted(path === "/" || path === "~" ? path : (path.split("/").at(-1) ?? path))
    }
    case "$":
      return shell.process.credentials.uid === 0 ? "#" : "\\$"
    case "s":
      return quoted(shell.name.split("/").at(-1) ?? shell.name)
    case "v":
      return "5.2"
    case "V":
      return "5.2.21"
    case "j":
      return String(shell.jobs.list.length)
    case "l":
      return shell.process.tty?.name.split("/").at(-1) ?? "tty"
    case "!":
      return String(shell.history.length + 1)
    case "#":
      return String(shell.commandNumber + 1)
    case "d":
      return formatDate("%a %b %d", now)
    case "t":
      return formatDate("%H:%M:%S", now)
    case "T":
      return formatDate("%I:%M:%S", now)
    case "@":
      return formatDate("%I:%M %p", now)
    case "A":
      return formatDate("%H:%M", now)
    case "n":
      return "\n"
    case "r":
      return "\r"
    case "a":
      return "\x07"
    case "e":
      return "\x1b"
    case "[":
      return "\x01"
    case "]":
      return "\x02"
    case "\\":
      return "\\\\"
    default:
      return `\\\\${letter}`
  }
}

/** What the prompt variable `name` shows now; \x01 and \x02 enclose what takes no room. */
export function* promptText(shell: Shell, name: "PS0" | "PS1" | "PS2" | "PS4"): Steps<string> {
  const value = shell.variables.get(name)
  return value ? yield* decodePrompt(shell, value) : ""
}

/** A prompt string, decoded and expanded. */
export function* decodePrompt(shell: Shell, value: string): Steps<string> {
  const decoded = value.replace(
    /\\(?:D\{([^}]*)\}|([0-7]{3})|([\s\S]))/g,
    (_, format: string | undefined, octal: string | undefined, letter: string | undefined) =>
      format !== undefined
        ? quoted(formatDate(format === "" ? "%X" : format, shell.process.now()))
        : octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8))
          : decodeEscape(shell, letter ?? ""),
  )
  if (!/[$`\\]/.test(decoded)) return decoded
  const { status, pipeStatus, substitutionStatus } = shell
  try {
    // A double quote of the prompt itself is a character of it; those that were escaped stay so.
    return yield* shell.textOf(`"${decoded.replace(/(\\.)|"/gs, (_, escaped: string | undefined) => escaped ?? '\\"')}"`)
  } finally {
    Object.assign(shell, { status, pipeStatus, substitutionStatus })
  }
}
