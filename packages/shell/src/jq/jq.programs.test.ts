/** jq's programs: what they give, with what words they fail, and that they stop whenever they are asked to. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { runScript } from "../shell-machine.ts"
import { fromPlain, type Json } from "./json.ts"
import { printJson } from "./print-json.ts"
import { compileJq } from "./program.ts"
import { JsonReader, parseJson } from "./read-json.ts"

/** Outputs of a program, run `fuel` steps at a time; at most `slices` of them. */
const jq = (source: string, input: unknown, { fuel = 1_000, slices = 2_000 } = {}): string[] => {
  const program = compileJq(source, { variables: new Map(), environment: new Map(), now: () => 0, tell: () => {} })
  const values: Json[] = []
  program.start(fromPlain(input))
  for (let slice = 0; slice < slices; slice++) {
    const event = program.step(fuel)
    if (event.kind === "end") break
    if (event.kind === "output") values.push(event.value)
    if (event.kind === "input") program.provide(undefined)
  }
  return values.map((value) => printJson(value))
}

// As the manual's examples have it.
test.each([
  [".foo", { foo: 42 }, ["42"]],
  [".[-1], .[1:], .[:-1]", [1, 2, 3], ["3", "[2,3]", "[1,2]"]],
  [".[] | (.a, .b)", [{ a: 1, b: 2 }], ["1", "2"]],
  ["{user, t: .titles[]}", { user: "s", titles: ["a", "b"] }, ['{"user":"s","t":"a"}', '{"user":"s","t":"b"}']],
  ['.a.b."c d"?', { a: { b: { "c d": 1 } } }, ["1"]],
  ["[.[] | tostring]", [1, "1", [1]], ['["1","1","[1]"]']],
  ["map(select(. >= 2))", [1, 5, 3, 0, 7], ["[5,3,7]"]],
  ["[paths]", [1, [[], { a: 2 }]], ['[[0],[1],[1,0],[1,1],[1,1,"a"]]']],
  ["del(.foo, .b[0,2])", { foo: 1, b: [1, 2, 3] }, ['{"b":[2]}']],
  ['to_entries | map(.key) | join("-")', { b: 1, a: 2 }, ['"b-a"']],
  ["with_entries(.value += 1)", { a: 1 }, ['{"a":2}']],
  ["group_by(.a) | map(length)", [{ a: 1 }, { a: 2 }, { a: 1 }], ["[2,1]"]],
  ["unique_by(length), min_by(length), (map(length) | add)", ["aa", "b", "cc"], ['["b","aa"]', '"b"', "5"]],
  ["reduce .[] as $x (0; . + $x), [foreach .[] as $x (0; . + $x; [., $x])]", [1, 2], ["3", "[[1,1],[3,2]]"]],
  ["[limit(3; repeat(1))], [range(0; 10; 4)], first(range(5;9)), ([1,2] | last)", null, ["[null,1,1]", "[0,4,8]", "5", "2"]],
  ['[.[] | try error("x\\(.)") catch .]', [1, 2], ['["x1","x2"]']],
  ["label $out | foreach .[] as $i (0; . + $i; if . > 2 then ., break $out else . end)", [1, 2, 3], ["1", "3"]],
  ["def f(g): [g, g]; def h($a; $b): $a + $b; f(.a), h(.a; 10)", { a: 1 }, ["[1,1]", "11"]],
  [". as [$a, {b: $c}] | $a + $c", [1, { b: 2 }], ["3"]],
  [
    '@base64, (@base64 | @base64d), @uri, @sh, @html, ([1,"a\\"b"] | @csv)',
    "a b'<",
    ['"YSBiJzw="', '"a b\'<"', '"a%20b%27%3C"', "\"'a b'\\\\''<'\"", '"a b&apos;&lt;"', '"1,\\"a\\"\\"b\\""'],
  ],
  [
    '[match("(?<x>a)(b)?"; "g") | .captures | map(.string)], gsub("a(?<n>.)"; "<\\(.n)>"), [scan("\\\\w\\\\d?")], test("B"; "i")',
    "abac",
    ['[["a","b"],["a",null]]', '"<b><c>"', '["a","b","a","c"]', "true"],
  ],
  ['.. |= (if type == "number" then . + 1 else . end)', { a: [1, { b: 2 }] }, ['{"a":[2,{"b":3}]}']],
  ['walk(if type == "array" then sort else . end)', { a: [3, 1] }, ['{"a":[1,3]}']],
  ['splits(", *")', "a, b,c", ['"a"', '"b"', '"c"']],
  [
    'ltrimstr("a"), ascii_upcase, explode, (explode | implode), .[1:2], length',
    "abc",
    ['"bc"', '"ABC"', "[97,98,99]", '"abc"', '"b"', "3"],
  ],
  [
    'getpath(["a",0]), [leaf_paths], (tostream | tojson)',
    { a: [5] },
    ["5", '[["a",0]]', '"[[\\"a\\",0],5]"', '"[[\\"a\\",0]]"', '"[[\\"a\\"]]"'],
  ],
  ["fromjson, (. | @json)", '{"a":1}', ['{"a":1}', '"\\"{\\\\\\"a\\\\\\":1}\\""']],
  ['todate, (todate | fromdate), strftime("%Y")', 86400, ['"1970-01-02T00:00:00Z"', "86400", '"1970"']],
  ['if . == 1 then "one" elif . == 2 then "two" else "many" end', 2, ['"two"']],
  ['.a // "d", (.b | not), ([true, false] | any, all), (.a | values)', { a: null }, ['"d"', "true", "true", "false"]],
  ['input_line_number, ($ENV | type), ([splits("a")] | length)', "xay", ["0", '"object"', "2"]],
  ["[.[] as [$a] ?// $a | $a]", [[1], 2], ["[1,2]"]],
  [
    'pick(.a.b), has("a"), (.a | keys), contains({a: {}}), ([1,[2]] | flatten), ([[1,2],[3]] | transpose)',
    { a: { b: 1, c: 2 } },
    ['{"a":{"b":1}}', "true", '["b","c"]', "true", "[1,2]", "[[1,3],[2,null]]"],
  ],
])("%s", (program, input, output) => {
  expect(jq(program, input)).toEqual(output)
})

test("no step runs longer than its fuel, whatever the program does with how much", () => {
  const heavy = [
    "def f: f; f",
    "[range(300000)] | sort | unique | length",
    '[range(100000) | tostring] | join(",") | length',
    "[range(50000)] | map(. + 1) | add",
    "[range(50000)] | .[] |= . + 1 | length",
    "[range(100000)] | tojson | fromjson | length",
    "[range(20000) | {key: tostring, value: .}] | from_entries | with_entries(.value += 1) | length",
    'reduce range(100000) as $i (""; . + "ab") | [match("a"; "g")] | length',
    'reduce range(3000) as $i ({}; .[$i | tostring] = $i) | del(.["1", "2"]) | length',
    "last(range(1e9))",
  ]
  for (const source of heavy) {
    const program = compileJq(source, { variables: new Map(), environment: new Map(), now: () => 0, tell: () => {} })
    program.start(null)
    let [slices, longest] = [0, 0]
    for (; slices < 3_000; slices++) {
      const before = program.turns
      const event = program.step(1_000)
      longest = Math.max(longest, program.turns - before)
      if (event.kind === "end") break
    }
    expect(longest, source).toBeLessThanOrEqual(1_000)
    expect(slices, source).toBeGreaterThan(20)
  }
})

test("every function that is written in jq can be called", () => {
  const names = JSON.parse(jq("builtins", null)[0]) as string[]
  for (const name of names) {
    const [word, count] = name.split("/")
    const call = Number(count) === 0 ? word : `${word}(${Array(Number(count)).fill(".").join(";")})`
    expect(
      () => compileJq(`try (1 | ${call}) catch .`, { variables: new Map(), environment: new Map(), now: () => 0, tell: () => {} }),
      name,
    ).not.toThrow()
    try {
      jq(`first(try (1 | ${call}) catch .)`, 1, { slices: 3 })
    } catch (error) {
      expect((error as Error).constructor.name, `${name}: ${(error as Error).message}`).toBe("JqError")
      expect(["halt/0", "halt_error/0", "halt_error/1"]).toContain(name)
    }
  }
})

test.each([
  [". 1", "syntax error, unexpected LITERAL, expecting end of file"],
  ["1 +", "syntax error, unexpected end of file"],
  ["}", "syntax error, unexpected INVALID_CHARACTER, expecting end of file"],
  ["nope(1)", "nope/1 is not defined"],
  ["$x", "$x is not defined"],
  ["break $x", "$*label-x is not defined"],
  ["{(1)}", "syntax error, unexpected '}', expecting ':'"],
])("%s does not compile", (program, message) => {
  expect(() => jq(program, null)).toThrow(message)
})

test.each([
  ['{"a":[1,{"b":2}]}', [[["a", 0], 1], [["a", 1, "b"], 2], [["a", 1, "b"]], [["a", 1]], [["a"]]]],
  ["3 [] [[]]", [[[], 3], [[], []], [[0], []], [[0]]]],
])("%s as a stream", (text, events) => {
  const reader = new JsonReader("", { stream: true, ended: false })
  const read: unknown[] = []
  const drain = () => {
    for (let next = reader.next(); next && next !== "more"; next = reader.next()) read.push(JSON.parse(printJson(next.value)))
  }
  // A character at a time: what was read stays read.
  for (const character of text) {
    reader.feed(character)
    drain()
  }
  reader.end()
  drain()
  expect(read).toEqual(events)
})

test("jq prints as its input comes, and takes no more of it than it needs", () => {
  const { stdout } = runScript(
    `{ echo '{"a":1}'; sleep 1; echo '{"a":2}'; sleep 1; } | jq -c .a | while read x; do echo $SECONDS $x; done; yes 1 | jq -n 'input + 1'; seq 5 | jq -n '[limit(2; inputs)]' -c`,
  )
  expect(stdout).toBe("0 1\n1 2\n2\n[1,2]\n")
})

test("JSON read and written is the same JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.parse(printJson(parseJson(text)))).toEqual(JSON.parse(text))
    }),
  )
})

test("no program holds up the machine or throws what is no message", () => {
  const word = fc.constantFrom(
    ".",
    ".a",
    "..",
    "[",
    "]",
    "{",
    "}",
    "|",
    ",",
    "map(",
    ")",
    "def f: ",
    ";",
    "f",
    "1",
    '"x"',
    "//",
    "|=",
    "recurse(",
    "range(1e9)",
    "reduce",
    "as $x",
    "$x",
    "?",
    "@csv",
    "if",
    "then",
    "end",
    "limit(3;",
    "until(false; .)",
    "-",
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const run = runScript(`echo '{"a":[1,2]}' | timeout 20 jq -c "$P"; echo "[$?]"`, { files: {}, limit: 60_000, stdin: words.join(" ") })
      expect(run.stdout).toMatch(/\[\d+\]\n$/)
    }),
    { numRuns: 5 },
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      try {
        jq(words.join(" "), { a: [1, 2] }, { slices: 20 })
      } catch (error) {
        expect((error as Error).constructor.name).toMatch(/^(JqSyntaxError|CompileError|JqError|OutOfMemory)$/)
      }
    }),
    { numRuns: 150 },
  )
})
