/** One submission to a lesson of the course, graded in a fresh world, unpaced. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { parseLesson } from "@drydock/course"
import { gradeSubmission, gradingSeed, readSubmission } from "@drydock/grader"
import { defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, smallest } from "./measuring.ts"

/** A lesson with everything that is usual: manifests, a rollout, a script that asks over the network, a question. */
const FILES: ReadonlyMap<string, string> = new Map([
  ["lesson.md", "---\ntitle: Shop\nsummary: S\nminutes: 5\n---\n\n::task{id=run}\n\n::task{id=answers}\n"],
  [
    "lab.yaml",
    `topology: kubeadm-2nodes
setup: [kubectl create namespace office]
tasks:
  - id: run
    title: Run shop with three copies
    checks:
      - { kind: cel, title: Three are available, expression: 'deployment("shop").status.?availableReplicas.orValue(0) == 3' }
      - { kind: cel, title: A Service selects them, expression: 'service("shop").spec.selector["app"] == "shop"' }
    hints: [h]
    solution: kubectl apply -f shop.yaml
  - id: answers
    title: Have it answer
    needs: [run]
    checks:
      - kind: script
        title: The Service answers
        script: curl -s --max-time 3 http://$(kubectl get service shop -o jsonpath='{.spec.clusterIP}')/ | grep -q nginx
      - { kind: history, title: You looked, command: "^kubectl get pods" }
      - { kind: quiz, id: q, question: Q, type: single, options: [a, b], answer: a }
    hints: [h]
    solution: kubectl get pods
`,
  ],
])

const SUBMITTED = [
  {
    path: "shop.yaml",
    content: `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ name: web, image: nginx }] }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { selector: { app: shop }, ports: [{ port: 80 }] }
`,
  },
  { path: "work.sh", content: "kubectl rollout status deployment/shop --timeout=60s\nkubectl get pods\n" },
  { path: "answers.json", content: '{"answers":{"q":"a"}}' },
]

export const gradeOne = defineBenchmark({
  name: "one submission graded",
  unit: "ms",
  target: 150,
  measure: () => {
    const { lesson, problems } = parseLesson(FILES, { course: "bench", slug: "shop" })
    if (!lesson) throw new Error(JSON.stringify(problems))
    const submission = readSubmission("bench", SUBMITTED)
    const graded = { name: "bench/shop", version: lesson.version, lab: lesson.lab }
    const seed = gradingSeed(graded, submission)
    return smallest(20, 5, () =>
      cpuMs(() => {
        const { earned, total } = gradeSubmission(graded, submission, seed)
        if (earned !== total) throw new Error(`${earned} of ${total} points`)
      }),
    )
  },
})

const SUBMISSIONS = 100
/** Then it is ended, ms. */
const LONGEST = 180_000

/** @returns its exit code */
const command = (args: readonly string[]): Promise<number | null> =>
  new Promise((resolve, reject) => {
    // The `drydock` that runs this.
    const child = spawn(process.execPath, [process.argv[1], ...args], { stdio: ["ignore", "ignore", "inherit"], timeout: LONGEST })
    child.on("error", reject)
    child.on("close", resolve)
  })

/** `drydock grade` over a class's folders: one call, on all cores, from its start to its exit. */
export const gradeHundred = defineBenchmark({
  name: "100 submissions graded in one call",
  unit: "s",
  target: 15,
  measure: async () => {
    const folder = mkdtempSync(join(tmpdir(), "drydock-bench-grade-"))
    try {
      const lesson = join(folder, "shop")
      mkdirSync(lesson)
      for (const [path, content] of FILES) writeFileSync(join(lesson, path), content)
      const submissions = Array.from({ length: SUBMISSIONS }, (_, number) => join(folder, `learner-${number}`))
      for (const submission of submissions) {
        mkdirSync(submission)
        for (const { path, content } of SUBMITTED) writeFileSync(join(submission, path), content)
      }
      // The first call bundles the command when its sources changed.
      await command(["grade", "--help"])
      const begun = performance.now()
      const code = await command(["grade", lesson, ...submissions, "--json"])
      if (code !== 0) throw new Error(`drydock grade ended with ${code}`)
      return (performance.now() - begun) / 1_000
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
})
