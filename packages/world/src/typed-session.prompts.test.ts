/** Commands typed into the program that stands at a prompt, and given back to the login shell. */
import { expect, test } from "vitest"
import type { ScriptResult } from "./contract.ts"
import { createWorld } from "./create-world.ts"

const typing = (prompts: boolean) => {
  const world = createWorld({ topology: "kubeadm-1node", seed: "typing", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const shell = world.shellSession({})
  return (command: string): ScriptResult => {
    let result: ScriptResult | undefined
    shell.run(command, { timeout: 60_000, prompts }, (given) => {
      result = given
    })
    while (!result) world.run({ until: world.sim.now() + 1_000, stop: () => result !== undefined })
    return result
  }
}

test("what follows `kubectl exec -it` is typed into the container, until a command comes that it does not know", () => {
  const type = typing(true)
  type("kubectl run box --image=busybox:1.36 -- sleep 1d")
  type("kubectl wait --for=condition=Ready pod/box")
  const entered = type("kubectl exec -it box -- sh")
  expect(entered).toMatchObject({ exit: 0, timedOut: false, stdout: expect.stringMatching(/\/ # $/) })
  expect(type("hostname").stdout).toBe("hostname\nbox\n/ # ")
  // Only the login shell has it: the container's shell was left.
  expect(type("kubectl get pod box -o name")).toMatchObject({ stdout: "pod/box\n", stderr: "", exit: 0 })
  expect(type("hostname").stdout).toBe("controlplane\n")
})

test("the container's own terminal is attached to by `kubectl run -it`, and --rm removes the Pod when it is left", () => {
  const type = typing(true)
  const entered = type("kubectl run box --rm -it --image=busybox:1.36 -- sh")
  expect(entered).toMatchObject({ exit: 0, timedOut: false })
  expect(entered.stderr).toContain("If you don't see a command prompt, try pressing enter.")
  expect(type("tty").stdout).toContain("/dev/pts/")
  const left = type("exit")
  expect(left).toMatchObject({ exit: 0, timedOut: false })
  expect(left.stdout).toContain('pod "box" deleted')
})

test("without `prompts` a program that waits for input is ended at the timeout", () => {
  const type = typing(false)
  expect(type("cat")).toMatchObject({ exit: 124, timedOut: true })
})

test("whoever logs out is logged in again; every command of what is typed is ended once its time is over", () => {
  const type = typing(false)
  type("cd /tmp; export MARK=1")
  expect(type("exit 3")).toMatchObject({ exit: 3, timedOut: false })
  expect(type("pwd; echo $MARK").stdout).toBe("/root\n\n")
  expect(type("tail -f /dev/null\nsleep infinity\nwhile :; do sleep 1; done\necho on")).toMatchObject({ exit: 124, timedOut: true })
  expect(type("echo on").stdout).toBe("on\n")
})

test("a user has the groups of the Pod and those that the image's files give it, in a command too", () => {
  const type = typing(true)
  type(`kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: groups}
spec:
  securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000]}
  containers: [{name: box, image: "busybox:1.36", command: [sh, -c, "id; sleep 1d"]}]
EOF`)
  type("kubectl wait --for=condition=Ready pod/groups")
  expect(type("kubectl logs groups").stdout).toBe("uid=1000 gid=3000 groups=2000,3000,4000\n")
  expect(type("kubectl exec groups -- id").stdout).toBe("uid=1000 gid=3000 groups=2000,3000,4000\n")
})
