import { createWorld } from "@drydock/world"
import fc from "fast-check"
import { expect, test } from "vitest"
import { compile } from "./cel.ts"
import { checkTask } from "./check-task.ts"
import { ObjectReader } from "./objects.ts"
import { asText, explainFailure } from "./seen.ts"

const world = createWorld({ topology: { nodes: ["a", "b"], hollow: true }, seed: "cel", startedAt: Date.UTC(2026, 0, 5) })
world.boot()
world.script(
  { script: "kubectl create deployment web --image=nginx --replicas=2; kubectl create configmap settings --from-literal=a=1" },
  () => {},
)
world.run({ until: world.sim.now() + 60_000 })

const value = (source: string) => {
  const made = compile(source)
  if ("problem" in made) return { problem: made.problem }
  return made.expression.evaluate(new ObjectReader(world))
}

test.each<[string, unknown]>([
  ['deployment("web").status.availableReplicas == 2', true],
  ['deployment("web").spec.replicas + 1', 3n],
  ['deployment("web", "default").metadata.name', "web"],
  ['size(pods("default", "app=web"))', 2n],
  ['size(pods("default", "app!=web"))', 0n],
  ['pods().all(p, p.spec.nodeName == "b")', true],
  ['size(nodes()) == 2 && condition(node("b"), "Ready") == "True"', true],
  ['condition(node("b"), "Sleepy")', ""],
  ['size(replicasets("default", "app=web"))', 1n],
  ['object("configmap", "default", "settings").data.a', "1"],
  ['size(objects("ReplicaSet")) == size(objects("rs", "default")) && size(objects("rs", "*", "app=web")) == 1', true],
  ['there_is("Deployment", "default", "web") && !there_is("Pod", "default", "web")', true],
  ['has(deployment("web").spec.paused)', false],
  ['has(deployment("web").spec.template.spec.containers)', true],
  ['deployment("web").status.?unavailableReplicas.orValue(0)', 0n],
  ['deployment("web").metadata.name.matches("^w.b$")', true],
  ['quantity("1500m") == 1.5', true],
  ['deployment("web").spec.template.spec.containers.map(c, c.image)', ["nginx"]],
  ['there_is("Pod", "default", "gone") || pod("gone").metadata.name == "x" || true', true],
])("%s", (source, expected) => {
  expect(value(source)).toEqual({ value: expected })
})

test.each<[string, string]>([
  ['deployment("wep").status.replicas == 1', 'no such Deployment "wep"'],
  ['pod("x", "kube-system").status.phase', 'no such Pod "x" in namespace kube-system'],
  ['deployment("web").status.unavailableReplicas == 1', "unavailableReplicas is not set"],
  ['deployment("web").status.conditions.filter(c, c.type == "X")[0].status', "there is none yet"],
  ['objects("Widget")', "there is no kind Widget"],
])("%s says why not", (source, expected) => {
  expect(value(source)).toEqual({ error: expected })
})

test.each<[string, string | undefined]>([
  ['deployment("web").status.availableReplicas == 3', "2"],
  ['deployment("web").spec.replicas == 2 && size(pods("default", "app=web")) > 5', "2"],
  ['deployment("web").metadata.name == "web" && pod("one").status.phase == "Running"', 'no such Pod "one"'],
  ['deployment("web").spec.template.spec.containers[0].image == "httpd"', "nginx"],
])("%s: what is seen", (source, expected) => {
  const made = compile(source, { result: "bool" })
  if ("problem" in made) throw new Error(made.problem)
  expect(explainFailure(made.expression, new ObjectReader(world))).toBe(expected)
})

test("values as text", () => {
  expect([3n, 1.5, true, "x", "", ["a", "b"], [], { a: 1n }].map(asText)).toEqual([
    "3",
    "1.5",
    "true",
    "x",
    '""',
    "a, b",
    "none",
    '{"a":1}',
  ])
  expect(asText("x".repeat(500))).toHaveLength(200)
})

test("mistakes are found before any world runs", () => {
  const of = (checks: Parameters<typeof checkTask>[0]["checks"]) =>
    checkTask({ checks }).map(({ path, message }) => `${path.join(".")}: ${message}`)
  expect(
    of([
      { kind: "cel", title: "a", expression: 'pod("a").status.phase ==' },
      { kind: "cel", title: "b", expression: 'pot("a").status.phase == "x"' },
      { kind: "cel", title: "c", expression: "size(pods())", seen: "1 +" },
      { kind: "cel", title: "d", expression: 'object.kind == "Pod"' },
      { kind: "history", title: "e", command: "kubectl (get" },
      { kind: "history", title: "f", ever: 'object.kind == "Pod"' },
      { kind: "history", title: "g", ever: 'objekt.kind == "Pod"' },
    ]),
  ).toEqual([
    "checks.0.expression: this expression cannot be read: Unexpected token: EOF",
    "checks.1.expression: this expression cannot be read: found no matching overload for 'pot(string)'",
    "checks.2.expression: this expression cannot be read: the expression gives int, not true or false",
    "checks.2.seen: this expression cannot be read: Unexpected token: EOF",
    "checks.3.expression: this expression cannot be read: Unknown variable: object",
    expect.stringMatching(/^checks\.4\.command: this pattern cannot be read: .*missing closing \)/),
    "checks.6.ever: this expression cannot be read: Unknown variable: objekt",
  ])
})

test.each([
  [
    "loops in loops",
    "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, [1,2,3,4,5,6,7,8,9,10].all(g, true)))))))",
  ],
  [
    "lists that double",
    Array.from({ length: 40 }, (_, i) => `cel.bind(x${i + 1}, x${i} + x${i}, `).reduce((text, bind) => text + bind, "cel.bind(x0, [1], ") +
      "size(x40) > 0" +
      ")".repeat(41),
  ],
  [
    "texts that double",
    Array.from({ length: 40 }, (_, i) => `cel.bind(x${i + 1}, x${i} + x${i}, `).reduce(
      (text, bind) => text + bind,
      'cel.bind(x0, "aaaa", ',
    ) +
      "size(x40) > 0" +
      ")".repeat(41),
  ],
  [
    "an error that is swallowed",
    "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, true)))))) || true",
  ],
  ["depth", `${"(".repeat(5_000)}true${")".repeat(5_000)}`],
  ["length", `true${" && true".repeat(50_000)}`],
])("an expression cannot stall: %s", (_, source) => {
  const began = performance.now()
  const outcome = value(source)
  expect("value" in outcome).toBe(false)
  expect(performance.now() - began).toBeLessThan(10_000)
})

test("a pattern cannot stall", () => {
  const began = performance.now()
  expect(value(`"${"a".repeat(5_000)}b".matches("^(a+)+$")`)).toEqual({ value: false })
  expect(value('"a".matches("(a{1000}){1000}")')).toHaveProperty("problem")
  expect(performance.now() - began).toBeLessThan(10_000)
})

test("whatever is written, compiling and evaluating never throws", () => {
  const token = fc.constantFrom(
    ...[
      "pod(",
      "pods(",
      '"web"',
      '"default"',
      ")",
      "(",
      ".status",
      ".?x",
      ".exists(p, ",
      ".map(p, ",
      ".filter(p, ",
      "p",
      "has(",
      "[0]",
      "[",
      "]",
      ",",
    ],
    ...[
      "==",
      "!=",
      "&&",
      "||",
      "!",
      "?",
      ":",
      "+",
      "-",
      "*",
      "/",
      "%",
      "1",
      "0",
      "9223372036854775807",
      "1.5",
      "true",
      "null",
      "{",
      "}",
      "in",
      "'",
    ],
    ...[
      "size(",
      "string(",
      "int(",
      ".matches(",
      '"("',
      "duration(",
      "timestamp(",
      "cel.bind(a, ",
      "object",
      "r'",
      '"""',
      "\\",
      " ",
      "\n",
      "//",
      "\u0000",
    ],
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: token }, { weight: 1, arbitrary: fc.string({ maxLength: 6 }) }), { maxLength: 14 }),
      (parts) => {
        for (const object of [true, false]) {
          const made = compile(parts.join(""), { object })
          if ("problem" in made) expect(made.problem).not.toBe("")
          else {
            const outcome = made.expression.evaluate(new ObjectReader(world), {})
            if ("value" in outcome) expect(typeof asText(outcome.value)).toBe("string")
            else expect(outcome.error).not.toBe("")
            explainFailure(made.expression, new ObjectReader(world))
          }
        }
      },
    ),
    { numRuns: 3_000 },
  )
})
