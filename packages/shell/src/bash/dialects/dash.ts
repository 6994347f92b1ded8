/** dash, the sh of Debian and Ubuntu. Messages as in its src/error.c, src/exec.c, src/parser.c. */
import { BASH_ONLY, COMMON } from "./almquist.ts"
import { beyond, type Dialect } from "./dialect.ts"

export const dash: Dialect = {
  name: "dash",
  lacks: new Set([...BASH_ONLY, "source", "let", "help", "history"]),
  parameters: new Set(["LINENO"]),
  prompt: "\\$ ",
  invocation: (name, problem) =>
    problem === "-c"
      ? `${name}: 0: -c requires an argument`
      : "option" in problem
        ? `${name}: 0: Illegal option ${problem.option}`
        : `${name}: 0: cannot open ${problem.file}: ${problem.reason.replace(/ or directory$/, "")}`,
  prefix: ({ name, line }, builtin) => `${name}: ${line}: ${builtin === undefined ? "" : `${builtin}: `}`,
  wordings: [
    { bash: /^(fg|bg): current: no such job$/, says: "$1: No current job" },
    { bash: /^cd: (.*?): ([A-Z].*)$/, says: "cd: can't cd to $1" },
    { bash: /^(set): (.*): invalid option name$/, says: "$1: Illegal option -o $2", ends: true },
    { bash: /^(\w+): -(.*): invalid option$/, says: "$1: Illegal option -$2", ends: true },
    { bash: /^\.: (\S*): .*$/, says: ".: $1: not found", ends: true },
    { bash: /^shift: .*count out of range$/, says: "shift: can't shift that many", ends: true },
    { bash: /^return: can only .*$/, says: "" },
    { bash: /^(break|continue): only meaningful.*$/, says: "", status: 0 },
    { bash: /^(alias|unalias): (.*): not found$/, says: "$1: $2 not found", to: "bare", status: 1 },
    { bash: /^hash: (.*): not found$/, says: "hash: $1: not found", status: 1 },
    { bash: /^type: (.*): not found$/, says: "$1: not found", to: "output", status: 127 },
    { bash: /^umask: `?(.*?)'?: (?:octal number out of range|invalid symbolic mode operator)$/, says: "umask: Illegal mode: $1" },
    { bash: /^trap: (.*): invalid signal specification$/, says: "trap: $1: bad trap", to: "bare", status: 1 },
    { bash: /^wait: pid .*$/, says: "", status: 127 },
    { bash: /^kill: \(.*\) - (.*)$/, says: "kill: $1\n", status: 1 },
    { bash: /^\[: missing `\]'$/, says: "[: missing ]" },
    { bash: /^(test|\[): (.*): integer expression expected$/, says: "$1: Illegal number: $2" },
    { bash: /^(test|\[): (.*): (?:binary|unary) operator expected$/, says: "$1: $2: unexpected operator" },
    { bash: /^printf: (.*): invalid number$/, says: "printf: $1: expected numeric value", status: 1 },
    { bash: /^((?:fg|bg|wait|kill)): (.*): no such job$/, says: "$1: No such job: $2" },
    { bash: /^kill: no operands$/, says: "kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]" },
    { bash: /^getopts: usage$/, says: "getopts: Usage: getopts optstring var [arg...]" },
    { bash: /^printf: usage$/, says: "printf: usage: printf format [arg ...]" },
    ...COMMON,
  ],
  redirection: (path, flags, reason) => {
    const [does, missing] = flags === "r" ? ["open", "No such file"] : ["create", "Directory nonexistent"]
    return `cannot ${does} ${path}: ${reason === "No such file or directory" ? missing : reason}`
  },
  syntax: (token, expected) =>
    `Syntax error: ${token === undefined ? "end of file" : token === "newline" || token === "redirection" ? token : `"${token}"`} unexpected${expected === undefined ? "" : ` (expecting "${expected}")`}`,
  unterminated: "Syntax error: Unterminated quoted string",
  arithmetic: (text, problem) =>
    `arithmetic expression: ${/division by 0/.test(problem) ? "division by zero" : /operand expected/.test(problem) ? "expecting primary" : "expecting EOF"}: "${text}"`,
  badSubstitution: "Bad substitution",
  tests: false,
  foreign: { ArrayValue: "(", HereString: "redirection", ProcessSubstitution: "(", Select: "do", ArithmeticFor: "(", Coproc: "(" },
  refuses: (part) => beyond(part, ["Default", "Remove"]),
}
