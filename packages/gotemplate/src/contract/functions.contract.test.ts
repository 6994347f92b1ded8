/** Go's text/template as the real kubectl runs it: every function it has of itself. */
import { expect, test } from "vitest"
import { BUILTINS } from "../functions.ts"
import type { Case } from "./data.ts"
import { runsAsListed } from "./template-cases.ts"

const SECTIONS: Readonly<Record<string, readonly Case[]>> = {
  "and, or, not": [
    ["{{and .name .count}} {{and .name .zero .count}} {{and .nosuch .name}} {{and .name}}", "3 0 <no value> web"],
    ["{{or .zero .name}} {{or .zero .empty}} {{or .nosuch}}|{{or .name .count}}", "web  <no value>|web"],
    ["{{and}}", "", 'template: output:1:2: executing "output" at <and>: wrong number of args for and: want at least 1 got 0'],
    ["{{or}}", "", 'template: output:1:2: executing "output" at <or>: wrong number of args for or: want at least 1 got 0'],
    ["{{and .zero (index .list 9)}} {{or .name (index .list 9)}}", "0 web"],
    ["{{.name | and .count}} {{.zero | or .empty}}", "web 0"],
    ["{{not .name}} {{not .zero}} {{not .nosuch}} {{not .list}} {{not .none}}", "false true true false true"],
    ["{{not}}", "", 'template: output:1:2: executing "output" at <not>: wrong number of args for not: want 1 got 0'],
    ["{{not 1 2}}", "", 'template: output:1:2: executing "output" at <not>: wrong number of args for not: want 1 got 2'],
  ],
  len: [
    ["{{len .name}} {{len .list}} {{len .map}} {{len .unicode}} {{len .none}}", "3 3 2 15 0"],
    [
      "{{len .nosuch}}",
      "",
      'template: output:1:2: executing "output" at <len .nosuch>: error calling len: reflect: call of reflect.Value.Type on zero Value',
    ],
    ["{{len .nothing}}", "", 'template: output:1:2: executing "output" at <len .nothing>: error calling len: len of nil pointer'],
    ["{{len 1}}", "", 'template: output:1:2: executing "output" at <len 1>: error calling len: len of type int'],
    ["{{len .count}}", "", 'template: output:1:2: executing "output" at <len .count>: error calling len: len of type int64'],
    ["{{len .ratio}}", "", 'template: output:1:2: executing "output" at <len .ratio>: error calling len: len of type float64'],
    ["{{len .good}}", "", 'template: output:1:2: executing "output" at <len .good>: error calling len: len of type bool'],
    [
      "{{len nil}}",
      "",
      'template: output:1:2: executing "output" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value',
    ],
    ["{{len}}", "", 'template: output:1:2: executing "output" at <len>: wrong number of args for len: want 1 got 0'],
    ["{{len 1 2}}", "", 'template: output:1:2: executing "output" at <len>: wrong number of args for len: want 1 got 2'],
  ],
  index: [
    ['{{index .list 0}} {{index .map "a"}} {{index .nested "list" 0 1}} {{index .name 0}} {{index .list}}', "a 1 2 119 [a b c]"],
    [
      "{{index .list 3}}",
      "",
      'template: output:1:2: executing "output" at <index .list 3>: error calling index: reflect: slice index out of range',
    ],
    ["{{index .list -1}}", "", 'template: output:1:2: executing "output" at <index .list -1>: error calling index: index out of range: -1'],
    [
      '{{index .list "a"}}',
      "",
      'template: output:1:2: executing "output" at <index .list "a">: error calling index: cannot index slice/array with type string',
    ],
    [
      "{{index .list 1.5}}",
      "",
      'template: output:1:2: executing "output" at <index .list 1.5>: error calling index: cannot index slice/array with type float64',
    ],
    [
      "{{index .list .ratio}}",
      "",
      'template: output:1:2: executing "output" at <index .list .ratio>: error calling index: cannot index slice/array with type float64',
    ],
    [
      "{{index .list .count}}",
      "",
      'template: output:1:2: executing "output" at <index .list .count>: error calling index: reflect: slice index out of range',
    ],
    [
      "{{index .list nil}}",
      "",
      'template: output:1:2: executing "output" at <index .list nil>: error calling index: cannot index slice/array with nil',
    ],
    [
      "{{index .list .nosuch}}",
      "",
      'template: output:1:2: executing "output" at <index .list .nosuch>: error calling index: cannot index slice/array with nil',
    ],
    [
      "{{index .list .nothing}}",
      "",
      'template: output:1:2: executing "output" at <index .list .nothing>: error calling index: cannot index slice/array with nil',
    ],
    ['{{index .map "nosuch"}} {{index .map "nosuch" | printf "%v"}}', "<no value> <nil>"],
    [
      "{{index .map 1}}",
      "",
      'template: output:1:2: executing "output" at <index .map 1>: error calling index: value has type int; should be string',
    ],
    [
      "{{index .map nil}}",
      "",
      'template: output:1:2: executing "output" at <index .map nil>: error calling index: value is nil; should be of type string',
    ],
    [
      "{{index .map .nosuch}}",
      "",
      'template: output:1:2: executing "output" at <index .map .nosuch>: error calling index: value is nil; should be of type string',
    ],
    [
      "{{index .map .count}}",
      "",
      'template: output:1:2: executing "output" at <index .map .count>: error calling index: value has type int64; should be string',
    ],
    [
      '{{index .name "a"}}',
      "",
      'template: output:1:2: executing "output" at <index .name "a">: error calling index: cannot index slice/array with type string',
    ],
    ["{{index .name 9}}", "", 'template: output:1:2: executing "output" at <index .name 9>: error calling index: index out of range: 9'],
    [
      "{{index .count 1}}",
      "",
      'template: output:1:2: executing "output" at <index .count 1>: error calling index: can\'t index item of type int64',
    ],
    ["{{index .nosuch 1}}", "", 'template: output:1:2: executing "output" at <index .nosuch 1>: error calling index: index of untyped nil'],
    [
      "{{index .nothing 1}}",
      "",
      'template: output:1:2: executing "output" at <index .nothing 1>: error calling index: index of untyped nil',
    ],
    ["{{index nil 1}}", "", 'template: output:1:2: executing "output" at <index nil 1>: error calling index: index of untyped nil'],
    ["{{index 1}}", "1"],
    ["{{index}}", "", 'template: output:1:2: executing "output" at <index>: wrong number of args for index: want at least 1 got 0'],
    [
      "{{index .good 1}}",
      "",
      'template: output:1:2: executing "output" at <index .good 1>: error calling index: can\'t index item of type bool',
    ],
    [
      '{{index .things 1 "n" "x"}}',
      "",
      'template: output:1:2: executing "output" at <index .things 1 "n" "x">: error calling index: index of nil pointer',
    ],
  ],
  slice: [
    [
      "{{slice .name 1}} {{slice .name 1 2}} {{slice .list 1}} {{slice .list 0 2}} {{slice .list}} {{slice .name}} {{slice .list 0 1 2}} {{slice .name 0 0}}",
      "eb e [b c] [a b] [a b c] web [a] ",
    ],
    ["{{slice .name 4}}", "", 'template: output:1:2: executing "output" at <slice .name 4>: error calling slice: index out of range: 4'],
    ["{{slice .name 3}}", ""],
    ["{{slice .name -1}}", "", 'template: output:1:2: executing "output" at <slice .name -1>: error calling slice: index out of range: -1'],
    [
      "{{slice .name 2 1}}",
      "",
      'template: output:1:2: executing "output" at <slice .name 2 1>: error calling slice: invalid slice index: 2 > 1',
    ],
    [
      "{{slice .name 0 1 2}}",
      "",
      'template: output:1:2: executing "output" at <slice .name 0 1 2>: error calling slice: cannot 3-index slice a string',
    ],
    [
      "{{slice .list 4}}",
      "",
      'template: output:1:2: executing "output" at <slice .list 4>: error calling slice: invalid slice index: 4 > 3',
    ],
    [
      "{{slice .list 2 1}}",
      "",
      'template: output:1:2: executing "output" at <slice .list 2 1>: error calling slice: invalid slice index: 2 > 1',
    ],
    [
      "{{slice .list 0 1 2 3}}",
      "",
      'template: output:1:2: executing "output" at <slice .list 0 1 2 3>: error calling slice: too many slice indexes: 4',
    ],
    [
      "{{slice .list 0 2 1}}",
      "",
      'template: output:1:2: executing "output" at <slice .list 0 2 1>: error calling slice: invalid slice index: 2 > 1',
    ],
    [
      '{{slice .list "a"}}',
      "",
      'template: output:1:2: executing "output" at <slice .list "a">: error calling slice: cannot index slice/array with type string',
    ],
    [
      "{{slice .list 1.5}}",
      "",
      'template: output:1:2: executing "output" at <slice .list 1.5>: error calling slice: cannot index slice/array with type float64',
    ],
    [
      "{{slice .map 1}}",
      "",
      'template: output:1:2: executing "output" at <slice .map 1>: error calling slice: can\'t slice item of type map[string]interface {}',
    ],
    [
      "{{slice .count 1}}",
      "",
      'template: output:1:2: executing "output" at <slice .count 1>: error calling slice: can\'t slice item of type int64',
    ],
    ["{{slice .nosuch 1}}", "", 'template: output:1:2: executing "output" at <slice .nosuch 1>: error calling slice: slice of untyped nil'],
    ["{{slice .nothing}}", "", 'template: output:1:2: executing "output" at <slice .nothing>: error calling slice: slice of untyped nil'],
    ["{{slice nil}}", "", 'template: output:1:2: executing "output" at <slice nil>: error calling slice: slice of untyped nil'],
    ["{{slice}}", "", 'template: output:1:2: executing "output" at <slice>: wrong number of args for slice: want at least 1 got 0'],
    [
      "{{slice .list nil}}",
      "",
      'template: output:1:2: executing "output" at <slice .list nil>: error calling slice: cannot index slice/array with nil',
    ],
    [
      "{{slice .list .nosuch}}",
      "",
      'template: output:1:2: executing "output" at <slice .list .nosuch>: error calling slice: cannot index slice/array with nil',
    ],
  ],
  "print and println": [
    [
      '{{print}} {{print 1}} {{print 1 2}} {{print "a" "b"}} {{print "a" 1 2 "b" 3}} {{print .list .map}} {{print nil}} {{print .nosuch}} {{print .nothing}} {{print true false}} {{print 1.5 .ratio}}',
      " 1 1 2 ab a1 2b3 [a b c] map[a:1 b:2] <nil> <nil> <nil> true false 1.5 1.5",
    ],
    ['{{println}}{{println 1 "a" nil}}{{println "x"}}', "\n1 a <nil>\nx\n"],
  ],
  printf: [
    [
      '{{printf "%d"}} {{printf "x"}} {{printf "x" 1}} {{printf "%d" 1 2 "a"}}',
      "%!d(MISSING) x x%!(EXTRA int=1) 1%!(EXTRA int=2, string=a)",
    ],
    ["{{printf}}", "", 'template: output:1:2: executing "output" at <printf>: wrong number of args for printf: want at least 1 got 0'],
    ["{{printf 1}}", "", 'template: output:1:9: executing "output" at <1>: expected string; found 1'],
    ["{{printf .count}}", "", 'template: output:1:9: executing "output" at <.count>: wrong type for value; expected string; got int64'],
    ["{{printf .name}}", "web"],
    ["{{printf .nosuch}}", "", 'template: output:1:9: executing "output" at <.nosuch>: invalid value; expected string'],
    [
      "{{printf .nothing}}",
      "",
      'template: output:1:9: executing "output" at <.nothing>: wrong type for value; expected string; got interface {}',
    ],
    ["{{printf nil}}", "", 'template: output:1:9: executing "output" at <nil>: cannot assign nil to string'],
    ["{{printf true}}", "", 'template: output:1:9: executing "output" at <true>: expected string; found true'],
    [
      "{{printf .list}}",
      "",
      'template: output:1:9: executing "output" at <.list>: wrong type for value; expected string; got []interface {}',
    ],
    [
      '{{printf "%v|%+v|%#v|%T" .map .map .map .map}}',
      'map[a:1 b:2]|map[a:1 b:2]|map[string]interface {}{"a":1, "b":2}|map[string]interface {}',
    ],
    ['{{printf "%v|%+v|%#v|%T" .list .list .list .list}}', '[a b c]|[a b c]|[]interface {}{"a", "b", "c"}|[]interface {}'],
    [
      '{{printf "%v|%+v|%#v|%T" .mixed .mixed .mixed .mixed}}',
      '[1 two 3.5 true <nil> [x] map[k:v]]|[1 two 3.5 true <nil> [x] map[k:v]]|[]interface {}{1, "two", 3.5, true, interface {}(nil), []interface {}{"x"}, map[string]interface {}{"k":"v"}}|[]interface {}',
    ],
    ['{{printf "%v|%+v|%#v|%T" .count .count .count .count}}', "3|3|3|int64"],
    ['{{printf "%v|%+v|%#v|%T" 3 3 3 3}}', "3|3|3|int"],
    ['{{printf "%v|%+v|%#v|%T" .ratio .ratio .ratio .ratio}}', "1.5|1.5|1.5|float64"],
    ['{{printf "%v|%+v|%#v|%T" .name .name .name .name}}', 'web|web|"web"|string'],
    ['{{printf "%v|%+v|%#v|%T" .good .good .good .good}}', "true|true|true|bool"],
    ['{{printf "%v|%+v|%#v|%T" nil nil nil nil}}', "<nil>|<nil>|<nil>|<nil>"],
    ['{{printf "%v|%+v|%#v|%T" .nosuch .nosuch .nothing .nothing}}', "<nil>|<nil>|<nil>|<nil>"],
    ['{{printf "%v|%#v" .none .none}} {{printf "%v|%#v" .nomap .nomap}}', "[]|[]interface {}{} map[]|map[string]interface {}{}"],
    [
      '{{printf "%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%#b|%c|%q|%U|%#U" 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42}}',
      "42|   42|42   |00042|+42| 42|2a|2A|0x2a|52|052|0o52|101010|0b101010|*|'*'|U+002A|U+002A '*'",
    ],
    [
      '{{printf "%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%b|%.5d|%8.3d|%-8.3d|%08.3d|%+.3d" -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42}}',
      "-42|  -42|-42  |-0042|-42|-42|-2a|-2A|-0x2a|-52|-101010|-00042|    -042|-042    |    -042|-042",
    ],
    ['{{printf "%.0d|%.0d|%5.0d|" 0 1 0}}', "|1|     |"],
    [
      '{{printf "%s|%10s|%-10s|%.2s|%10.2s|%q|%#q|%+q|%x|%X|% x|%#x|% #x|%010s" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy" "héy"}}',
      'héy|       héy|héy       |hé|        hé|"héy"|`héy`|"h\\u00e9y"|68c3a979|68C3A979|68 c3 a9 79|0x68c3a979|0x68 0xc3 0xa9 0x79|0000000héy',
    ],
    [
      '{{printf "%q %+q %#q %q" .escapes .unicode .escapes .unicode}}',
      '"a\\tb\\"c\'d\\\\e<f>&g\\x01\\x7f" "h\\u00e9llo \\u2603 \\U0001f600" "a\\tb\\"c\'d\\\\e<f>&g\\x01\\x7f" "héllo ☃ 😀"',
    ],
    [
      '{{printf "%f|%.2f|%8.3f|%-8.1f|%08.2f|%+f|% f|%e|%E|%.2e|%g|%G|%.3g|%.10g|%F" 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159}}',
      "3.141590|3.14|   3.142|3.1     |00003.14|+3.141590| 3.141590|3.141590e+00|3.141590E+00|3.14e+00|3.14159|3.14159|3.14|3.14159|3.141590",
    ],
    [
      '{{printf "%g %g %g %g %v %v %v %v" 1e6 1e20 1e21 1e-5 1e6 123456789.0 1e21 0.0001}}',
      "1e+06 1e+20 1e+21 1e-05 1e+06 1.23456789e+08 1e+21 0.0001",
    ],
    ['{{printf "%x %X %b %.2x" 1.5 1.5 1.5 1.5}}', "0x1.8p+00 0X1.8P+00 6755399441055744p-52 0x1.80p+00"],
    ['{{printf "%#g %#v %#f %#.0f" 1.5 2.0 2.0 2.0}}', "1.50000 2 2.000000 2."],
    ['{{printf "%t|%5t|%-7t|%v|%d|%s" true false true true true true}}', "true|false|true   |true|%!d(bool=true)|%!s(bool=true)"],
    [
      '{{printf "%d %s %f %t %q %x %c" "a" 1 1 1 1.5 true "a"}}',
      "%!d(string=a) %!s(int=1) %!f(int=1) %!t(int=1) %!q(float64=1.5) %!x(bool=true) %!c(string=a)",
    ],
    ['{{printf "%d %s %q %x" .list .list .list .list}}', '[%!d(string=a) %!d(string=b) %!d(string=c)] [a b c] ["a" "b" "c"] [61 62 63]'],
    [
      '{{printf "%d %s %q %5v" .map .map .map .map}}',
      "map[%!d(string=a):1 %!d(string=b):2] map[a:%!s(int64=1) b:%!s(int64=2)] map[\"a\":'\\x01' \"b\":'\\x02'] map[    a:    1     b:    2]",
    ],
    [
      '{{printf "%d" .numbers}} {{printf "%03d" .numbers}} {{printf "%s" .numbers}} {{printf "%x" .list}} {{printf "% x" .list}}',
      "[1 2 3 4 5] [001 002 003 004 005] [%!s(int64=1) %!s(int64=2) %!s(int64=3) %!s(int64=4) %!s(int64=5)] [61 62 63] [61 62 63]",
    ],
    ['{{printf "%s %d %v" nil nil nil}} {{printf "%s %d" .nosuch .nothing}}', "%!s(<nil>) %!d(<nil>) <nil> %!s(<nil>) %!d(<nil>)"],
    [
      '{{printf "%z %!" 1}} {{printf "%"}} {{printf "%5"}} {{printf "%-"}} {{printf "%%"}} {{printf "%5%"}} {{printf "%z"}}',
      "%!z(int=1) %!!(MISSING) %!(NOVERB) %!(NOVERB) %!(NOVERB) % % %!z(MISSING)",
    ],
    ['{{printf "%*d|%-*d|%.*f|%*.*f" 5 42 5 42 2 3.14159 8 3 3.14159}}', "   42|42   |3.14|   3.142"],
    [
      '{{printf "%*d" "a" 42}} {{printf "%*d" -5 42}}| {{printf "%.*d" -1 42}} {{printf "%*d"}} {{printf "%.*d" "x" 1}} {{printf "%*d" 2000000 1}}',
      "%!(BADWIDTH)42 42   | %!(BADPREC)42 %!(BADWIDTH)%!d(MISSING) %!(BADPREC)1 %!(BADWIDTH)1",
    ],
    [
      '{{printf "%[2]d %[1]d" 1 2}} {{printf "%[1]d %[1]v %d" 1 2}} {{printf "%[3]d" 1 2}} {{printf "%[x]d" 1}} {{printf "%[1d" 1}} {{printf "%[]d" 1}} {{printf "%[0]d" 1}} {{printf "%[2]*[1]d" 5 3}} {{printf "%[1]*d" 5 3}} {{printf "%.[2]*[1]f" 3.14159 2}} {{printf "%[2]d" 1 2}}',
      "2 1 1 1 2 %!d(BADINDEX) %!d(BADINDEX) %!d(BADINDEX) %!d(BADINDEX) %!d(BADINDEX)   5     3 3.14 2",
    ],
    [
      '{{printf "%d %d" 1}} {{printf "%w" 1}} {{printf "%p" 1}} {{printf "%é" 1}} {{printf "é%d" 1}}',
      "1 %!d(MISSING) %!w(int=1) %!p(int=1) %!é(int=1) é1",
    ],
    [
      "{{printf \"%v\" 'a'}} {{printf \"%c %q %U %d %x\" 'a' 'a' 'a' 'a' 'a'}} {{printf \"%c %q\" 128512 128512}} {{printf \"%c %q %U\" -1 -1 -1}} {{printf \"%q %q %q\" 10 39 92}} {{printf \"%+q %#U\" 233 233}}",
      "97 a 'a' U+0061 97 61 😀 '😀' � '�' U+FFFFFFFFFFFFFFFF '\\n' '\\'' '\\\\' '\\u00e9' U+00E9 'é'",
    ],
    ['{{printf "%6.2f|%-8v|%8v|%08v|%+v" .ratio .name .count .count .count}}', "  1.50|web     |       3|00000003|3"],
    [
      '{{printf "%s" .metadata}} {{printf "%v" .metadata}} {{printf "%+v" .things}} {{printf "%#v" .things}}',
      'map[labels:map[app:web tier:front x:y] name:web] map[labels:map[app:web tier:front x:y] name:web] [map[n:1 name:x] map[name:y]] []interface {}{map[string]interface {}{"n":1, "name":"x"}, map[string]interface {}{"name":"y"}}',
    ],
    [
      '{{printf "%v %v" .half .tiny}} {{.half}} {{.tiny}} {{.big}} {{.neg}} {{.ratio}}',
      "25000000000 1.23e-06 25000000000 1.23e-06 12345678901 -7 1.5",
    ],
    ['{{printf "%i %v" 1i 1+2i}} {{1+2i | printf "%.1f"}}', "%!i(complex128=(0+1i)) (1+2i) (1.0+2.0i)"],
  ],
  "html, js and urlquery": [
    [
      '{{html .escapes}} {{html "a" "b" 1 2}} {{html 1}} {{html .map}} {{html nil}} {{html .nosuch}} {{html}}',
      "a\tb&#34;c&#39;d\\e&lt;f&gt;&amp;g\u0001\x7f ab1 2 1 map[a:1 b:2] &lt;no value&gt; &lt;no value&gt; ",
    ],
    [
      '{{js .escapes}} {{js "it\'s <b> & = \\n\\t/ \\u2028 é ☃"}} {{js 1}} {{js .list}} {{js}}',
      "a\\u0009b\\\"c\\'d\\\\e\\u003Cf\\u003E\\u0026g\\u0001\x7f it\\'s \\u003Cb\\u003E \\u0026 \\u003D \\u000A\\u0009/ \\u2028 é ☃ 1 [a b c] ",
    ],
    [
      '{{urlquery "a b&c=d/é?*\'()!~-_.+%"}} {{urlquery 1 2}} {{urlquery .list}} {{urlquery}}',
      "a+b%26c%3Dd%2F%C3%A9%3F%2A%27%28%29%21~-_.%2B%25 1+2 %5Ba+b+c%5D ",
    ],
  ],
  "eq, ne, lt, le, gt, ge": [
    [
      '{{eq 1 1}} {{eq 1 2}} {{eq "a" "a"}} {{eq 1.5 1.5}} {{eq true true}} {{eq .count 3}} {{eq .name "x" "web"}} {{eq 1 2 3 1}}',
      "true false true true true true true true",
    ],
    [
      '{{eq 1 "a"}}',
      "",
      'template: output:1:2: executing "output" at <eq 1 "a">: error calling eq: incompatible types for comparison: int and string',
    ],
    [
      "{{eq 1 1.0}}",
      "",
      'template: output:1:2: executing "output" at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64',
    ],
    [
      "{{eq .count 3.0}}",
      "",
      'template: output:1:2: executing "output" at <eq .count 3.0>: error calling eq: incompatible types for comparison: int64 and float64',
    ],
    ["{{eq .ratio 1.5}} {{eq .count .count}}", "true true"],
    [
      "{{eq .list .list}}",
      "",
      'template: output:1:2: executing "output" at <eq .list .list>: error calling eq: non-comparable type [a b c]: []interface {}',
    ],
    [
      "{{eq .map .map}}",
      "",
      'template: output:1:2: executing "output" at <eq .map .map>: error calling eq: non-comparable type map[a:%!s(int64=1) b:%!s(int64=2)]: map[string]interface {}',
    ],
    [
      "{{eq .map 1}}",
      "",
      'template: output:1:2: executing "output" at <eq .map 1>: error calling eq: incompatible types for comparison: map[string]interface {} and int',
    ],
    [
      "{{eq 1 .map}}",
      "",
      'template: output:1:2: executing "output" at <eq 1 .map>: error calling eq: incompatible types for comparison: int and map[string]interface {}',
    ],
    [
      "{{eq .name .list}}",
      "",
      'template: output:1:2: executing "output" at <eq .name .list>: error calling eq: incompatible types for comparison: string and []interface {}',
    ],
    ["{{eq .nosuch nil}} {{eq nil nil}} {{eq .nothing nil}} {{eq .nosuch .nothing}}", "true true true true"],
    ['{{eq .nosuch "a"}} {{eq "a" .nosuch}} {{eq nil 1}} {{eq 1 nil}}', "false false false false"],
    ["{{eq .name nil}}", "false"],
    ["{{eq 1}}", "", 'template: output:1:2: executing "output" at <eq 1>: error calling eq: missing argument for comparison'],
    ["{{eq}}", "", 'template: output:1:2: executing "output" at <eq>: wrong number of args for eq: want at least 1 got 0'],
    [
      '{{eq true "true"}}',
      "",
      'template: output:1:2: executing "output" at <eq true "true">: error calling eq: incompatible types for comparison: bool and string',
    ],
    ["{{eq 'a' 97}} {{eq 1i 1i}}", "true true"],
    ['{{ne 1 2}} {{ne "a" "a"}} {{ne .nosuch nil}}', "true false false"],
    [
      '{{ne 1 "a"}}',
      "",
      'template: output:1:2: executing "output" at <ne 1 "a">: error calling ne: incompatible types for comparison: int and string',
    ],
    ["{{ne 1}}", "", 'template: output:1:2: executing "output" at <ne>: wrong number of args for ne: want 2 got 1'],
    [
      "{{ne .list .list}}",
      "",
      'template: output:1:2: executing "output" at <ne .list .list>: error calling ne: non-comparable type [a b c]: []interface {}',
    ],
    ['{{lt 1 2}} {{lt "a" "b"}} {{lt 1.5 2.5}} {{lt .count 4}} {{lt "B" "a"}}', "true true true true true"],
    [
      '{{lt 1 "a"}}',
      "",
      'template: output:1:2: executing "output" at <lt 1 "a">: error calling lt: incompatible types for comparison: int and string',
    ],
    [
      "{{lt 1 1.5}}",
      "",
      'template: output:1:2: executing "output" at <lt 1 1.5>: error calling lt: incompatible types for comparison: int and float64',
    ],
    ["{{lt true false}}", "", 'template: output:1:2: executing "output" at <lt true false>: error calling lt: invalid type for comparison'],
    ["{{lt true true}}", "", 'template: output:1:2: executing "output" at <lt true true>: error calling lt: invalid type for comparison'],
    [
      "{{lt .list .list}}",
      "",
      'template: output:1:2: executing "output" at <lt .list .list>: error calling lt: invalid type for comparison',
    ],
    ["{{lt nil nil}}", "", 'template: output:1:2: executing "output" at <lt nil nil>: error calling lt: invalid type for comparison'],
    ["{{lt .nosuch 1}}", "", 'template: output:1:2: executing "output" at <lt .nosuch 1>: error calling lt: invalid type for comparison'],
    ["{{lt 1 .nosuch}}", "", 'template: output:1:2: executing "output" at <lt 1 .nosuch>: error calling lt: invalid type for comparison'],
    ["{{lt 1}}", "", 'template: output:1:2: executing "output" at <lt>: wrong number of args for lt: want 2 got 1'],
    ["{{lt 1 2 3}}", "", 'template: output:1:2: executing "output" at <lt>: wrong number of args for lt: want 2 got 3'],
    ["{{lt .map 1}}", "", 'template: output:1:2: executing "output" at <lt .map 1>: error calling lt: invalid type for comparison'],
    ["{{lt 1i 2i}}", "", 'template: output:1:2: executing "output" at <lt 1i 2i>: error calling lt: invalid type for comparison'],
    ["{{le 1 1}} {{le 2 1}} {{gt 2 1}} {{gt 1 1}} {{ge 1 1}} {{ge 1 2}}", "true false true false true false"],
    ["{{le .list 1}}", "", 'template: output:1:2: executing "output" at <le .list 1>: error calling le: invalid type for comparison'],
    [
      '{{gt 1 "a"}}',
      "",
      'template: output:1:2: executing "output" at <gt 1 "a">: error calling gt: incompatible types for comparison: int and string',
    ],
    ["{{ge nil 1}}", "", 'template: output:1:2: executing "output" at <ge nil 1>: error calling ge: invalid type for comparison'],
    ["{{gt true false}}", "", 'template: output:1:2: executing "output" at <gt true false>: error calling gt: invalid type for comparison'],
  ],
  call: [
    [
      "{{call .name}}",
      "",
      'template: output:1:2: executing "output" at <call .name>: error calling call: non-function .name of type string',
    ],
    ["{{call .nosuch}}", "", 'template: output:1:2: executing "output" at <call .nosuch>: error calling call: call of nil'],
    ["{{call nil}}", "", 'template: output:1:2: executing "output" at <call nil>: error calling call: call of nil'],
    ["{{call}}", "", 'template: output:1:2: executing "output" at <call>: wrong number of args for call: want at least 1 got 0'],
    [
      "{{call print}}",
      "",
      'template: output:1:2: executing "output" at <call print>: error calling call: non-function print of type string',
    ],
    ["{{call 1}}", "", 'template: output:1:2: executing "output" at <call 1>: error calling call: non-function 1 of type int'],
  ],
}

runsAsListed(SECTIONS)

test("every function is under test", () => {
  expect(
    Object.keys(SECTIONS)
      .flatMap((title) => title.split(/, | and /))
      .sort(),
  ).toEqual(Object.keys(BUILTINS).sort())
})
