/** All of helm's commands. */
import { CHART_COMMANDS } from "./charts.ts"
import { CLIENT_COMMANDS } from "./client.ts"
import type { Command } from "./define-command.ts"
import { READING_COMMANDS } from "./reading.ts"
import { RELEASE_COMMANDS } from "./releases.ts"
import { REPOSITORY_COMMANDS } from "./repositories.ts"

export const COMMANDS: readonly Command[] = [
  ...CHART_COMMANDS,
  ...RELEASE_COMMANDS,
  ...READING_COMMANDS,
  ...REPOSITORY_COMMANDS,
  ...CLIENT_COMMANDS,
]

/** Names of groups besides their first. */
export const GROUP_ALIASES: Readonly<Record<string, string>> = { dep: "dependency", dependencies: "dependency", inspect: "show" }
