/** For tests: a hollow cluster's machine on which helm is typed, and the real helm beside it where there is one. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createWorld, type ScriptResult, type World } from "../../packages/world/src/index.ts"
import { realClients } from "../../scripts/fidelity/real-clients.mjs"

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** Texts by path. */
export type Tree = Readonly<Record<string, string>>

export const helmWorld = (options: { trees?: readonly Tree[]; topology?: string } = {}): World => {
  const files = (options.trees ?? []).flatMap((tree) => Object.entries(tree).map(([path, content]) => ({ path: `/root/${path}`, content })))
  const world = createWorld({
    topology: options.topology ?? { nodes: ["control-plane", "worker-1"], hollow: true },
    seed: "helm",
    startedAt: Date.UTC(2026, 0, 5, 8),
    files,
  })
  world.boot()
  return world
}

/** Types a line in /root of the first machine; runs until it has ended. */
export const typed =
  (world: World) =>
  (script: string): Ran => {
    let result: ScriptResult | undefined
    world.script({ script, directory: "/root", timeout: 900_000 }, (done) => {
      result = done
    })
    while (!result) world.run({ until: world.sim.now() + 5_000, stop: () => result !== undefined })
    return { stdout: result.stdout, stderr: result.stderr, exit: result.exit }
  }

/** The same line for the real helm, in a directory with the same files; undefined where there is no real helm. */
export const realHelm = async (trees: readonly Tree[]): Promise<((script: string) => Ran) | undefined> => {
  const kubectl = await realClients()
  const binaries = kubectl && dirname(kubectl)
  if (!binaries || !existsSync(join(binaries, "helm"))) return undefined
  const directory = mkdtempSync(join(tmpdir(), "helm-"))
  for (const [path, content] of trees.flatMap((tree) => Object.entries(tree))) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return (script) => {
    const env = { PATH: `${binaries}:/usr/bin:/bin`, HOME: "/root", TZ: "UTC", KUBECONFIG: "/nonexistent", LANG: "C.UTF-8" }
    const { stdout, stderr, status } = spawnSync("bash", ["-c", script], { cwd: directory, env, encoding: "utf8", input: "" })
    const here = (text: string) => text.replaceAll(directory, "/root")
    return { stdout: here(stdout), stderr: here(stderr), exit: status ?? -1 }
  }
}
