/** What a subcommand of docker, podman or nerdctl is. */
import type { Process, Steps } from "@drydock/machine"
import type { Archives } from "../archives.ts"
import { type Engine, type EngineContainer, EngineError } from "./engine.ts"
import type { Options } from "./options.ts"

/** One call of a subcommand. */
export interface Call {
  readonly process: Process
  readonly engine: Engine
  readonly archives: Archives
  /** What follows the subcommand's name. */
  readonly args: readonly string[]
}

export interface Command {
  readonly name: string
  /** Its exit code. @throws EngineError */
  run(call: Call): Steps<number>
}

export const isDocker = ({ flavour }: Engine): boolean => flavour === "docker"

/** Flags without a value, of all subcommands that have no others. */
export const SWITCHES =
  "a all q quiet no-trunc f force l latest s size d detach i interactive t tty follow timestamps no-cache rm pull-always squash digests v volumes details privileged help n"
/** Those of run and create. */
export const RUN_SWITCHES =
  "d detach i interactive t tty rm privileged read-only init P publish-all q quiet no-healthcheck oom-kill-disable"

/** Does something to each container that is named; says the name, as both tools do. */
export function* eachNamed({ engine, process }: Call, options: Options, act: (container: EngineContainer) => Steps<void>): Steps<number> {
  if (options.words.length === 0) throw new EngineError(`"docker" requires at least 1 argument.`)
  let failed = false
  for (const given of options.words) {
    try {
      yield* act(engine.need(given))
      yield* process.print(`${given}\n`)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      failed = true
      yield* process.error(`${error.message}\n`)
    }
  }
  return failed ? 1 : 0
}
