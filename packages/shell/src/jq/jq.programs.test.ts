import fc from "fast-check"
import { expect, test } from "vitest"
import { runScript } from "../shell-machine.ts"
import { fromPlain, parseJson, printJson } from "./json.ts"
import { compileJq } from "./program.ts"

const jq = (program: string, input: unknown): string[] => {
  const compiled = compileJq(program, { variables: new Map(), environment: new Map(), now: () => 0, next: () => undefined, tell: () => {} })
  return [...compiled.run(fromPlain(input))].map((value) => printJson(value))
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
    ['"YSBiJzw="', '"a b\'<"', '"a%20b%27%3C"', "\"'a b'\\\\''<'\"", '"a b&#39;&lt;"', '"1,\\"a\\"\\"b\\""'],
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
        jq(words.join(" "), { a: [1, 2] })
      } catch (error) {
        expect((error as Error).constructor.name).toMatch(/^(JqSyntaxError|CompileError|JqError|UndefinedError|RangeError|Break)$/)
      }
    }),
    { numRuns: 150 },
  )
})
