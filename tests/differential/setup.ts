/** The cluster that both kubectls look at: every built-in kind, most of it half a day old, so that ages keep still. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Pair } from "./pair.ts"

export const HOUR = 3_600_000
/** From the beginning of the world until now, ms: ages of eight hours and more are told in hours. */
export const OLD = 8.2 * HOUR
/** Enough for what is written: nobody looks at ages there. */
export const YOUNG = 10 * 60_000
/** Since the second part was made, ms: its events are younger than the hour that events live. */
const RECENT = 35 * 60_000 + 2_000

const here = import.meta.dirname
const read = (name: string) => readFileSync(join(here, name), "utf8")

const must = (pair: Pair, line: string) => {
  const { stdout, stderr, exit } = pair.own(line)
  if (exit !== 0) throw new Error(`${line}: ${exit}\n${stdout}${stderr}`)
}

/** Fills a fresh world whose clock is behind the wall's, and brings it up to date. `unusual`: also with objects that are seldom seen. */
export const prepare = (pair: Pair, now: number, unusual: boolean): void => {
  const { world } = pair
  for (const name of ["cluster.yaml", "more.yaml", "unusual.yaml"]) pair.place(name, read(name))
  const settle = (until: number) => world.run({ until })
  // What needs a namespace's account or a class is refused at first.
  for (let round = 0; round < 2; round++) {
    pair.own("kubectl create -f cluster.yaml")
    settle(world.sim.now() + 10_000)
  }
  if (unusual) {
    must(pair, "kubectl create -f unusual.yaml > /dev/null")
    for (const { object, status } of JSON.parse(read("unusual-states.json")) as { object: string; status: unknown }[])
      must(pair, `kubectl patch ${object} --subresource=status --type=merge -p '${JSON.stringify({ status })}' > /dev/null`)
  }
  settle(Math.max(world.sim.now(), now - RECENT))
  must(pair, "kubectl create -f more.yaml > /dev/null")
  must(pair, "kubectl label pod single touched=yes > /dev/null")
  must(pair, "kubectl rollout restart deployment web > /dev/null")
  must(pair, "kubectl delete pod db-0 --wait=false > /dev/null")
  settle(now)
  // Credentials as files, for kubeconfigs that name them.
  const stored = (key: string) => pair.own(`kubectl config view --raw -o jsonpath='{.users[0].user.${key}}' | base64 -d`).stdout
  pair.place("admin.crt", stored("client-certificate-data"))
  pair.place("admin.key", stored("client-key-data"))
  pair.place("made.token", pair.own("kubectl create token builder").stdout)
}
