/** The executables that a package puts on a machine which does not have them: a small image. */
import type { Process, Program } from "@drydock/machine"
import { findExecutable } from "./executables.ts"

/** Every simulated program by name; told by who knows them all, since the package tools are among them. */
let programNamed: (name: string) => Program | undefined = () => undefined

export const providePrograms = (named: typeof programNamed): void => {
  programNamed = named
}

/** Where apt keeps what it fetched: a machine's own programs (kubelet, kubectl) wait there while their package is removed. */
const ARCHIVES = "/var/cache/apt/archives"
const archiveOf = (name: string): string => `${ARCHIVES}/${name}`

export const unpack = (process: Process, names: readonly string[]): void => {
  for (const name of names) {
    if (findExecutable(process, name) !== undefined) continue
    const program = programNamed(name)
    if (process.files.exists(archiveOf(name))) process.files.rename(archiveOf(name), `/usr/bin/${name}`)
    else if (program) process.files.install(`/usr/bin/${name}`, program)
  }
}

/** Takes a package's executables away. */
export const putAway = (process: Process, names: readonly string[]): void => {
  process.files.mkdir(ARCHIVES, { parents: true })
  for (const name of names) if (process.files.exists(`/usr/bin/${name}`)) process.files.rename(`/usr/bin/${name}`, archiveOf(name))
}
