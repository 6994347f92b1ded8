import { expect, test } from "vitest"
import { parseProse, proseBlocks } from "./prose.ts"

const blocks = (text: string) =>
  proseBlocks(parseProse(text)).map(({ place, ...block }) => ({ at: `${place.line}:${place.column}`, ...block }))

test("what a page needs, in order and with its place", () => {
  expect(
    blocks(
      [
        "::map",
        "",
        "```bash exec machine=node01",
        "systemctl status kubelet",
        "```",
        "",
        "```yaml title=pod.yaml",
        "kind: Pod",
        "```",
        "",
        "::task{id=look}",
        "",
        "::quiz{task=look id=why}",
        "",
        "::trace{object=Pod/web}",
        "",
        "::edit{path=/root/pod.yaml}",
      ].join("\n"),
    ),
  ).toEqual([
    { at: "1:1", kind: "map" },
    { at: "3:1", kind: "command", text: "systemctl status kubelet", machine: "node01" },
    { at: "7:1", kind: "code", text: "kind: Pod", language: "yaml", title: "pod.yaml" },
    { at: "11:1", kind: "task", id: "look" },
    { at: "13:1", kind: "quiz", task: "look", id: "why" },
    { at: "15:1", kind: "trace", object: "Pod/web" },
    { at: "17:1", kind: "edit", path: "/root/pod.yaml" },
  ])
})

test("a directive that is none says why", () => {
  expect(blocks("::taks{id=a}\n\n::task\n\n::task{name=a}")).toEqual([
    {
      at: "1:1",
      kind: "unknown",
      name: "taks",
      message: 'there is no directive "taks"; there are task, quiz, hint, map, trace, note, warning, edit',
    },
    { at: "3:1", kind: "unknown", name: "task", message: "::task needs the id of a task: ::task{id=look}" },
    { at: "5:1", kind: "unknown", name: "task", message: '::task takes id in braces, not "name"' },
  ])
})

test("colons in a sentence are text", () => {
  const [only] = proseBlocks(parseProse("Port :8080 opens at 10:30, see :task[this]."))
  expect(only).toMatchObject({ kind: "markdown" })
  expect(JSON.stringify(only)).not.toContain("textDirective")
  expect(JSON.stringify(only)).toContain(":task[this]")
})

test("notes and hints hold Markdown", () => {
  expect(blocks(":::note[Older tutorials differ]\nText.\n:::\n\n::hint[Look at `STATUS`.]")).toMatchObject([
    { kind: "note", tone: "note", title: "Older tutorials differ", nodes: [{ type: "paragraph" }] },
    { kind: "hint", title: "Hint", nodes: [{ type: "paragraph", children: [{ type: "text" }, { type: "inlineCode" }, { type: "text" }] }] },
  ])
})
