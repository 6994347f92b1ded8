import { expect, test } from "vitest"
import { bareMachine } from "../bare-machine.ts"
import { Accounts } from "./accounts.ts"

test("users, groups and what a process of a user runs with", () => {
  const { files } = bareMachine().machine
  const accounts = new Accounts(files)
  const alice = { name: "alice", uid: 1000, gid: 1000, gecos: "Alice,,,", home: "/home/alice", shell: "/bin/bash" }
  expect([accounts.user("alice"), accounts.user(1000), accounts.user("1000"), accounts.user("bob")]).toEqual([
    alice,
    alice,
    alice,
    undefined,
  ])
  expect(accounts.credentials(alice)).toEqual({ uid: 1000, gid: 1000, groups: [1000, 27] })
  expect([accounts.userName(0), accounts.userName(77), accounts.groupName(27), accounts.groupName(78)]).toEqual([
    "root",
    "77",
    "sudo",
    "78",
  ])
  expect(accounts.shadow("alice")).toEqual({ name: "alice", password: "!" })
})

test("broken lines are passed over, a changed file counts at once, shadow is root's", () => {
  const { files } = bareMachine().machine
  files.write("/etc/passwd", "# c\n\nbroken\n:x:1:1:::\nx:x:a:b:::\nbob:x:1001:1001::/:\n")
  const accounts = new Accounts(files)
  expect(accounts.users()).toEqual([{ name: "bob", uid: 1001, gid: 1001, gecos: "", home: "/", shell: "/bin/sh" }])
  const others = new Accounts(files.as({ cwd: "/", credentials: { uid: 1001, gid: 1001, groups: [1001] }, umask: 0o022 }))
  expect([others.shadow("alice"), others.group("sudo")?.members]).toEqual([undefined, ["alice"]])
})
