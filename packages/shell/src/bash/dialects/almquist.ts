/** What ash and dash have in common: both are Kenneth Almquist's shell, and word alike what bash says otherwise. */
import type { Wording } from "./dialect.ts"

/** bash's own, which neither has. */
export const BASH_ONLY = [
  "bind",
  "builtin",
  "caller",
  "compgen",
  "complete",
  "compopt",
  "declare",
  "dirs",
  "disown",
  "enable",
  "logout",
  "mapfile",
  "popd",
  "pushd",
  "readarray",
  "shopt",
  "suspend",
  "typeset",
] as const

/** The tables of both are these, between their own. */
export const COMMON: readonly Wording[] = [
  { bash: /^(.*): command not found$/, says: "$1: not found" },
  { bash: /^(\S*\/\S*): No such file or directory$/, says: "$1: not found" },
  { bash: /^(.*): Is a directory$/, says: "$1: Permission denied" },
  { bash: /^(.*): cannot execute: required file not found$/, says: "$1: not found" },
  { bash: /^unset: (.*): cannot unset: readonly variable$/, says: "unset: $1: is read only", ends: true },
  { bash: /^(.*): readonly variable$/, says: "$1: is read only", ends: true },
  { bash: /^(.*): unbound variable$/, says: "$1: parameter not set" },
  { bash: /^(.*): parameter null or not set$/, says: "$1: parameter not set or null" },
  { bash: /^exec: (.*): not found$/, says: "exec: $1: not found", status: 127 },
  { bash: /^(export|readonly|unset|local|read): `(.*?)(?:=.*)?': not a valid identifier$/, says: "$1: $2: bad variable name", ends: true },
  { bash: /^local: can only be used in a function$/, says: "local: not in a function", ends: true },
  { bash: /^(exit|return|shift|break|continue): (.*): numeric argument required$/, says: "$1: Illegal number: $2", ends: true },
  // A usage that it does not show.
  { bash: /^\w+: usage$/, says: "" },
]
