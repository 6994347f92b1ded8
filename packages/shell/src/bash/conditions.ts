/** Unary and binary tests of [ and [[. */
import { type FileStat, SystemError } from "@drydock/machine"
import { isSetOption } from "./options.ts"
import type { Shell } from "./shell.ts"

const stat = (shell: Shell, path: string, follow = true): FileStat | undefined => {
  try {
    return follow ? shell.process.files.stat(path) : shell.process.files.lstat(path)
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

export const testUnary = (shell: Shell, operator: string, operand: string): boolean => {
  const { process } = shell
  switch (operator) {
    case "-z":
      return operand === ""
    case "-n":
      return operand !== ""
    case "-e":
    case "-a":
      return stat(shell, operand) !== undefined
    case "-f":
      return stat(shell, operand)?.type === "file"
    case "-d":
      return stat(shell, operand)?.type === "directory"
    case "-L":
    case "-h":
      return stat(shell, operand, false)?.type === "symlink"
    case "-p":
      return stat(shell, operand)?.type === "fifo"
    case "-S":
      return stat(shell, operand)?.type === "socket"
    case "-b":
      return stat(shell, operand)?.type === "block-device"
    case "-c":
      return stat(shell, operand)?.type === "character-device"
    case "-s":
      return (stat(shell, operand)?.size ?? 0) > 0
    case "-r":
      return process.files.access(operand, { read: true })
    case "-w":
      return process.files.access(operand, { write: true })
    case "-x":
      return process.files.access(operand, { execute: true })
    case "-O":
      return stat(shell, operand)?.uid === process.credentials.uid
    case "-G":
      return stat(shell, operand)?.gid === process.credentials.gid
    case "-t":
      return process.fds.get(Number(operand))?.kind === "tty"
    case "-R":
      return shell.variables.own(operand)?.nameref === true
    case "-u":
      return ((stat(shell, operand)?.mode ?? 0) & 0o4000) !== 0
    case "-g":
      return ((stat(shell, operand)?.mode ?? 0) & 0o2000) !== 0
    case "-k":
      return ((stat(shell, operand)?.mode ?? 0) & 0o1000) !== 0
    case "-N": {
      const found = stat(shell, operand)
      return found !== undefined && found.modifiedAt > found.accessedAt
    }
    case "-v": {
      const element = /^(\w+)\[(.+)\]$/.exec(operand)
      const array = element ? shell.variables.find(element[1])?.array : undefined
      if (element) return array !== undefined && (/^[@*]$/.test(element[2]) ? array.size > 0 : array.has(element[2]))
      const variable = shell.variables.find(operand)
      return (shell.special(operand) ?? (variable?.array ? (variable.array.size > 0 ? "" : undefined) : variable?.value)) !== undefined
    }
    case "-o":
      return isSetOption(operand) && shell.options[operand]
    default:
      return false
  }
}

export const testBinary = (shell: Shell, operator: string, left: string, right: string): boolean => {
  switch (operator) {
    case "<":
      return left < right
    case ">":
      return left > right
    case "-nt":
      return (stat(shell, left)?.modifiedAt ?? -1) > (stat(shell, right)?.modifiedAt ?? -1)
    case "-ot":
      return (stat(shell, left)?.modifiedAt ?? -1) < (stat(shell, right)?.modifiedAt ?? -1)
    case "-ef":
      return stat(shell, left)?.inode !== undefined && stat(shell, left)?.inode === stat(shell, right)?.inode
    default:
      return false
  }
}

export const compareNumbers = (operator: string, a: bigint, b: bigint): boolean => {
  switch (operator) {
    case "-eq":
      return a === b
    case "-ne":
      return a !== b
    case "-lt":
      return a < b
    case "-le":
      return a <= b
    case "-gt":
      return a > b
    default:
      return a >= b
  }
}
