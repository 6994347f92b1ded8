/** A function written out as `declare -f` and `type` write it (print_cmd.c): one command a line, indented by four. */
import type {
  AndOr,
  Command,
  CommandNode,
  CompoundList,
  Function as FunctionNode,
  PipelineNode,
  Redirection,
  Statement,
  TestExpression,
  Word,
} from "unbash"
import { arithmeticHeader } from "./arithmetic/header.ts"
import { singleQuoted } from "./quoting.ts"

const STEP = "    "

/** What is being written: the text that positions refer to, and the here-documents whose lines are still to come. */
interface Page {
  readonly source: string
  readonly bodies: string[]
}

const redirections = (list: readonly Redirection[], page: Page): string =>
  list
    .map((one) => {
      const fd = one.descriptor
        ? one.descriptor.type === "FileDescriptor"
          ? String(one.descriptor.value)
          : `{${one.descriptor.name}}`
        : ""
      if (one.type === "HereDoc") {
        page.bodies.push(`${one.body.text}${one.delimiter?.value ?? ""}`)
        return ` ${fd}${one.operator}${one.delimiter?.text ?? ""}`
      }
      if (one.type === "HereString") return ` ${fd}<<< ${one.target?.text ?? ""}`
      const shown = fd === "" && one.operator === "<>" ? "0" : fd
      return ` ${shown}${one.operator}${/&$/.test(one.operator) ? "" : " "}${wordText(one.target)}`
    })
    .join("")

/** A word as it was written, but for $'…', which the parser of bash turns into plain quotes at once. */
const wordText = (word: Word | undefined): string => {
  if (!word?.text.includes("$'") || !word.parts?.some(({ type }) => type === "AnsiCQuoted")) return word?.text ?? ""
  return word.parts.map((part) => (part.type === "AnsiCQuoted" ? singleQuoted(part.value) : part.text)).join("")
}

const simple = (node: Command, page: Page): string => {
  const words = [
    ...node.prefix.flatMap((part) => (part.type === "Assignment" ? [part.text] : [])),
    ...(node.name ? [wordText(node.name)] : []),
    ...node.args.map((one) => (one.type === "Word" ? wordText(one) : one.text)),
  ].join(" ")
  return `${words}${redirections(node.redirects, page)}`.trimStart()
}

const testText = (test: TestExpression): string => {
  switch (test.type) {
    case "TestUnary":
      return `${test.operator} ${test.operand.text}`
    case "TestBinary":
      return `${test.left.text} ${test.operator} ${test.right.text}`
    case "TestLogical":
      return test.operands.map(testText).join(` ${test.operator} `)
    case "TestNot":
      return `${"! ".repeat(test.negations.length)}${testText(test.operand)}`
    case "TestGroup":
      return `( ${testText(test.expression)} )`
  }
}

/** Statements, each on its line; the last without ";" as bash leaves it. */
const statements = (list: readonly Statement[], indent: string, source: string): string =>
  list
    .map((statement, at) => {
      const page: Page = { source, bodies: [] }
      const text = andOr(statement.command, indent, page)
      // What follows "&" stays on its line.
      const begin = list[at - 1]?.background ? " " : indent
      if (statement.background && at < list.length - 1 && page.bodies.length === 0) return `${begin}${text} &`
      const end = statement.background ? " &" : at < list.length - 1 && page.bodies.length === 0 ? ";" : ""
      return `${begin}${text}${end}\n${page.bodies.map((body) => `${body}\n`).join("")}${page.bodies.length > 0 && at < list.length - 1 ? "\n" : ""}`
    })
    .join("")

/** The body of a compound command, whose last line does have ";". */
const body = (list: CompoundList, indent: string, source: string): string => {
  const text = statements(list.commands, indent, source)
  return list.commands.at(-1)?.background || /\n\S+\n$/.test(text) ? text : text.replace(/\n$/, ";\n")
}

const inline = (list: CompoundList, indent: string, source: string): string =>
  list.commands.map((statement) => andOr(statement.command, indent, { source, bodies: [] })).join("; ")

const andOr = (node: AndOr | PipelineNode, indent: string, page: Page): string =>
  node.type === "AndOr"
    ? node.commands.map((one, at) => `${at > 0 ? ` ${node.operators[at - 1]} ` : ""}${pipeline(one, indent, page)}`).join("")
    : pipeline(node, indent, page)

const pipeline = (node: PipelineNode, indent: string, page: Page): string => {
  if (node.type !== "Pipeline") return command(node, indent, page)
  const prefixes = node.prefixes.map(({ type }) => (type === "Negation" ? "! " : "time ")).join("")
  return (
    prefixes +
    node.commands
      .map((one, at) => `${at > 0 ? (node.operators[at - 1] === "|&" ? " 2>&1 | " : " | ") : ""}${command(one, indent, page)}`)
      .join("")
  )
}

const command = (node: CommandNode | CompoundList, indent: string, page: Page): string => {
  const inner = indent + STEP
  const { source } = page
  switch (node.type) {
    case "Command":
      return simple(node, page)
    case "Redirected":
      return command(node.command, indent, page) + redirections(node.redirects, page)
    case "CompoundList":
      return inline(node, indent, source)
    case "BraceGroup":
      return `{ \n${body(node.body, inner, source).replace(/;\n$/, "\n")}${indent}}`
    case "Subshell":
      return `( ${inline(node.body, indent, source)} )`
    case "If": {
      const branches = node.elif
      let text = `if ${inline(node.clause, indent, source)}; then\n${body(node.then, inner, source)}`
      for (const [at, branch] of branches.entries()) {
        const deeper = inner + STEP.repeat(at)
        text += `${indent}${STEP.repeat(at)}else\n${deeper}if ${inline(branch.clause, deeper, source)}; then\n${body(branch.then, deeper + STEP, source)}`
      }
      const depth = indent + STEP.repeat(branches.length)
      if (node.else) text += `${depth}else\n${body(node.else, depth + STEP, source)}`
      for (let at = branches.length; at > 0; at--) text += `${indent}${STEP.repeat(at)}fi;\n`
      return `${text}${indent}fi`
    }
    case "While":
      return `${node.kind} ${inline(node.clause, indent, source)}; do\n${body(node.body, inner, source)}${indent}done`
    case "For":
    case "Select": {
      const word = node.type === "For" ? "for" : "select"
      const items = node.wordlist ? ` in ${node.wordlist.map(({ text }) => text).join(" ")}` : ' in "$@"'
      return `${word} ${node.name.text}${items};\n${indent}do\n${body(node.body, inner, source)}${indent}done`
    }
    case "ArithmeticFor":
      return `for ((${arithmeticHeader(source, node).join("; ")}))\n${indent}do\n${body(node.body, inner, source)}${indent}done`
    case "Case":
      return `case ${node.word.text} in \n${node.items
        .map(
          (item) =>
            `${inner}${item.pattern.map(({ text }) => text).join(" | ")})\n${statements(item.body.commands, inner + STEP, source)}${inner}${item.terminator ?? ";;"}\n`,
        )
        .join("")}${indent}esac`
    case "TestCommand":
      return `[[ ${testText(node.expression)} ]]`
    case "ArithmeticCommand":
      return `((${node.body}))`
    case "Function":
      return `function ${printFunction(node.name.text, { node, source }, indent).trimEnd()}`
    case "Coproc":
      return `coproc ${node.name?.text ?? "COPROC"} ${command(node.body, indent, page)}`
  }
}

export const printFunction = (name: string, { node, source }: { node: FunctionNode; source: string }, indent = ""): string => {
  const { body: code } = node
  const group = code.type === "Redirected" ? code.command : code
  const page: Page = { source, bodies: [] }
  const inside =
    group.type === "BraceGroup"
      ? statements(group.body.commands, indent + STEP, source)
      : `${indent}${STEP}${command(group, indent + STEP, page)}\n`
  const after = code.type === "Redirected" ? redirections(code.redirects, page) : ""
  return `${name} () \n${indent}{ \n${inside}${indent}}${after}\n`
}

/** A command on one line, as $BASH_COMMAND and the list of jobs name it. */
export const commandLine = (node: CommandNode, source: string): string => command(node, "", { source, bodies: [] })
