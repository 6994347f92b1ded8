/** Scenarios that others wrote, in Killercoda's form, imported and played: their own verify fails before and passes after their own solution. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { importFolder, parseLesson } from "@drydock/course"
import { checkTask } from "@drydock/grader"
import { expect, test } from "vitest"
import { proveLesson } from "../apps/cli/src/lesson/proof.ts"

const PLACE = "../shared/yardsticks/scenarios"

interface Scenario {
  id: string
  title: string
  kind: string
  environment?: string
  needs?: string[]
  setup?: { files?: { path: string; content: string; mode?: string | null }[]; scripts?: { text: string }[] }
  steps: {
    title?: string
    scripts?: ({ text: string } | string)[]
    commands: string[]
    interrupt?: number[]
    verify?: string
    task_text?: string
  }[]
}

/** The folder that its author would have: index.json, a page, a verify and a solution for each step. */
const folderOf = (scenario: Scenario): Map<string, string> => {
  const files = new Map<string, string>()
  const laid = scenario.setup?.files ?? []
  for (const [index, { content }] of laid.entries()) files.set(`assets/${index}.txt`, content)
  const lay = laid.map(
    ({ path, mode }, index) => `mkdir -p "$(dirname ${path})"; cp /opt/laid/${index}.txt ${path}${mode ? `; chmod ${mode} ${path}` : ""}`,
  )
  files.set("setup.sh", [...lay, ...(scenario.setup?.scripts ?? []).map(({ text }) => text)].join("\n"))
  const steps = scenario.steps.map((step, index) => {
    const texts = (step.scripts ?? []).map((script) => (typeof script === "string" ? script : script.text))
    files.set(`step${index}.md`, step.commands.map((command) => `~~~bash\n${command}\n~~~{{exec}}\n`).join("\n"))
    if (texts.length > 0) files.set(`background${index}.sh`, texts.join("\n"))
    if (step.verify) files.set(`verify${index}.sh`, step.verify)
    return {
      ...{ title: step.title ?? `Step ${index + 1}`, text: `step${index}.md` },
      ...(texts.length > 0 && { background: `background${index}.sh` }),
      ...(step.verify && { verify: `verify${index}.sh` }),
    }
  })
  const details = {
    intro: { background: "setup.sh" },
    steps,
    ...(laid.length > 0 && { assets: { host01: [{ file: "*.txt", target: "/opt/laid" }] } }),
  }
  return files.set("index.json", JSON.stringify({ title: scenario.title, details, backend: { imageid: scenario.environment ?? "" } }))
}

/** Whose own solution does not solve them, and why. */
const UNSOLVED: Readonly<Record<string, string>> = {
  "agmtzg-cka-advanced-rbac-sa": "the kubeconfig of its solution has placeholders",
  "agmtzg-cka-advanced-rbac-user": "the certificate request of its solution has a placeholder",
  "agmtzg-cka-kustomize": "its solution names folders, and no commands",
  "agmtzg-cka-kubernetes-resource-limits": "its programs read 500 MB of zeros over and over: minutes of this computer's time",
  "agmtzg-cka-node-prep": "three of its four verifies pass before anything is typed, as on any node that kubeadm made",
}

const wanted = process.env.IMPORTED_SCENARIOS ?? "killercoda"
const scenarios = existsSync(PLACE)
  ? readdirSync(PLACE)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(`${PLACE}/${name}`, "utf8")) as Scenario)
      .filter(({ steps, needs = [] }) => steps?.some(({ verify }) => verify) && needs.every((need) => need.startsWith("addon:")))
      .filter(({ id }) => !Object.hasOwn(UNSOLVED, id))
      .filter(({ kind }) => wanted === "all" || kind === wanted)
      // Every second one is enough each time; IMPORTED_SCENARIOS=all plays all.
      .filter((_, index) => wanted === "all" || index % 2 === 1)
  : []

test.skipIf(scenarios.length > 0)("no scenarios of others are here: nothing is imported", () => {
  expect(scenarios).toEqual([])
})

test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", (_, scenario) => {
  const { lessons } = importFolder(folderOf(scenario), "imported")
  const { lesson, problems } = parseLesson(lessons[0].files, { course: "imported", slug: "imported", checkTask })
  if (!lesson) throw new Error(JSON.stringify(problems))
  const addons = (scenario.needs ?? []).map((need) => need.slice("addon:".length))
  const { tasks } = proveLesson({ ...lesson, lab: { ...lesson.lab, addons } })
  // That a solution goes on after its task is done is its author's affair, and so is a state that lasts a moment.
  const wrong = tasks.flatMap(({ id, problems: all }) =>
    all.filter((one) => !/^is done before its solution|^a while after/.test(one)).map((one) => `${id} ${one}`),
  )
  expect(wrong).toEqual([])
})
