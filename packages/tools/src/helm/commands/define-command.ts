/** What a helm subcommand is: its words, its arguments, its flags, what it does. */
import type { Steps } from "@drydock/machine"
import type { Context } from "../context.ts"
import { type FlagSpec, bool, int, list, slice, string } from "../flags.ts"

export interface CommandOptions {
  /** "repo add" */
  path: string
  aliases?: readonly string[]
  /** What follows the name: "[NAME] [URL]". */
  usage: string
  summary: string
  /** How many words it takes: [least, most]. */
  args: readonly [number, number]
  flags?: FlagSpec
  run(context: Context): Steps<void>
}

export type Command = Readonly<CommandOptions>

export const defineCommand = (options: CommandOptions): Command => options

/** Flags that every command has. */
export const GLOBAL_FLAGS: FlagSpec = {
  namespace: string("n"),
  "kube-context": string(),
  kubeconfig: string(),
  "kube-token": string(),
  "kube-apiserver": string(),
  "kube-as-user": string(),
  "kube-as-group": list(),
  "kube-ca-file": string(),
  "kube-insecure-skip-tls-verify": bool(),
  "kube-tls-server-name": string(),
  "burst-limit": int(),
  qps: string(),
  color: string(),
  colour: string(),
  "content-cache": string(),
  "registry-config": string(),
  "repository-cache": string(),
  "repository-config": string(),
  debug: bool(),
  help: bool("h"),
  v: string(),
}

export const OUTPUT = {
  output: { kind: "string", short: "o", check: (value) => (["table", "json", "yaml"].includes(value) ? undefined : "invalid format type") },
} as const satisfies FlagSpec

export const VALUE_FLAGS: FlagSpec = {
  values: slice("f"),
  set: list(),
  "set-string": list(),
  "set-file": list(),
  "set-json": list(),
  "set-literal": list(),
}

export const CHART_FLAGS: FlagSpec = {
  version: string(),
  verify: bool(),
  keyring: string(),
  repo: string(),
  username: string(),
  password: string(),
  "cert-file": string(),
  "key-file": string(),
  "ca-file": string(),
  "insecure-skip-tls-verify": bool(),
  "plain-http": bool(),
  "pass-credentials": bool(),
  devel: bool(),
}

const waits = (value: string): string | undefined =>
  ["watcher", "hookOnly", "legacy", "true", "false"].includes(value)
    ? undefined
    : `invalid wait input ${JSON.stringify(value)}. Valid inputs are watcher, hookOnly, and legacy`

export const WAIT = { wait: { kind: "?watcher", check: waits } } as const satisfies FlagSpec
