/** Imported lessons in their worlds: each is solved by what was imported, and the prose's commands do what they say. */
import { importFolder, parseLesson } from "@drydock/course"
import { checkTask } from "@drydock/grader"
import { expect, test } from "vitest"
import { clickThrough } from "./clicks.ts"
import { proveLesson } from "./proof.ts"

const fence = "```"

const imported = (files: Record<string, string>) => {
  const { lessons } = importFolder(new Map(Object.entries(files)), "imported")
  const { lesson, problems } = parseLesson(lessons[0].files, { course: "imported", slug: "imported", checkTask })
  if (!lesson) throw new Error(JSON.stringify(problems))
  return lesson
}

test("Killercoda: the second step's background script runs when the step is entered", () => {
  const lesson = imported({
    "index.json": JSON.stringify({
      title: "Boats",
      details: {
        intro: { background: "setup.sh", foreground: "wait.sh" },
        steps: [
          { title: "One", text: "one.md", verify: "one.sh" },
          { title: "Two", text: "two.md", verify: "two.sh", background: "second.sh" },
        ],
        assets: { host01: [{ file: "show.sh", target: "/usr/local/bin", chmod: "+x" }] },
      },
      backend: { imageid: "kubernetes-kubeadm-1node" },
    }),
    "setup.sh": "kubectl create namespace sea\ntouch /tmp/ready\n",
    "wait.sh": "while [ ! -f /tmp/ready ]; do sleep 1; done\n",
    "one.md": `${fence}\nkubectl create configmap boat -n sea --from-literal=a=1\n${fence}{{exec}}\n`,
    "one.sh": "kubectl get configmap boat -n sea",
    "second.sh": "kubectl create configmap task -n sea\n",
    "two.md": "`show.sh`{{exec}} then `kubectl label configmap task -n sea seen=yes`{{exec}}\n",
    "two.sh": '[ "$(kubectl get configmap task -n sea -o jsonpath={.metadata.labels.seen})" = yes ]\n',
    "assets/show.sh": "#!/bin/bash\nkubectl get configmaps -n sea -o name\n",
  })
  expect(proveLesson(lesson).tasks.map(({ id, problems }) => [id, ...problems])).toEqual([["one"], ["two"]])
  const { clicks, byClicks } = clickThrough(lesson)
  expect(byClicks).toEqual(["one", "two"])
  expect(clicks.map(({ result }) => result.stdout)).toEqual([
    "configmap/boat created\n",
    "configmap/boat\nconfigmap/kube-root-ca.crt\nconfigmap/task\n",
    "configmap/task labeled\n",
  ])
})

test("Educates: session objects are there, the editor's lines are written, the examiner examines", () => {
  const lesson = imported({
    "resources/workshop.yaml":
      "kind: Workshop\nspec:\n  title: Ferries\n  session:\n    objects:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: pier, namespace: $(session_namespace)}, data: {a: b}}\n",
    "workshop/content/one.md": `${fence}execute\nkubectl get configmap pier -o jsonpath={.data.a}\n${fence}\n\n${fence}editor:append-lines-to-file\nfile: ~/exercises/note.txt\ntext: across\n${fence}\n\n${fence}examiner:execute-test\nname: wrote\ntitle: Written\nargs: [across]\n${fence}\n`,
    "workshop/examiner/tests/wrote": '#!/bin/bash\ngrep -q "$1" /root/exercises/note.txt\n',
    "exercises/note.txt": "note:\n",
  })
  expect(proveLesson(lesson).tasks.map(({ id, problems }) => [id, ...problems])).toEqual([["wrote"]])
  expect(clickThrough(lesson).clicks[0].result.stdout).toBe("b")
})

test("iximiuz: the hint is computed, and a task knows what another printed", () => {
  const lesson = imported({
    "index.md": `---
kind: challenge
title: Buoys
playground: { name: k8s-omni }
tasks:
  init_sea:
    init: true
    run: mkdir /sea
  verify_first:
    run: cat /sea/first
    hintcheck: |
      echo "no buoy"
      echo "in the sea"
  verify_second:
    needs: [verify_first]
    env: [NAME=x(.needs.verify_first.stdout)]
    run: test -f /sea/second-$NAME
---
::simple-task
---
:name: verify_first
---
#active
Waiting
::
`,
    "solution.md": `${fence}sh\necho red > /sea/first\n${fence}\n`,
  })
  const [first, second] = lesson.lab.tasks
  const whole = { ...lesson, lab: { ...lesson.lab, tasks: [first, { ...second, solution: "touch /sea/second-red" }] } }
  expect(proveLesson(whole).tasks.map(({ id, problems }) => [id, ...problems])).toEqual([["first"], ["second"]])
  const unsolved = { ...whole, lab: { ...whole.lab, tasks: [{ ...first, solution: "true", settle: 1 }] } }
  expect(proveLesson(unsolved).tasks[0].problems).toEqual(['after the solution: "verify first" is not so (now: no buoy in the sea)'])
})
