/** Finds the subcommand that a command line means. As cobra's Command.Find. */
import { KubectlError } from "./errors.ts"
import type { Subcommand } from "./define-subcommand.ts"
import { byShorthand, type Flags, NO_FLAGS, wantsValue, withGlobal } from "./flags.ts"

export interface Found {
  readonly command: Subcommand | undefined
  /** Everything but the words that name the command. */
  readonly args: string[]
}

/** Whether the word is a flag whose value is the next one. */
export const takesNext = (word: string, flags: Flags): boolean => {
  if (word.includes("=")) return false
  if (word.startsWith("--")) {
    const name = word.slice(2)
    return Object.hasOwn(flags, name) ? wantsValue(flags[name]) : true
  }
  if (word.length !== 2) return false
  const flag = byShorthand(flags).get(word[1])
  return flag ? wantsValue(flags[flag]) : word !== "-h"
}

/** The commands below each path, its words joined by spaces; made once for a list of commands. */
const trees = new WeakMap<readonly Subcommand[], ReadonlyMap<string, readonly Subcommand[]>>()

const treeOf = (all: readonly Subcommand[]): ReadonlyMap<string, readonly Subcommand[]> => {
  const known = trees.get(all)
  if (known) return known
  const tree = new Map<string, Subcommand[]>()
  for (const one of all) {
    const parent = one.path.slice(0, -1).join(" ")
    const children = tree.get(parent)
    if (children) children.push(one)
    else tree.set(parent, [one])
  }
  trees.set(all, tree)
  return tree
}

const CHILDLESS: readonly Subcommand[] = []

export const childrenOf = (all: readonly Subcommand[], path: readonly string[]): readonly Subcommand[] =>
  treeOf(all).get(path.join(" ")) ?? CHILDLESS

export const findCommand = (all: readonly Subcommand[], given: readonly string[]): Found => {
  const args = [...given]
  let command: Subcommand | undefined
  let at = 0
  while (at < args.length) {
    const word = args[at]
    if (word === "--") break
    if (word.startsWith("-") && word.length > 1) {
      at += takesNext(word, withGlobal(command?.flags ?? NO_FLAGS)) ? 2 : 1
      continue
    }
    const child = childrenOf(all, command?.path ?? []).find((one) => one.path.at(-1) === word || one.aliases?.includes(word))
    if (!child) break
    command = child
    args.splice(at, 1)
  }
  return { command, args }
}

/** Levenshtein's. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}

/** `all`: in the overview's order. */
export const unknownCommand = (all: readonly Subcommand[], name: string): KubectlError => {
  const near = all
    .filter(({ path }) => path.length === 1)
    .map(({ path }) => path[0])
    .filter((one) => distance(one, name.toLowerCase()) <= 2 || one.startsWith(name.toLowerCase()))
  const hint = near.length > 0 ? `\n\nDid you mean this?\n${near.map((one) => `\t${one}\n`).join("")}` : ""
  return new KubectlError(`error: unknown command ${JSON.stringify(name)} for "kubectl"${hint}`, { raw: true })
}
