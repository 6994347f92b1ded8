/** Every subcommand. */
import type { Subcommand } from "../define-subcommand.ts"
import { changers } from "./change.ts"
import { clusterCommands } from "./cluster.ts"
import { creators } from "./create.ts"
import { describe } from "./describe.ts"
import { get } from "./get.ts"
import { podCommands } from "./pods.ts"

export const subcommands: readonly Subcommand[] = [get, describe, ...creators, ...changers, ...podCommands, ...clusterCommands]
