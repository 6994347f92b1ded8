/** A child process that ends when we end, however we end: it is watched by a shell whose standard input is our pipe. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"

/**
 * After `kill -9` nobody is left to end our children, but the kernel closes our end of the pipe: the shell's `read` returns and
 * the shell sends the signal. The shell's exit code is the child's. A process group of its own keeps the terminal's ^C away.
 */
const SCRIPT =
  'signal=$1; shift; exec 3<&0; "$@" 3<&- </dev/null & child=$!; { read _ <&3; kill -s "$signal" $child; } 2>/dev/null & watch=$!; wait $child; code=$?; kill $watch 2>/dev/null; exit $code'

export interface TiedChild {
  readonly process: ChildProcess
  readonly exited: Promise<number>
  /** Asks it to end by its signal. */
  end(): void
  /** SIGKILL for the whole group. */
  kill(): void
}

/** `endBy`: what ends it when we are gone, without SIG: "INT", "TERM" */
export const spawnTied = (
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly endBy: "INT" | "TERM" },
): TiedChild => {
  const { endBy, ...rest } = options
  const tied = process.platform !== "win32"
  const stdio = Array.isArray(rest.stdio) ? rest.stdio : ["ignore", "pipe", "pipe"]
  const child = tied
    ? spawn("/bin/sh", ["-c", SCRIPT, "drydock", endBy, command, ...args], {
        ...rest,
        detached: true,
        stdio: ["pipe", ...stdio.slice(1)] as never,
      })
    : spawn(command, args, { ...rest, stdio: stdio as never })
  const exited = new Promise<number>((resolve) => {
    child.once("error", () => resolve(127))
    child.once("exit", (code) => resolve(code ?? 1))
  })
  child.stdin?.on("error", () => undefined)
  return {
    process: child,
    exited,
    end() {
      if (tied) child.stdin?.end()
      else child.kill()
    },
    kill() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      try {
        if (tied) process.kill(-child.pid, "SIGKILL")
        else child.kill("SIGKILL")
      } catch {
        // Gone in the meantime.
      }
    },
  }
}
