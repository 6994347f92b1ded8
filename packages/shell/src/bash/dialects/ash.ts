/** busybox' ash, the sh of busybox and alpine. Messages as in its shell/ash.c. */
import { BASH_ONLY, COMMON } from "./almquist.ts"
import { beyond, type Dialect } from "./dialect.ts"

/** Applets that run within the shell: they name it, and no line. */
const WITHIN = new Set(["test", "[", "printf", "kill"])

export const ash: Dialect = {
  name: "ash",
  lacks: new Set(BASH_ONLY),
  parameters: new Set(["RANDOM", "LINENO", "EPOCHSECONDS", "EPOCHREALTIME"]),
  prompt: "\\w \\$ ",
  invocation: (name, problem) =>
    problem === "-c"
      ? `${name}: -c requires an argument`
      : "option" in problem
        ? `${name}: illegal option ${problem.option}`
        : `${name}: can't open '${problem.file}': ${problem.reason}`,
  // ash_vmsg: the line is that of the last command that was read before, and is told where a file or a builtin is named.
  prefix({ interactive, name, line, from }, builtin) {
    if (builtin !== undefined && WITHIN.has(builtin)) return `${name}: `
    const own = builtin === undefined ? "" : `${builtin}: `
    if (interactive || (builtin === undefined && from !== "file")) return `${name}: ${own}`
    return `${name}: ${own}line ${from === "text" ? line - 1 : line}: `
  },
  within: WITHIN,
  wordings: [
    { bash: /^(fg|bg): current: no such job$/, says: "$1: No current job" },
    { bash: /^cd: (.*?): ([A-Z].*)$/, says: "cd: can't cd to $1: $2" },
    { bash: /^(set): (.*): invalid option name$/, says: "$1: illegal option -o $2", status: 1 },
    { bash: /^ulimit: -(.*): invalid option$/, says: "ulimit: invalid option -- '$1'", to: "bare", status: 1 },
    { bash: /^(\w+): -(.*): invalid option$/, says: "$1: illegal option -$2", ends: true },
    { bash: /^\.: (\S*\/\S*): (.*)$/, says: ".: can't open '$1': $2", ends: true },
    { bash: /^\.: (\S*): .*$/, says: ".: $1: not found", ends: true },
    { bash: /^source: (\S*): .*$/, says: "source: $1: not found", ends: true },
    { bash: /^shift: .*count out of range$/, says: "", status: 1 },
    { bash: /^return: can only .*$/, says: "" },
    { bash: /^(break|continue): only meaningful.*$/, says: "", status: 0 },
    { bash: /^(alias|unalias): (.*): not found$/, says: "$1: $2 not found", to: "bare", status: 1 },
    { bash: /^hash: (.*): not found$/, says: "hash: $1: not found", status: 1 },
    { bash: /^type: (.*): not found$/, says: "$1: not found", to: "output", status: 127 },
    { bash: /^umask: `?(.*?)'?: (?:octal number out of range|invalid symbolic mode operator)$/, says: "umask: illegal mode: $1" },
    { bash: /^trap: (.*): invalid signal specification$/, says: "trap: $1: invalid signal specification", status: 1 },
    { bash: /^wait: pid .*$/, says: "", status: 127 },
    { bash: /^kill: \((.*)\) - (.*)$/, says: "kill: can't kill pid $1: $2", status: 1 },
    { bash: /^(?:test|\[): missing `\]'$/, says: "[: missing ]" },
    { bash: /^(?:test|\[): (.*): integer expression expected$/, says: "[: $1: bad number" },
    { bash: /^(?:test|\[): (.*): (?:binary|unary) operator expected$/, says: "[: $1: unknown operand" },
    { bash: /^printf: (.*): invalid number$/, says: "printf: invalid number '$1'", status: 1 },
    { bash: /^((?:fg|bg|wait|kill): .*): no such job$/, says: "$1: no such job" },
    { bash: /^kill: no operands$/, says: "kill: you need to specify whom to kill", status: 1 },
    { bash: /^getopts: usage$/, says: "getopts: usage: getopts optstring var [arg]" },
    { bash: /^printf: usage$/, says: "printf: usage: printf FORMAT [ARGUMENT...]" },
    ...COMMON,
  ],
  redirection: (path, flags, reason) =>
    flags === "r"
      ? `can't open ${path}: ${reason === "No such file or directory" ? "no such file" : reason}`
      : `can't create ${path}: ${reason === "No such file or directory" ? "nonexistent directory" : reason}`,
  syntax: (token, expected) =>
    token === "redirection"
      ? "syntax error: unexpected redirection"
      : `syntax error: unexpected ${token === undefined ? "end of file" : token === "newline" ? "newline" : `"${token}"`}${expected === undefined ? "" : ` (expecting "${expected}")`}`,
  unterminated: "syntax error: unterminated quoted string",
  arithmetic: (_, problem) => (/division by 0/.test(problem) ? "divide by zero" : "arithmetic syntax error"),
  badSubstitution: "syntax error: bad substitution",
  tests: true,
  foreign: { ArrayValue: "(", HereString: "redirection", Select: "do", ArithmeticFor: "(", Coproc: "(" },
  refuses: (part) => beyond(part, ["Default", "Remove", "Replace", "Slice"]),
}
