/** What a command-line tool is: a name, where it is installed, its usage, and its program. */
import type { Process, Steps } from "@drydock/machine"

export interface ToolOptions {
  name: string
  /** Default "/usr/bin". */
  directory?: string
  /** Other names for the same program ("egrep"). */
  aliases?: readonly string[]
  /** One line for `man`/`whatis`. */
  summary: string
  /** Shown by --help; absent where GNU's tool has none. */
  usage?: string
  /** After the name, by --version. Default: GNU coreutils'. */
  version?: string
  /** Sees --help and --version itself. */
  plain?: boolean
  /** Part of every small image as well (busybox), not of machines alone. */
  busybox?: boolean
  run: (process: Process, args: readonly string[]) => Steps<number>
}

export type Tool = Readonly<ToolOptions>

export const defineTool = (options: ToolOptions): Tool => options
