/** Parameters that the shell itself gives: $?, $#, $1, RANDOM, SECONDS … */
import { flagLetters, SET_NAMES, shoptNames } from "./options.ts"
import type { Shell } from "./shell.ts"

/** The next of the numbers that a seed gives: Park and Miller's generator, its halves folded (lib/sh/random.c). */
const nextRandom = (shell: Shell): number => {
  if (shell.randomSeed === undefined) return Math.floor(shell.process.random() * 32_768)
  const seed = shell.randomSeed === 0 ? 123_459_876 : shell.randomSeed
  const next = (16_807 * (seed % 127_773) - 2_836 * Math.floor(seed / 127_773)) | 0
  shell.randomSeed = next < 0 ? next + 2_147_483_647 : next
  return ((shell.randomSeed >>> 16) ^ (shell.randomSeed & 65_535)) & 32_767
}

/** Undefined when `name` is an ordinary variable. */
export const specialParameter = (shell: Shell, name: string): string | undefined => {
  switch (name) {
    case "?":
      return String(shell.status)
    case "#":
      return String(shell.positional.length)
    case "$":
      return String(shell.subshell > 0 ? shell.rootPid : shell.process.pid)
    case "!":
      return shell.lastBackground || undefined
    case "0":
      return shell.name
    case "_":
      return shell.lastArgument
    case "-":
      return flagLetters(shell.options, shell.interactive, shell.from)
    case "PIPESTATUS":
      return String(shell.pipeStatus[0] ?? 0)
    case "RANDOM":
      return String(nextRandom(shell))
    case "SRANDOM":
      return String(Math.floor(shell.process.random() * 2 ** 32))
    case "SECONDS":
      return String(Math.floor((shell.process.now() - shell.startedAt) / 1_000))
    case "EPOCHSECONDS":
      return String(Math.floor(shell.process.now() / 1_000))
    case "EPOCHREALTIME":
      return (shell.process.now() / 1_000).toFixed(6)
    case "LINENO":
      return String(shell.line)
    case "BASHPID":
      return String(shell.process.pid)
    case "BASH_COMMAND":
      return shell.commandText?.() ?? ""
    case "BASH_SUBSHELL":
      return String(shell.subshell)
    case "FUNCNAME":
      return shell.depth > 0 ? shell.frames.at(-1)?.name : undefined
    case "BASH_SOURCE":
      return shell.frames.at(-1)?.file ?? (shell.file || undefined)
    case "BASHOPTS":
      return shoptNames()
        .filter((option) => shell.options[option])
        .join(":")
    case "SHELLOPTS":
      return SET_NAMES.filter((option) => shell.options[option] && (option !== "histexpand" || shell.interactive)).join(":")
    case "BASH_EXECUTION_STRING":
      return shell.from === "c" && shell.executionString !== "" ? shell.executionString : undefined
    case "BASH_ARGV0":
      return shell.name
    case "HISTCMD":
      return String(shell.history.length + 1)
    case "DIRSTACK":
      return shell.directory
    case "GROUPS":
      return String(shell.process.credentials.gid)
    case "BASH_VERSINFO":
      return "5"
    default: {
      const first = name.charCodeAt(0)
      if (first < 48 || first > 57) return undefined
      return shell.positional[Number(name) - 1]
    }
  }
}
