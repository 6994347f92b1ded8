/** The executables that a package puts on a machine which does not have them: a small image. */
import type { Process, Program } from "@drydock/machine"
import { findExecutable } from "./executables.ts"

/** Every simulated program by name; told by who knows them all, since the package tools are among them. */
let programNamed: (name: string) => Program | undefined = () => undefined

export const providePrograms = (named: typeof programNamed): void => {
  programNamed = named
}

export const unpack = (process: Process, names: readonly string[]): void => {
  for (const name of names) {
    const program = programNamed(name)
    if (program && findExecutable(process, name) === undefined) process.files.install(`/usr/bin/${name}`, program)
  }
}
