/** What scripts that mean harm cost the host: the longest that one step of any of them holds it, while a learner's machine goes on. */
import { createWorld } from "@drydock/world"
import { type Benchmark, defineBenchmark } from "./define-benchmark.ts"

/** Scripts that never end by themselves, or ask for more than there is. */
const SCRIPTS: readonly string[] = [
  "while :; do :; done",
  "while ((1)); do ((i++)); done",
  "while true; do /usr/bin/true; done",
  ":(){ :|:& };:",
  "x=aaaaaaaa; while :; do x=$x$x; done",
  'a=(1 2 3 4); while :; do a+=("${a[@]}"); done',
  "yes > /dev/null",
  "cat /dev/zero > /dev/null",
  "x=$(cat /dev/zero)",
  "sort /dev/zero",
  "cat /dev/zero > /tmp/zeros",
  "while :; do grep -E '(a+)+$' <<< aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; done",
  "while :; do grep -P '^(a+)+$' <<< aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; done",
  "while :; do [[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab == *a*a*a*a*a*a*a*a*a*a*c ]]; done",
  "shopt -s extglob; while :; do [[ aaaaaaaaaaaaaaaaaaaaaaaaaaab == +(+(a))c ]]; done",
  "f() { f; }; while :; do (f) 2>/dev/null; done",
  "i=0; while :; do : > /tmp/many$((i++)); done",
  "mkdir -p /tmp/d; cd /tmp/d; while mkdir d && cd d; do :; done",
  "while :; do echo {1..9999}{1..9999} > /dev/null; done",
  "x='x+x'; while :; do (echo $((x))) 2>/dev/null; done",
  `awk 'BEGIN { while (1) s = s "x" }'`,
  `awk 'BEGIN { s = "x"; while (1) { s = s s; gsub(/x/, "xy", s) } }'`,
  "sed ':a;s/x/xx/g;ba' <<< x",
  "jq -n 'def f: f; f, range(1e9)'",
  "jq -n '[range(1e7)] | sort'",
  "echo 'while (1) { x = x * 7 + 1 }' | bc",
  "seq 1 99999999999 | sort",
  "bash -c 'while :; do openssl passwd -6 pw > /dev/null; done'",
  "python3 -c 'while True: pass'",
  "python3 -c 'sum(range(10**10))'",
  "python3 -c 'list(range(10**9))'",
  "printf 'l = []\nwhile True: l.append(str(l)[:100])\n' | python3 -",
  "printf 'x = 3\nwhile True: x = x * x\n' | python3 -",
  "printf 's = \"x\"\nwhile True: s += s\n' | python3 -",
]

/** ms of the longest step in a virtual second of `script`. */
const longestStep = (script: string): number => {
  const world = createWorld({ topology: "docker-host", seed: "hostile", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.script({ script, timeout: 1_000 }, () => undefined)
  const until = world.sim.now() + 1_000
  let longest = 0
  while (world.sim.now() < until) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    const { reason } = world.run({ until, events: 1 })
    const { user, system } = process.cpuUsage(cpu)
    // Other programs of the host take from the one, the collector's threads add to the other.
    longest = Math.max(longest, Math.min(performance.now() - wall, (user + system) / 1_000))
    if (reason !== "events") break
  }
  return longest
}

export const hostile: readonly Benchmark[] = [
  defineBenchmark({
    name: "bash: longest stall of the hostile set",
    unit: "ms",
    target: 20,
    measure: async () => {
      // Each twice: what the compiler and the collector do once is not the script's.
      const stalls = SCRIPTS.map((script) => ({ script, ms: Math.min(longestStep(script), longestStep(script)) }))
      stalls.sort((a, b) => b.ms - a.ms)
      for (const { script, ms } of stalls.slice(0, 3)) process.stderr.write(`  ${ms.toFixed(1)} ms  ${script}\n`)
      return stalls[0].ms
    },
  }),
]
