import { createWorld, type World } from "@drydock/world"
import { afterEach, expect, test } from "vitest"
import type { GradedTask, Grader, TaskResult } from "./contract.ts"
import { createGrader } from "./create-grader.ts"

const graders: Grader[] = []
afterEach(() => {
  for (const grader of graders.splice(0)) grader.stop()
})

const lab = (tasks: readonly GradedTask[], seed = "grader") => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed, startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const grader = createGrader(world, tasks)
  graders.push(grader)
  const shell = world.shellSession({})
  const type = (command: string) => {
    let exit: number | undefined
    shell.run(command, { timeout: 300_000 }, (result) => {
      exit = result.exit
    })
    world.run({ until: world.sim.now() + 600_000, stop: () => exit !== undefined })
    return exit
  }
  return { world, grader, type }
}
const wait = (world: World, ms: number) => world.run({ until: world.sim.now() + ms })
const task = (id: string, checks: GradedTask["checks"], needs: readonly string[] = []): GradedTask => ({
  id,
  title: id,
  points: 5,
  needs,
  checks,
})
const brief = (results: readonly TaskResult[]) =>
  results.map(
    ({ id, state, checks }) =>
      `${id} ${state}: ${checks.map(({ passed, seen }) => `${passed}${seen === undefined ? "" : ` (${seen})`}`).join(", ")}`,
  )

test("an expression follows what it reads, and a task that is done stays so", () => {
  const { world, grader, type } = lab([
    task("run", [
      { kind: "cel", title: "web runs", expression: 'pod("web").status.phase == "Running"' },
      { kind: "cel", title: "on node01", expression: 'pod("web").spec.nodeName == "node01"', seen: '"on " + pod("web").spec.nodeName' },
    ]),
    task("gone", [{ kind: "cel", title: "it is gone", expression: 'size(pods("default")) == 0' }], ["run"]),
  ])
  const told: string[][] = []
  grader.onChange((results) => told.push(brief(results)))
  expect(brief(grader.results)).toEqual(['run open: false (no such Pod "web"), false (no such Pod "web")', "gone locked: false"])
  type("kubectl run web --image=nginx && kubectl wait --for=condition=Ready pod/web --timeout=120s")
  wait(world, 300)
  expect(brief(grader.results)).toEqual(["run done: true, true (on node01)", "gone open: false (1)"])
  expect([grader.earned, grader.total]).toEqual([5, 10])
  type("kubectl delete pod web")
  wait(world, 300)
  expect(brief(grader.results)).toEqual(["run done: true, true (on node01)", "gone done: true"])
  expect(grader.earned).toBe(10)
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(told.at(-1)).toEqual(brief(grader.results))
})

test("a right state is seen within 100 virtual ms, and a burst of changes is one look", () => {
  const { world, grader } = lab([task("a", [{ kind: "cel", title: "five", expression: 'size(configmaps("default", "burst=yes")) == 5' }])])
  let told = 0
  grader.onChange(() => told++)
  const put = (index: number) =>
    world.input({
      kind: "api",
      request: {
        method: "POST",
        path: "/api/v1/namespaces/default/configmaps",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ metadata: { name: `c${index}`, labels: { burst: "yes" } } }),
      },
    })
  put(0)
  wait(world, 100)
  expect(grader.results[0].checks[0].seen).toBe("1")
  for (const index of [1, 2, 3, 4]) put(index)
  wait(world, 100)
  expect(grader.results[0].state).toBe("done")
  expect(told).toBe(2)
})

test("history: a command with its exit code, alone or in a line", () => {
  const { world, grader, type } = lab([
    task("a", [
      { kind: "history", title: "described", command: "^kubectl describe pod" },
      { kind: "history", title: "refused", command: "^kubectl get pod nobody", exit: 1 },
      { kind: "history", title: "counted", command: "^wc -l$" },
      { kind: "history", title: "tried", command: "^kubectl describe", exit: "any" },
    ]),
  ])
  type("kubectl describe pod nobody")
  wait(world, 200)
  expect(brief(grader.results)).toEqual([
    "a open: false (kubectl describe pod nobody ended with exit code 1), false, false, true (kubectl describe pod nobody)",
  ])
  type("kubectl get pod nobody")
  type("cd /tmp && kubectl get nodes | wc -l")
  type('echo "kubectl describe pod x"')
  wait(world, 200)
  expect(brief(grader.results)).toEqual([
    "a open: false (kubectl describe pod nobody ended with exit code 1), true (kubectl get pod nobody), true (wc -l), true (kubectl describe pod nobody)",
  ])
  type("sudo kubectl describe pods -A")
  wait(world, 200)
  expect(grader.results[0].state).toBe("done")
})

test("history: an object as it once was, and a hop", () => {
  const { world, grader, type } = lab([
    task("a", [
      {
        kind: "history",
        title: "was pending",
        ever: 'object.kind == "Pod" && object.metadata.name == "web" && object.status.phase == "Pending" && has(object.spec.nodeName)',
      },
      { kind: "history", title: "was bound", event: { from: "kube-scheduler", verb: "bind", kind: "Pod", name: "web", detail: "^node" } },
    ]),
  ])
  type("kubectl run web --image=nginx")
  type("kubectl wait --for=condition=Ready pod/web --timeout=120s")
  wait(world, 200)
  expect(brief(grader.results)).toEqual(["a done: true (Pod web), true (Pod web)"])
})

test("history: an expression about several kinds looks at all of them", () => {
  const { world, grader, type } = lab([
    task("a", [
      { kind: "history", title: "either", ever: '(object.kind == "Secret" || object.kind == "ConfigMap") && object.metadata.name == "x"' },
      { kind: "history", title: "not a Secret", ever: '!(object.kind == "Secret") && object.metadata.name == "x"' },
      { kind: "history", title: "name first", ever: 'object.metadata.name == "x" && object.kind == "ConfigMap"' },
      { kind: "history", title: "another kind", ever: 'object.metadata.name == "x" && object.kind == "Secret"' },
    ]),
  ])
  type("kubectl create configmap x --from-literal=a=b")
  wait(world, 200)
  expect(brief(grader.results)).toEqual(["a open: true (ConfigMap x), true (ConfigMap x), true (ConfigMap x), false"])
})

test("history: always, during a stretch; the latest stretch counts", () => {
  const { world, grader, type } = lab([
    task("a", [
      {
        kind: "history",
        title: "never without a copy during a rollout",
        always: 'deployment("web").status.?availableReplicas.orValue(0) >= 2',
        while: 'deployment("web").status.?updatedReplicas.orValue(0) < 2 && deployment("web").metadata.generation > 1',
      },
    ]),
  ])
  const seen = () => brief(grader.results)[0]
  const roll = (maxUnavailable: number, image: string) =>
    world.input({
      kind: "api",
      request: {
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/default/deployments/web",
        headers: { "content-type": "application/merge-patch+json" },
        body: JSON.stringify({
          spec: {
            strategy: { rollingUpdate: { maxUnavailable, maxSurge: 1 - maxUnavailable } },
            template: { spec: { containers: [{ name: "nginx", image }] } },
          },
        }),
      },
    })
  type("kubectl create deployment web --image=nginx --replicas=2")
  type("kubectl rollout status deployment/web --timeout=120s")
  wait(world, 200)
  expect(seen()).toBe("a open: false")
  roll(1, "httpd")
  type("kubectl rollout status deployment/web --timeout=120s")
  wait(world, 1_000)
  expect(seen()).toBe("a open: false (it was otherwise for a while)")
  roll(0, "redis")
  type("kubectl rollout status deployment/web --timeout=120s")
  wait(world, 1_000)
  expect(seen()).toBe("a done: true")
})

test("a script runs after something happened, not on a timer", () => {
  const { world, grader, type } = lab([
    task("a", [
      { kind: "script", title: "the file is there", script: "echo x >> /tmp/ran; cat /root/note 2>/dev/null || { echo no note; exit 1; }" },
    ]),
  ])
  const runs = () => (world.machines.get("controlplane")?.files.readText("/tmp/ran").match(/x/g) ?? []).length
  wait(world, 10_000)
  expect(brief(grader.results)).toEqual(["a open: false (no note)"])
  const before = runs()
  expect(before).toBeLessThanOrEqual(5)
  wait(world, 240_000)
  expect(runs()).toBe(before)
  type("echo hello > /root/note")
  wait(world, 1_500)
  expect(brief(grader.results)).toEqual(["a done: true (hello)"])
})

test("what an address answers, and why it does not", () => {
  const { world, grader, type } = lab([
    task("a", [{ kind: "http", title: "web answers", url: "http://10.96.77.77/", status: 200, contains: "Welcome to nginx" }]),
    task("b", [{ kind: "http", title: "nowhere", url: "http://nowhere.example/", status: 200 }]),
    task("c", [{ kind: "http", title: "closed", url: "http://172.30.2.2:81/", machine: "controlplane" }]),
  ])
  type("kubectl create deployment web --image=nginx")
  type(`kubectl create -f - <<EOF
{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"clusterIP": "10.96.77.77", "selector": {"app": "web"}, "ports": [{"port": 80}]}}
EOF`)
  type("kubectl rollout status deployment/web --timeout=120s")
  wait(world, 8_000)
  expect(brief(grader.results)[0]).toMatch(/^a done: true \(200 <!DOCTYPE html>/)
  expect(brief(grader.results).slice(1)).toEqual([
    "b open: false (could not resolve host nowhere.example)",
    "c open: false (connection refused)",
  ])
})

test("quizzes", () => {
  const quiz = (id: string, type: "single" | "several" | "text", answer: string | string[], options: string[] = []) => ({
    kind: "quiz" as const,
    id,
    title: id,
    question: "?",
    type,
    options,
    answer,
  })
  const { grader } = lab([
    task("a", [
      quiz("one", "single", "x", ["x", "y"]),
      quiz("some", "several", ["x", "y"], ["x", "y", "z"]),
      quiz("text", "text", ["node01", "node 1"]),
    ]),
  ])
  expect(grader.answer("a", "one", "y")).toBe(false)
  expect(grader.answer("a", "some", ["x"])).toBe(false)
  expect(grader.answer("a", "some", ["x", "y", "z"])).toBe(false)
  expect(grader.answer("a", "nobody", "x")).toBe(false)
  expect(grader.earned).toBe(0)
  expect(grader.answer("a", "one", "x")).toBe(true)
  expect(grader.answer("a", "some", ["y", "x"])).toBe(true)
  expect(grader.answer("a", "text", "  NODE01 ")).toBe(true)
  expect(grader.results[0].state).toBe("done")
})

test("grading twice gives the same results at the same times, and the same world", () => {
  const run = () => {
    const { world, grader, type } = lab([
      task("a", [
        { kind: "cel", title: "web", expression: 'deployment("web").status.availableReplicas == 2' },
        { kind: "script", title: "s", script: "kubectl get deployment web -o jsonpath={.status.readyReplicas}" },
        { kind: "http", title: "h", url: "http://172.30.1.2:6443/" },
        { kind: "history", title: "c", command: "^kubectl create" },
      ]),
    ])
    const told: string[] = []
    grader.onChange((results) => told.push(`${world.sim.now()} ${brief(results).join("; ")}`))
    type("kubectl create deployment web --image=nginx --replicas=2")
    wait(world, 60_000)
    return { told, hash: world.hash() }
  }
  const first = run()
  expect(first.told.length).toBeGreaterThan(2)
  expect(run()).toEqual(first)
})

test("a hostile check fails in words and disturbs no other", () => {
  const { world, grader, type } = lab([
    task("a", [
      { kind: "cel", title: "broken", expression: "1 +" },
      { kind: "history", title: "pattern", command: "(((" },
      { kind: "script", title: "spins", script: "while :; do :; done", reads: ["ConfigMap"] },
    ]),
    task("b", [{ kind: "cel", title: "web", expression: 'there_is("Pod", "default", "web")' }]),
  ])
  type("kubectl run web --image=nginx")
  wait(world, 60_000)
  expect(brief(grader.results)[0]).toMatch(
    /^a open: false \(the check cannot be read: Unexpected token: EOF\), false \(the check cannot be read: .*\), false \(no answer in time\)$/,
  )
  expect(brief(grader.results)[1]).toBe("b done: true")
})
