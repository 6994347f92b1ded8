/** jq: JSON in, a program over it, JSON out. */
import { defineTool } from "../define-tool.ts"
import { OutOfMemory } from "../jq/machine.ts"
import { parseOptions, UsageError } from "../jq/options.ts"
import { JqSyntaxError } from "../jq/syntax.ts"
import { CompileError } from "../jq/program.ts"
import { Run } from "../jq/run.ts"

const SYNOPSIS = `Usage:\tjq [options] <jq filter> [file...]
\tjq [options] --args <jq filter> [strings...]
\tjq [options] --jsonargs <jq filter> [JSON_TEXTS...]
`

const USAGE = `jq - commandline JSON processor [version 1.7]

${SYNOPSIS}
jq is a tool for processing JSON inputs, applying the given filter to
its JSON text inputs and producing the filter's results as JSON on
standard output.

The simplest filter is ., which copies jq's input to its output
unmodified except for formatting. For more advanced filters see
the jq(1) manpage ("man jq") and/or https://jqlang.github.io/jq/.

Example:

\t$ echo '{"foo": 0}' | jq .
\t{
\t  "foo": 0
\t}

Command options:
  -n, --null-input          use \`null\` as the single input value;
  -R, --raw-input           read each line as string instead of JSON;
  -s, --slurp               read all inputs into an array and use it as
                            the single input value;
  -c, --compact-output      compact instead of pretty-printed output;
  -r, --raw-output          output strings without escapes and quotes;
      --raw-output0         implies -r and output NUL after each output;
  -j, --join-output         implies -r and output without newline after
                            each output;
  -a, --ascii-output        output strings by only ASCII characters
                            using escape sequences;
  -S, --sort-keys           sort keys of each object on output;
  -C, --color-output        colorize JSON output;
  -M, --monochrome-output   disable colored output;
      --tab                 use tabs for indentation;
      --indent n            use n spaces for indentation (max 7 spaces);
      --unbuffered          flush output stream after each output;
      --stream              parse the input value in streaming fashion;
      --seq                 parse input/output as application/json-seq;
  -f, --from-file file      load filter from the file;
  -e, --exit-status         set exit status code based on the output;
      --arg name value      set $name to the string value;
      --argjson name value  set $name to the JSON value;
      --slurpfile name file set $name to an array of JSON values read
                            from the file;
      --rawfile name file   set $name to string contents of file;
      --args                consume remaining arguments as positional
                            string values;
      --jsonargs            consume remaining arguments as positional
                            JSON values;
  -h, --help                show the help;
  -V, --version             show the version;
  --                        terminates argument processing;

Named arguments are also available as $ARGS.named[], while
positional arguments are available as $ARGS.positional[].
`

const HINT = `Use jq --help for help with command-line options,
or see the jq manpage, or online docs  at https://jqlang.github.io/jq`

/** What is wrong with a program: each problem with its line, blanks below it as far as its place (locfile.c). */
const notCompiled = (error: JqSyntaxError | CompileError, program: string): string => {
  const before = program.slice(0, error.at)
  const line = before.split("\n").length
  const place = `at <top-level>, line ${line}:\n${program.split("\n")[line - 1]}${" ".repeat(before.length - before.lastIndexOf("\n") - 1)}\n`
  if (error instanceof CompileError) return `jq: error: ${error.message} ${place}jq: 1 compile error\n`
  const first = `jq: error: ${error.message} (Unix shell quoting issues?) ${place}`
  if (error.also === undefined) return `${first}jq: 1 compile error\n`
  return `${first}jq: error: ${error.also} at <top-level>, line 1:\n${program.split("\n")[0]}\njq: 2 compile errors\n`
}

export const jq = defineTool({
  name: "jq",
  summary: "command-line JSON processor",
  usage: USAGE,
  plain: true,
  *run(process, args) {
    let options: ReturnType<typeof parseOptions>
    try {
      options = parseOptions(process, args)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      yield* process.error(`${error.message}\n${error.hint ? `${HINT}\n` : ""}`)
      return 2
    }
    if (options === "help" || options === "version") {
      yield* process.print(options === "help" ? USAGE : "jq-1.7\n")
      return 0
    }
    if (options === "usage") {
      yield* process.error(`${SYNOPSIS}${HINT}\n`)
      return 2
    }
    let run: Run
    try {
      run = new Run(process, options)
    } catch (error) {
      if (!(error instanceof JqSyntaxError || error instanceof CompileError)) throw error
      yield* process.error(notCompiled(error, options.filter))
      return 3
    }
    try {
      return yield* run.run()
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error
      yield* process.error("jq: error: cannot allocate memory\n")
      process.kill(process.pid, "SIGABRT")
      yield* process.yield()
      return 134
    }
  },
})
