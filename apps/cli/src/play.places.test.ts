/** Where a scenario's files and the addresses of its mirrors lie in the world. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { play } from "./play.ts"
import { Scenario } from "./scenario.ts"

test("~ is the home of whom the steps run as; who mirrors k8s.io/examples has kubernetes.io/examples, and nothing beside it", () => {
  const directory = mkdtempSync(join(tmpdir(), "mirror-"))
  try {
    mkdirSync(join(directory, "pods"))
    writeFileSync(join(directory, "pods/one.yaml"), "kind: Pod\n")
    const { steps } = play(
      Scenario.parse({
        topology: "docker-host",
        files: [{ path: "~/exercises/a.txt", content: "here\n" }],
        mirrors: { "https://k8s.io/examples/": directory },
        steps: [
          { id: "home", run: "cat /root/exercises/a.txt; ls -d '/~' ~/'~'" },
          {
            id: "mirror",
            run: "curl -sL https://kubernetes.io/examples/pods/one.yaml; curl -sf https://kubernetes.io/pods/one.yaml; echo $?",
          },
        ],
      }),
    )
    expect(steps.map(({ stdout, exit }) => [stdout, exit])).toEqual([
      ["here\n", 2],
      ["kind: Pod\n22\n", 0],
    ])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
