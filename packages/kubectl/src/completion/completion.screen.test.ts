/** What a terminal shows when Tab is pressed after kubectl. */
import { createWorld, type ScriptResult } from "@drydock/world"
import { beforeAll, expect, test } from "vitest"
import { screenOf } from "../../../shell/src/terminal-screen.ts"

const world = createWorld({
  topology: { nodes: ["control-plane", "worker-1"], hollow: true },
  seed: "completion",
  startedAt: Date.UTC(2026, 0, 5, 8),
})

const run = (script: string): ScriptResult => {
  let result: ScriptResult | undefined
  world.script({ script, timeout: 60_000 }, (done) => {
    result = done
  })
  world.run({ until: world.sim.now() + 120_000, stop: () => result !== undefined })
  if (!result) throw new Error(`${script} does not end`)
  return result
}

const TWO = `apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  initContainers: [{name: prepare, image: busybox}]
  containers: [{name: main, image: nginx}, {name: side, image: nginx}]
`

beforeAll(() => {
  world.boot()
  const made = run(
    `kubectl create ns dev; kubectl run web --image=nginx; sleep 1; kubectl run db --image=redis -n dev; kubectl create deploy api --image=nginx
kubectl config set-context other --cluster=kubernetes >/dev/null; mkdir -p /root/sub; touch /root/a.yaml /root/b.txt /root/c.json
kubectl apply -f - <<E
${TWO}E
sleep 5`,
  )
  expect({ exit: made.exit, stderr: made.stderr }).toEqual({ exit: 0, stderr: "" })
})

/** Lines of a fresh terminal behind its first prompt, after `keys`; time passes at each "¦". */
const typed = async (keys: string, columns = 100): Promise<string[]> => {
  const machine = world.machines.get("control-plane")
  if (!machine) throw new Error("no machine")
  const tty = machine.openTty({ columns, rows: 60 })
  const decoder = new TextDecoder()
  let output = ""
  tty.onOutput = (data) => (output += decoder.decode(data, { stream: true }))
  machine.start("/usr/bin/bash", {
    argv: ["-bash"],
    env: new Map([
      ["HOME", "/root"],
      ["TERM", "xterm-256color"],
      ["LANG", "C.UTF-8"],
      ["PATH", "/usr/local/bin:/usr/bin:/bin"],
    ]),
    cwd: "/root",
    tty,
  })
  const pass = () => world.run({ until: world.sim.now() + 500 })
  pass()
  for (const piece of keys.split("¦")) {
    tty.input(piece)
    pass()
  }
  const { lines } = await screenOf({ tty, output }, { scrollback: 500 })
  tty.hangUp()
  pass()
  return lines.map((line) => line.replace(/^control-plane:~# ?/, "$ ").trimEnd())
}

/** One Tab: what stands on the line then. */
test.each([
  ["a subcommand", "kubectl descr\t", "$ kubectl describe"],
  ["below another", "kubectl rollout rest\t", "$ kubectl rollout restart"],
  ["as far as several agree", "kubectl rollout r\t", "$ kubectl rollout res"],
  ["a flag", "kubectl get pods --show-l\t", "$ kubectl get pods --show-labels"],
  ["a type by its full name", "kubectl get cronj\t", "$ kubectl get cronjobs.batch"],
  ["the last of several types", "kubectl get pods,cronj\t", "$ kubectl get pods,cronjobs.batch"],
  ["a name", "kubectl get pods w\t", "$ kubectl get pods web"],
  ["a name behind type/", "kubectl describe deploy/\t", "$ kubectl describe deploy/api"],
  ["a namespace", "kubectl get pods -n de\t", "$ kubectl get pods -n de"],
  ["a namespace behind =", "kubectl get pods --namespace=dev\t", "$ kubectl get pods --namespace=dev"],
  ["names of that namespace", "kubectl -n dev get pods \t", "$ kubectl -n dev get pods db"],
  ["a container", "kubectl logs two -c pr\t", "$ kubectl logs two -c pr"],
  ["a container as a word", "kubectl logs two pr\t", "$ kubectl logs two prepare"],
  ["a container for exec", "kubectl exec two -c si\t", "$ kubectl exec two -c side"],
  ["a context", "kubectl --context ot\t", "$ kubectl --context other"],
  ["config's contexts", "kubectl config use-context ku\t", "$ kubectl config use-context kubernetes-admin@kubernetes"],
  ["a node", "kubectl drain wo\t", "$ kubectl drain worker-1"],
  ["an output format", "kubectl get pods -o ya\t", "$ kubectl get pods -o yaml"],
  ["behind other commands", "true && kubectl get ns | kubectl get pods w\t", "$ true && kubectl get ns | kubectl get pods web"],
  ["behind sudo", "sudo kubectl get pods w\t", "$ sudo kubectl get pods web"],
  ["k", "k get pods w\t", "$ k get pods web"],
  ["an alias of one's own", "alias kg='kubectl get'; clear\r¦kg pods w\t", "$ kg pods web"],
  ["files that a manifest may be", "kubectl apply -f a\t", "$ kubectl apply -f a.yaml"],
  ["directories among them", "kubectl apply -f su\t", "$ kubectl apply -f sub/"],
  ["files where nothing else is known", "kubectl create cm x --from-file=b\t", "$ kubectl create cm x --from-file=b.txt"],
  ["no files where there are none to name", "kubectl get b\t\t", "$ kubectl get b"],
  ["pods' files to copy", "kubectl cp we\t/etc", "$ kubectl cp web:/etc"],
  ["nothing behind --", "kubectl exec web -- l\t", "$ kubectl exec web -- l"],
  ["nothing of what there is not", "kubectl get nosuch x\t", "$ kubectl get nosuch x"],
  ["an open quote", "kubectl get pods 'w\t", "$ kubectl get pods 'w"],
])("%s", async (_, keys, line) => {
  expect((await typed(keys)).at(-1)).toBe(line)
})

test("the second Tab lists: names in columns", async () => {
  expect(await typed("kubectl get ns \t\t")).toEqual([
    "$ kubectl get ns",
    "default          dev              kube-node-lease  kube-public      kube-system",
    "$ kubectl get ns",
  ])
  expect(await typed("kubectl exec two -c \t\t")).toEqual(["$ kubectl exec two -c", "main     prepare  side", "$ kubectl exec two -c"])
  // kubectl logs has them as a word; of its -c it knows nothing, so there are files.
  expect(await typed("kubectl logs two \t\t")).toEqual(["$ kubectl logs two", "main     prepare  side", "$ kubectl logs two"])
  expect(await typed("kubectl logs two -c \t\t")).toEqual([
    "$ kubectl logs two -c",
    "a.yaml  b.txt   c.json  sub/",
    "$ kubectl logs two -c",
  ])
})

test("subcommands and flags are listed with what they do, cut to the width", async () => {
  expect(await typed("kubectl rollout re\t\t", 60)).toEqual([
    "$ kubectl rollout res",
    "restart  (Restart a resource)",
    "resume   (Resume a paused resource)",
    "$ kubectl rollout res",
  ])
  expect(await typed("kubectl get --show\t\t", 40)).toEqual([
    "$ kubectl get --show-",
    "--show-kind            (Names with the…)",
    "--show-labels          (All labels in …)",
    "--show-managed-fields  (Keep managedFi…)",
    "$ kubectl get --show-",
  ])
})

test("the shell that reads kubectl's script itself does the same, under any name", async () => {
  expect(
    (
      await typed(
        "source <(kubectl completion bash)\r¦complete -o default -F __start_kubectl kk; alias kk=kubectl; clear\r¦kk get pods w\t",
      )
    ).at(-1),
  ).toBe("$ kk get pods web")
  expect((await typed("complete -p kubectl k; clear\r¦kubectl get\t¦\x15complete -p kubectl k\r")).slice(-3)).toEqual([
    "complete -o default -F __start_kubectl kubectl",
    "complete -o default -F __start_kubectl k",
    "$",
  ])
})

test("a server that does not answer leaves the line alone", async () => {
  run("mv /root/.kube/config /root/.kube/away")
  expect(await typed("kubectl get pod w\t\t")).toEqual(["$ kubectl get pod w"])
  run("mv /root/.kube/away /root/.kube/config")
})
