/** What a kubectl subcommand is. */
import type { Process, Steps } from "@drydock/machine"
import type { Api } from "./api.ts"
import type { Flags, Input } from "./flags.ts"
import type { Kubeconfig } from "./kubeconfig.ts"

export interface Context {
  readonly process: Process
  readonly api: Api
  /** The namespace in effect: -n, the context's, or "default". */
  readonly namespace: string
  /** Whether -n named it. */
  readonly namespaceGiven: boolean
  /** The kubeconfig as it was found. */
  readonly config: Kubeconfig
  /** "create deployment" */
  readonly command: string
  readonly input: Input
  /** All of kubectl's. */
  readonly commands: readonly Subcommand[]
}

/** Under which heading `kubectl --help` lists it; undefined for what belongs to another command. */
export type Group =
  | "Basic Commands (Beginner)"
  | "Basic Commands (Intermediate)"
  | "Deploy Commands"
  | "Cluster Management Commands"
  | "Troubleshooting and Debugging Commands"
  | "Advanced Commands"
  | "Settings Commands"
  | "Other Commands"

export interface Subcommand {
  /** ["create", "deployment"] */
  readonly path: readonly string[]
  readonly group?: Group
  readonly aliases?: readonly string[]
  readonly summary: string
  /** More than the summary, for its help. */
  readonly description?: string
  /** What follows the command's name, e.g. "NAME --image=image". */
  readonly usage?: string
  readonly examples?: readonly (readonly [comment: string, line: string])[]
  readonly flags: Flags
  /** Words after which everything belongs to the command that is run. */
  readonly stopAtWord?: number
  /** Left out of completion and of the list of commands. */
  readonly hidden?: boolean
  /** How the command ends when its flags are not understood, and what is said then. Default: 1, and where its usage is told. */
  readonly misused?: { readonly code: number; readonly hint: string }
  /** Needs neither a kubeconfig nor a server. */
  readonly offline?: boolean
  /** Where a mere family shows its help, and its exit code then; "always": whatever words follow; "brief": nothing but this and its commands. Default: standard error, 1. */
  readonly bare?: { readonly on: 1 | 2; readonly exit: number; readonly always?: boolean; readonly brief?: string }
  /** Undefined: a mere family of subcommands, whose help it shows. */
  run?(input: Input, context: Context): Steps<number>
}

export const defineSubcommand = (options: Subcommand): Subcommand => options
