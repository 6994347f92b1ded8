/** A draft whose test does not end: it is ended, said where it was, and others get their turn. */
import { newLessonFiles } from "@drydock/course"
import { expect, test } from "vitest"
import { startTestLab } from "./testing/lab.ts"

const LIMIT = 6_000
// On a busy machine it is not far when the time is over.
const ENDED = /^The test was ended: it took longer than 6 seconds(; it was at (typing "while :; do .*" in )?the task "first")?\.$/

test("what does not end is ended, and another draft is read after it", async () => {
  const lab = await startTestLab({ threads: 2, testLimit: LIMIT })
  await lab.database.addPerson("ida", { role: "instructor" })
  const { drafts } = lab.database.repositories
  const ask = async (action: string, slug: string, labYaml: string) => {
    const files = { ...Object.fromEntries(newLessonFiles("Quays")), "lab.yaml": labYaml }
    const made = await drafts.create({ course: "studio", lesson: slug, files, title: slug, author: "ida" })
    const ticket = await drafts.ticket(made?.id ?? "", 1, "ida")
    const response = await fetch(`http://127.0.0.1:${lab.server.port}/lab/studio/${action}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ticket}` },
    })
    return response.text()
  }
  const yaml = newLessonFiles("Quays").get("lab.yaml") ?? ""
  const loop = "      while :; do sleep 0.01; date; done > /dev/null\n"
  const endless = yaml
    .replace(/- kind: cel[\s\S]*?seen:.*\n/, "- kind: script\n        title: Never\n        script: while :; do :; done\n")
    .replace(/solution: \|\n.*\n/, `solution: |\n${loop.repeat(3)}`)
  const lines = (await ask("test", "05-endless", endless)).trim().split("\n")
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ type: "ended", message: expect.stringMatching(ENDED) as string })
  expect(JSON.parse(await ask("check", "06-after", yaml))).toEqual({ problems: [] })
  await lab.close()
}, 90_000)
