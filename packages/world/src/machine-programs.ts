/** Executables of a machine that need its world: files of the shared layer, which ask their machine for the program when they are run. */
import type { NetworkNamespace, Program } from "@drydock/machine"

const programs = new WeakMap<NetworkNamespace, (path: string) => Program | undefined>()

/** `find` is asked once for each path. */
export const providePrograms = (network: NetworkNamespace, find: (path: string) => Program | undefined): void => {
  let made: Map<string, Program> | undefined
  programs.set(network, (path) => {
    let program = made?.get(path)
    if (!program) {
      program = find(path)
      if (program) (made ??= new Map()).set(path, program)
    }
    return program
  })
}

export const machineProgram =
  (path: string): Program =>
  (process) => {
    const program = programs.get(process.network)?.(path)
    if (!program) throw new Error(`${path} is no program of ${process.hostname}`)
    return program(process)
  }
