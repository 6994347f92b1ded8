/** Path units: what they wait for, and what they start; services whose environment is not there; files that a mask finds in its way. */
import { expect, test } from "vitest"
import { bareMachine } from "../bare-machine.ts"

const prepare = (path: string) => {
  const { sim, machine } = bareMachine()
  let runs = 0
  machine.files.install("/usr/bin/job", function* () {
    runs++
    return 0
  })
  machine.files.mkdir("/etc/systemd/system", { parents: true })
  machine.files.mkdir("/srv/in", { parents: true })
  const write = (name: string, text: string) => machine.files.write(`/etc/systemd/system/${name}`, text)
  write("job.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/job\n")
  write("job.path", `[Path]\n${path}\n`)
  const after = (change?: () => void) => {
    change?.()
    sim.run({ until: sim.now() + 1_000 })
    return runs
  }
  return { machine, after, write }
}

test.each([
  ["PathExists=/srv/go", [0, 1, 1]],
  ["PathChanged=/srv/go", [0, 1, 2]],
  ["DirectoryNotEmpty=/srv/in", [0, 0, 0]],
  ["PathExistsGlob=/srv/g*", [0, 1, 1]],
])("%s starts its service", (path, counts) => {
  const { machine, after } = prepare(path)
  machine.systemd.start("job.path")
  const go = () => machine.files.write("/srv/go", "now")
  expect([after(), after(go), after(go)]).toEqual(counts)
  expect(machine.systemd.state("job.path")).toMatchObject({ active: "active", sub: "waiting" })
})

test("a directory that fills, and one that was full already", () => {
  const { machine, after } = prepare("DirectoryNotEmpty=/srv/in")
  machine.systemd.start("job.path")
  expect(after(() => machine.files.write("/srv/in/a", ""))).toBe(1)
  machine.systemd.stop("job.path")
  expect(after(() => machine.files.write("/srv/in/b", ""))).toBe(1)
  machine.systemd.start("job.path")
  expect(after()).toBe(2)
})

test("Unit= names another service", () => {
  const { machine, after, write } = prepare("PathExists=/srv/go\nUnit=other.service")
  write("other.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/job\n")
  machine.systemd.start("job.path")
  after(() => machine.files.write("/srv/go", ""))
  expect(machine.systemd.activates("job.path")).toBe("other.service")
  expect(machine.journal.entries.map(({ message }) => message)).toContain("Finished other.service.")
})

test("without the file of its environment a service does not begin", () => {
  const { machine, after, write } = prepare("PathExists=/srv/go")
  write("poor.service", "[Service]\nEnvironmentFile=/etc/none\nExecStart=/usr/bin/job\n")
  machine.systemd.start("poor")
  expect(after()).toBe(0)
  expect(machine.systemd.state("poor")).toMatchObject({ active: "failed", result: "resources" })
  expect(machine.journal.entries[0].message).toBe("poor.service: Failed to load environment files: No such file or directory")
})

test("a mask does not take the place of somebody's own unit", () => {
  const { machine } = prepare("PathExists=/srv/go")
  expect(() => machine.systemd.mask("job")).toThrow("File /etc/systemd/system/job.service already exists.")
  expect(machine.files.readText("/etc/systemd/system/job.service")).toContain("oneshot")
})
