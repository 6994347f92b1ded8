/** Every function and every syntactic form of Go's text/template: what it prints, and how it fails. */
import { expect, test } from "vitest"
import { BUILTINS } from "./functions.ts"
import { goTemplate, TemplateSet } from "./index.ts"

const data = {
  name: "web",
  empty: "",
  zero: 0,
  count: 3,
  ratio: 1.5,
  yes: true,
  no: false,
  nothing: null,
  list: ["a", "b", "c"],
  none: [],
  map: { b: 2, a: 1 },
  nested: { deep: { deeper: "here" } },
  items: [{ name: "x", n: 1 }, { name: "y" }],
}

/** By function: templates and what they give. */
const FUNCTIONS: Readonly<Record<string, readonly (readonly [template: string, text: string])[]>> = {
  and: [
    ["{{and .yes .name}}", "web"],
    ["{{and .zero .name}}", "0"],
    ["{{and .yes .list .map.a}}", "1"],
    ["{{and .no (index .list 9)}}", "false"],
  ],
  or: [
    ["{{or .empty .name}}", "web"],
    ["{{or .zero .empty}}", ""],
    ["{{or .yes (index .list 9)}}", "true"],
  ],
  not: [
    ["{{not .none}} {{not .list}} {{not .zero}} {{not .nothing}}", "true false true true"],
    ["{{if not .map}}x{{else}}y{{end}}", "y"],
  ],
  len: [['{{len .list}} {{len .map}} {{len .name}} {{len "é"}}', "3 2 3 2"]],
  index: [
    ['{{index .list 1}} {{index .map "a"}} {{index .items 0 "name"}}', "b 1 x"],
    ['{{index .map "zz"}}', "<no value>"],
    ["{{index .name 0}}", "119"],
  ],
  slice: [
    ["{{slice .name 1}} {{slice .name 1 2}} {{slice .list 1}} {{slice .list 0 2}}", "eb e [b c] [a b]"],
    ["{{slice .list}}", "[a b c]"],
  ],
  print: [
    ['{{print 1 2}} {{print "a" "b"}} {{print "a" 1 2 "b"}}', "1 2 ab a1 2b"],
    ["{{print .list}} {{print .map}} {{print .nothing}}", "[a b c] map[a:1 b:2] <nil>"],
  ],
  println: [['{{println "a" 1}}', "a 1\n"]],
  printf: [
    ['{{printf "%s-%d" .name .count}}', "web-3"],
    ['{{printf "%5d|%-5d|%05d|%+d|%x|%X|%o|%b" 42 42 42 42 255 255 8 5}}', "   42|42   |00042|+42|ff|FF|10|101"],
    ['{{printf "%q %v %t %c %U" "a\\"b" .list .yes 65 0x1F600}}', '"a\\"b" [a b c] true A U+1F600'],
    ['{{printf "%.2f %8.3f|%e|%g" 3.14159 2.5 1234.5 .ratio}}', "3.14    2.500|1.234500e+03|1.5"],
    ['{{printf "%10s|%-10s|%.2s" "abc" "abc" "abc"}}', "       abc|abc       |ab"],
    ['{{printf "%d%%" 5}} {{printf "%T %T" .name .ratio}}', "5% string float64"],
    ['{{printf "%d %s" "a" 1}}', "%!d(string=a) %!s(int=1)"],
    ['{{printf "%d" 1 2}} {{printf "%d %d" 1}} {{printf "%z" 1}}', "1%!(EXTRA int=2) 1 %!d(MISSING) %!z(int=1)"],
  ],
  html: [['{{html "<a href=\'x\'>&\\""}}', "&lt;a href=&#39;x&#39;&gt;&amp;&#34;"]],
  js: [['{{js "it\'s <b>\\n"}}', "it\\'s \\u003Cb\\u003E\\u000A"]],
  urlquery: [['{{urlquery "a b&c=d/é"}}', "a+b%26c%3Dd%2F%C3%A9"]],
  eq: [
    ['{{eq .name "web"}} {{eq .count 3}} {{eq 1 2 3 1}} {{eq .yes true}}', "true true true true"],
    ['{{eq .name "x"}}', "false"],
  ],
  ne: [['{{ne .name "x"}} {{ne 1 1}}', "true false"]],
  lt: [['{{lt 1 2}} {{lt "a" "b"}} {{lt 2 2}} {{lt 1.5 2.5}}', "true true false true"]],
  le: [["{{le 2 2}} {{le 3 2}}", "true false"]],
  gt: [["{{gt 3 2}} {{gt 2 2}}", "true false"]],
  ge: [["{{ge 2 2}} {{ge 1 2}}", "true false"]],
}

/** Functions that nothing in a template can be given to. */
const UNREACHABLE = ["call"]

test("every function is under test", () => {
  expect([...Object.keys(FUNCTIONS), ...UNREACHABLE].sort()).toEqual([...Object.keys(BUILTINS), "and", "or"].sort())
})

test.each(Object.entries(FUNCTIONS).flatMap(([name, cases]) => cases.map(([template, text]) => [name, template, text] as const)))(
  "%s: %s",
  (_, template, text) => {
    expect(goTemplate(template, data)).toBe(text)
  },
)

test.each([
  ["text alone", "a }} b", "a }} b"],
  ["fields", "{{.name}} {{.nested.deep.deeper}} {{.absent}} {{.absent2}}", "web here <no value> <no value>"],
  ["a null", "{{.nothing}}", "<no value>"],
  ["fields of parentheses", "{{(index .items 0).name}}", "x"],
  [
    "constants",
    "{{1}} {{-2}} {{1.50}} {{1e3}} {{0x10}} {{0b11}} {{0o17}} {{1_000}} {{true}} {{\"q\"}} {{`r\\n`}} {{'a'}}",
    "1 -2 1.5 1000 16 3 15 1000 true q r\\n 97",
  ],
  ["comments", "a{{/* none */}}b{{- /* trims */ -}} c", "abc"],
  ["trimming", "a  {{- 1 -}}  b {{1 -}} \n c", "a1b 1c"],
  ["pipelines", '{{.name | printf "%s-%s" "a" | len}}', "5"],
  ["variables", '{{$x := .name}}{{$x}} {{$x = "y"}}{{$x}} {{$.count}}', "web y 3"],
  ["variables of a block end with it", "{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"],
  ["assignments reach out of a block", "{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"],
  ["if, else if, else", "{{if .zero}}a{{else if .empty}}b{{else if .name}}c{{else}}d{{end}}", "c"],
  ["if with a variable", "{{if $n := len .list}}{{$n}}{{end}}", "3"],
  ["with", "{{with .nested.deep}}{{.deeper}}{{end}}{{with .none}}x{{else}}y{{end}}", "herey"],
  ["else with", "{{with .none}}x{{else with .name}}{{.}}{{end}}", "web"],
  ["range over a list", "{{range .list}}{{.}},{{end}}", "a,b,c,"],
  ["range with an index", "{{range $i, $e := .list}}{{$i}}{{$e}} {{end}}", "0a 1b 2c "],
  ["range over a map, in order", "{{range $k, $v := .map}}{{$k}}={{$v}} {{end}}", "a=1 b=2 "],
  ["range over a number", "{{range 3}}{{.}}{{end}}", "012"],
  ["range over nothing", "{{range .none}}x{{else}}none{{end}} {{range .nothing}}x{{else}}null{{end}}", "none null"],
  ["break and continue", '{{range .list}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{if eq . "c"}}{{break}}{{end}}{{end}}', "ac"],
  ["define and template", '{{define "t"}}<{{.}}>{{end}}{{template "t" .name}}{{template "t" 1}}', "<web><1>"],
  ["block", '{{block "t" .name}}[{{.}}]{{end}}', "[web]"],
  ["$ is the data a template was given", '{{define "t"}}{{$}}{{end}}{{range .list}}{{template "t" .}}{{end}}', "abc"],
  ["lists and maps as fmt prints them", "{{.list}} {{.map}} {{.items}}", "[a b c] map[a:1 b:2] [map[n:1 name:x] map[name:y]]"],
])("%s", (_, template, text) => {
  expect(goTemplate(template, data)).toBe(text)
})

const failure = (template: string): string => {
  try {
    new TemplateSet().parse("output", template).execute("output", data)
  } catch (error) {
    return (error as Error).message
  }
  return "no failure"
}

test.each([
  ["{{", "template: output:1: unclosed action"],
  ["a\n{{.name", "template: output:2: unclosed action"],
  ["{{/* x", "template: output:1: unclosed comment"],
  ['{{"a}}', "template: output:1: unterminated quoted string"],
  ["{{`a}}", "template: output:1: unterminated raw quoted string"],
  ["{{if}}x{{end}}", "template: output:1: missing value for if"],
  ["{{if .a}}x", "template: output:1: unexpected EOF"],
  ["{{end}}", "template: output:1: unexpected {{end}}"],
  ["{{else}}", "template: output:1: unexpected {{else}}"],
  ["{{nosuch .name}}", 'template: output:1: function "nosuch" not defined'],
  ["{{$x}}", 'template: output:1: undefined variable "$x"'],
  ["{{break}}", "template: output:1: {{break}} outside {{range}}"],
  ["{{(1}}", "template: output:1: unclosed left paren"],
  ["{{1)}}", "template: output:1: unexpected right paren"],
  ["{{1 | 2}}", "template: output:1: non executable command in pipeline stage 2"],
  ["{{@}}", "template: output:1: unrecognized character in action: U+0040 '@'"],
])("%s cannot be parsed", (template, message) => {
  expect(failure(template)).toContain(message)
})

test.each([
  ["{{index .list 9}}", 'template: output:1:2: executing "output" at <index .list 9>: error calling index: index out of range: 9'],
  [
    "{{index .count 1}}",
    'template: output:1:2: executing "output" at <index .count 1>: error calling index: can\'t index item of type int64',
  ],
  ["{{len .count}}", 'template: output:1:2: executing "output" at <len .count>: error calling len: len of type int64'],
  ["{{.name.first}}", 'template: output:1:7: executing "output" at <.name.first>: can\'t evaluate field first in type interface {}'],
  [
    '{{lt 1 "a"}}',
    'template: output:1:2: executing "output" at <lt 1 "a">: error calling lt: incompatible types for comparison: int and string',
  ],
  ["{{lt .list 1}}", 'template: output:1:2: executing "output" at <lt .list 1>: error calling lt: invalid type for comparison'],
  ['{{template "nosuch"}}', 'template: output:1:11: executing "output" at <{{template "nosuch"}}>: template "nosuch" not defined'],
  ["{{range .name}}{{end}}", 'template: output:1:8: executing "output" at <.name>: range can\'t iterate over web'],
  ["{{not 1 2}}", 'template: output:1:2: executing "output" at <not>: wrong number of args for not: want 1 got 2'],
  ["a\n b{{slice .name 9}}", 'template: output:2:4: executing "output" at <slice .name 9>: error calling slice: index out of range: 9'],
])("%s fails where and as Go says", (template, message) => {
  expect(failure(template)).toBe(message)
})

test("templates that never end do end", () => {
  expect(failure('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}')).toContain("exceeded maximum template depth")
  expect(failure("{{range 2000}}{{range 2000}}{{range 2000}}{{end}}{{end}}{{end}}")).toContain("too many steps")
})

test("what a failing template printed before comes first", () => {
  let written = ""
  expect(() =>
    new TemplateSet().parse("t", "before {{index .list 9}}").execute("t", data, (text) => {
      written += text
    }),
  ).toThrow()
  expect(written).toBe("before ")
})
