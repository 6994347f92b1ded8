/** One small folder in each foreign form: what it becomes, and that every loss is named. */
import { expect, test } from "vitest"
import { parse } from "yaml"
import { parseLesson } from "../parse-lesson.ts"
import { importFolder } from "./import-folder.ts"

const fence = "```"
const losses = (notes: readonly { file: string; line: number; message: string }[]) =>
  notes.map(({ file, line, message }) => `${file}:${line} ${message}`)

test("a Killercoda scenario: steps, scripts, assets, clicks, a folded solution, traffic", () => {
  const { form, lessons, notes } = importFolder(
    new Map([
      [
        "index.json",
        JSON.stringify(
          {
            title: "Boats",
            description: "Two boats.",
            time: "20 minutes",
            details: {
              intro: { text: "intro.md", background: "setup.sh", foreground: "wait.sh" },
              steps: [
                { title: "First boat", text: "one.md", verify: "one.sh" },
                { title: "Second boat", text: "two.md", verify: "two.sh", background: "second.sh", tags: ["x"] },
              ],
              finish: { text: "end.md" },
              assets: { host01: [{ file: "*.yaml", target: "/opt", chmod: "+x" }], host02: [{ file: "none.txt", target: "/" }] },
            },
            interface: { layout: "editor" },
            backend: { imageid: "kubernetes-kubeadm-2nodes-rapid" },
          },
          null,
          1,
        ),
      ],
      ["intro.md", "Welcome.<br>\n\n![harbour](./assets/h.png)\n"],
      ["setup.sh", "#!/bin/bash\ntouch /tmp/ready\n"],
      ["wait.sh", "while [ ! -f /tmp/ready ]; do sleep 1; done\n"],
      [
        "one.md",
        [
          "# Do it",
          "Look with `kubectl get nodes`{{exec}} first.",
          "",
          "`kubectl apply -f /opt/boat.yaml`{{execute interrupt}}",
          "",
          `${fence}yaml`,
          "kind: Boat",
          `${fence}{{copy}}`,
          "",
          "[Open]({{TRAFFIC_HOST1_80}}/x)",
          "",
          "<details><summary>Solution</summary>",
          "",
          `${fence}bash`,
          "kubectl create configmap boat",
          `${fence}{{exec}}`,
          "",
          "</details>",
        ].join("\n"),
      ],
      ["one.sh", "kubectl get configmap boat\n"],
      ["two.md", `Now:\n\n${fence}\nkubectl create configmap second\n${fence}{{exec}}\n`],
      ["two.sh", "#!/bin/sh\nkubectl get configmap second\n"],
      ["second.sh", "touch /tmp/second\n"],
      ["end.md", "Done.\n"],
      ["assets/boat.yaml", "kind: ConfigMap\n"],
      ["extra.txt", "?"],
    ]),
    "boats",
  )
  expect(form).toBe("killercoda")
  const [{ files }] = lessons
  expect(parse(files.get("lab.yaml") ?? "")).toEqual({
    topology: "kubeadm-2nodes",
    files: [{ path: "/opt/boat.yaml", from: "boat.yaml", mode: "0755" }],
    setup: ["#!/bin/bash\ntouch /tmp/ready\n", "while [ ! -f /tmp/ready ]; do sleep 1; done\n"],
    tasks: [
      {
        ...{ id: "first-boat", title: "First boat", points: 5, needs: [], hints: [] },
        checks: [{ kind: "script", title: "First boat: what the step asks for is so", script: "kubectl get configmap boat\n" }],
        solution: "kubectl create configmap boat",
      },
      {
        ...{ id: "second-boat", title: "Second boat", points: 5, needs: ["first-boat"], hints: [] },
        setup: ["touch /tmp/second\n"],
        checks: [
          { kind: "script", title: "Second boat: what the step asks for is so", script: "#!/bin/sh\nkubectl get configmap second\n" },
        ],
        solution: "kubectl create configmap second",
      },
    ],
  })
  expect(files.get("lesson.md")).toBe(`---
title: Boats
summary: Two boats.
minutes: 20
---

# Boats

Welcome. 

*(picture: harbour)*

## First boat

### Do it
Look with \`kubectl get nodes\` first.

${fence}bash exec
kubectl get nodes
${fence}

${fence}bash exec
kubectl apply -f /opt/boat.yaml
${fence}

${fence}yaml
kind: Boat
${fence}

[Open](http://172.30.1.2:80/x)

:::hint[Solution]

${fence}bash
kubectl create configmap boat
${fence}

:::

::task{id=first-boat}

## Second boat

Now:

${fence}bash exec
kubectl create configmap second
${fence}

::task{id=second-boat}

Done.
`)
  expect(losses(notes)).toEqual([
    "extra.txt:1 this file is named nowhere and not carried over",
    'index.json:22 "details.steps.1.tags" is not carried over',
    "index.json:39 there is no file assets/none.txt",
    'index.json:46 "interface" is not carried over: every lesson has text, terminals and the map side by side',
    "intro.md:3 the picture ./assets/h.png is left out",
    "one.md:4 the learner presses ^C before this command: nothing does it for them",
  ])
  const { problems } = parseLesson(files, { course: "c", slug: "boats" })
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([])
})

test("Katacoda's structure.json is a course of scenarios", () => {
  const scenario = (title: string) =>
    JSON.stringify({ title, details: { steps: [{ title: "Go", text: "go.md" }] }, backend: { imageid: "ubuntu" } })
  const { lessons, title, notes } = importFolder(
    new Map([
      ["structure.json", JSON.stringify({ title: "Both", items: [{ path: "a" }, { path: "b" }, { path: "c" }] })],
      ["a/index.json", scenario("A")],
      ["a/go.md", "`ls`{{execute}}"],
      ["b/index.json", scenario("B")],
    ]),
    "both",
  )
  expect([title, lessons.map(({ slug, title: one }) => [slug, one])]).toEqual([
    "Both",
    [
      ["01-a", "A"],
      ["02-b", "B"],
    ],
  ])
  expect(parse(lessons[0].files.get("lab.yaml") ?? "")).toMatchObject({
    topology: "docker-host",
    tasks: [{ id: "go", checks: [{ kind: "history", command: "^ls", exit: "any" }], solution: "ls" }],
  })
  expect(losses(notes)).toContain("structure.json:1 there is no scenario in c")
  expect(losses(notes)).toContain("b/index.json:1 there is no file go.md")
})

test("an Educates workshop: session objects, exercises, actions, examiner tests", () => {
  const { lessons, notes } = importFolder(
    new Map([
      [
        "resources/workshop.yaml",
        "apiVersion: training.educates.dev/v1beta1\nkind: Workshop\nspec:\n  title: Ferries\n  description: Across.\n  duration: 30m\n  session:\n    env:\n    - {name: LINE, value: red}\n    objects:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: pier, namespace: $(session_namespace)}}\n    applications:\n      terminal: {enabled: true}\n",
      ],
      [
        "workshop/content/01-one.md",
        `---\ntitle: One\n---\nIn {{< param session_namespace >}}:\n\n${fence}terminal:execute\ncommand: kubectl get configmap pier\n${fence}\n\n${fence}editor:append-lines-to-file\nfile: ~/exercises/note.txt\ntext: |\n  across\n${fence}\n\n${fence}examiner:execute-test\nname: wrote\ntitle: Is the note written?\nargs:\n- across\n${fence}\n\n${fence}dashboard:open-url\nurl: https://example.org\n${fence}\n`,
      ],
      ["workshop/examiner/tests/wrote", '#!/bin/bash\ngrep -q "$1" /root/exercises/note.txt\n'],
      ["exercises/note.txt", "note:\n"],
      ["workshop/setup.d/10.sh", "touch /tmp/set\n"],
    ]),
    "ferries",
  )
  const [{ files }] = lessons
  expect(parse(files.get("lab.yaml") ?? "")).toMatchObject({
    files: [
      { path: "/opt/session-objects.json", from: "session-objects.json" },
      { path: "/root/exercises/note.txt", from: "exercises/note.txt" },
    ],
    setup: [
      "cat >> /root/.bashrc <<'EOF'\nexport LINE='red'\nEOF\n",
      "kubectl apply -f /opt/session-objects.json",
      ". /root/.bashrc\ntouch /tmp/set\n",
    ],
    tasks: [
      {
        id: "wrote",
        title: "Is the note written",
        checks: [{ kind: "script", script: "set -- 'across'\n#!/bin/bash\ngrep -q \"$1\" /root/exercises/note.txt\n" }],
        solution: "kubectl get configmap pier\ncat >> /root/exercises/note.txt <<'EOF'\nacross\nEOF",
      },
    ],
  })
  expect(files.get("files/session-objects.json")).toContain('"namespace": "default"')
  expect(losses(notes)).toEqual([
    'resources/workshop.yaml:12 "spec.session.applications" is not carried over: every lesson has terminals, the editor and the map',
    "workshop/content/01-one.md:23 dashboard:open-url is not carried over",
  ])
  expect(parseLesson(files, { course: "c", slug: "ferries" }).problems.filter(({ severity }) => severity === "error")).toEqual([])
})

test("an iximiuz challenge: init, needs, hintcheck, values of other tasks, components", () => {
  const { lessons, notes } = importFolder(
    new Map([
      [
        "index.md",
        `---
kind: challenge
title: Buoys
description: Set two.
cover: x.png
playground:
  name: k3s
tasks:
  init_sea:
    init: true
    run: touch /tmp/sea
  verify_second:
    needs: [verify_first]
    env:
      - NAME=x(.needs.verify_first.stdout)
    run: test -f /tmp/second-$NAME
  verify_first:
    run: |
      test -f /tmp/first && cat /tmp/first
    hintcheck: |
      echo "no first"
      echo "buoy"
  helper_waves:
    helper: true
    run: sleep 5
---
Begin.

::simple-task
---
:tasks: tasks
:name: verify_first
---
#active
Waiting for the first...

#completed
Yay!
::

::hint-box
---
:summary: Hint 1
---
Touch it.
::

::image-box
---
:src: __static__/a.png
---
::
`,
      ],
      ["solution.md", `${fence}bash\necho a > /tmp/first\ntouch /tmp/second-a\n${fence}\n`],
    ]),
    "buoys",
  )
  const [{ files }] = lessons
  expect(parse(files.get("lab.yaml") ?? "")).toEqual({
    topology: "kubeadm-2nodes",
    files: [],
    setup: ["touch /tmp/sea\n"],
    tasks: [
      {
        ...{ id: "first", title: "First", points: 5, needs: [], hints: [], settle: 60, feedback: "Waiting for the first..." },
        checks: [
          {
            ...{ kind: "script", title: "verify first" },
            script:
              'said="$( (\ntest -f /tmp/first && cat /tmp/first\n) 2>&1 )" && exit 0\nhint="$( (\necho "no first"\necho "buoy"\n) 2>&1 | tr \'\\n\' \' \')"\necho "${hint:-$(echo "$said" | tail -n 1)}"\nexit 1\n',
          },
        ],
        solution: "echo a > /tmp/first\ntouch /tmp/second-a",
      },
      {
        ...{ id: "second", title: "Second", points: 5, needs: ["first"], hints: [], settle: 60, solution: "" },
        checks: [
          {
            ...{ kind: "script", title: "verify second" },
            script: 'NAME="$(\ntest -f /tmp/first && cat /tmp/first\n)"\nexport NAME\ntest -f /tmp/second-$NAME\n',
          },
        ],
      },
    ],
  })
  expect(files.get("lesson.md")).toContain(
    "# Buoys\n\nBegin.\n\n::task{id=first}\n\n:::hint[Hint 1]\n\nTouch it.\n\n:::\n\n::task{id=second}\n",
  )
  expect(losses(notes)).toEqual([
    'index.md:5 "cover" is not carried over',
    'index.md:6 the playground "k3s" is not carried over: its place takes kubeadm-2nodes',
    'index.md:23 the helper "helper_waves" runs for ever and is not carried over',
    "index.md:38 what is said when the task is completed is not carried over: Yay!",
    "index.md:48 the component image-box (__static__/a.png) is left out",
    'solution.md:1 the whole solution belongs to the task "first" now: give the others their part',
  ])
  expect(parseLesson(files, { course: "c", slug: "buoys" }).problems.filter(({ severity }) => severity === "error")).toEqual([])
})

test("what is no lesson of anybody's is refused", () => {
  expect(() => importFolder(new Map([["a.txt", ""]]), "a")).toThrow(/this folder has none of/)
  expect(() => importFolder(new Map([["index.json", "{"]]), "a")).toThrow(/cannot be read/)
})

test("a Killercoda scenario whose files are folders, some of them beside index.json, on an older image", () => {
  const { lessons, notes } = importFolder(
    new Map([
      [
        "index.json",
        JSON.stringify({
          title: "Shelves",
          details: {
            steps: [{ title: "Put", text: "put.md" }],
            assets: {
              host01: [
                { file: "shelf/", target: "/opt" },
                { file: "boxes/**/*.*", target: "/srv" },
              ],
            },
          },
          backend: { imageid: "kubernetes-kubeadm-2nodes-ubuntu20.04" },
        }),
      ],
      ["put.md", "One<hr/>Two\n\n`ls`{{exec}}\n"],
      ["assets/shelf/a/one.yaml", "kind: One\n"],
      ["boxes/in/two.yaml", "kind: Two\n"],
    ]),
    "shelves",
  )
  const lab = parse(lessons[0]?.files.get("lab.yaml") ?? "") as { topology: string; files: unknown }
  expect(lab.topology).toBe("kubeadm-2nodes")
  expect(lab.files).toEqual([
    { path: "/opt/shelf/a/one.yaml", from: "shelf/a/one.yaml" },
    { path: "/srv/boxes/in/two.yaml", from: "boxes/in/two.yaml" },
  ])
  expect(lessons[0]?.files.get("lesson.md")).toContain("One\n\n---\n\nTwo")
  expect(losses(notes)).toEqual([
    'index.json:1 the environment "kubernetes-kubeadm-2nodes-ubuntu20.04" is not carried over: its nodes run what ours run, not ubuntu20.04',
    "index.json:1 boxes/**/*.* is beside index.json, not in assets: taken from there",
  ])
})
