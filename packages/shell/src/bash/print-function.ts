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
} from "unbash"

const STEP = "    "

const redirections = (list: readonly Redirection[], bodies: string[]): string =>
  list
    .map((one) => {
      const fd = one.descriptor
        ? one.descriptor.type === "FileDescriptor"
          ? String(one.descriptor.value)
          : `{${one.descriptor.name}}`
        : ""
      if (one.type === "HereDoc") {
        bodies.push(`${one.body.text}${one.delimiter?.value ?? ""}`)
        return ` ${fd}${one.operator}${one.delimiter?.text ?? ""}`
      }
      if (one.type === "HereString") return ` ${fd}<<< ${one.target?.text ?? ""}`
      return ` ${fd}${one.operator}${/&$/.test(one.operator) ? "" : " "}${one.target?.text ?? ""}`
    })
    .join("")

const simple = (node: Command, bodies: string[]): string => {
  const words = [
    ...node.prefix.flatMap((part) => (part.type === "Assignment" ? [part.text] : [])),
    ...(node.name ? [node.name.text] : []),
    ...node.args.map(({ text }) => text),
  ].join(" ")
  return `${words}${redirections(node.redirects, bodies)}`.trimStart()
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
const statements = (list: readonly Statement[], indent: string): string =>
  list
    .map((statement, at) => {
      const bodies: string[] = []
      const text = andOr(statement.command, indent, bodies)
      const end = statement.background ? " &" : at < list.length - 1 && bodies.length === 0 ? ";" : ""
      return `${indent}${text}${end}\n${bodies.map((body) => `${body}\n`).join("")}${bodies.length > 0 && at < list.length - 1 ? "\n" : ""}`
    })
    .join("")

/** The body of a compound command, whose last line does have ";". */
const body = (list: CompoundList, indent: string): string => {
  const text = statements(list.commands, indent)
  return list.commands.at(-1)?.background || /\n\S+\n$/.test(text) ? text : text.replace(/\n$/, ";\n")
}

const inline = (list: CompoundList, indent: string): string =>
  list.commands.map((statement) => andOr(statement.command, indent, [])).join("; ")

const andOr = (node: AndOr | PipelineNode, indent: string, bodies: string[]): string =>
  node.type === "AndOr"
    ? node.commands.map((one, at) => `${at > 0 ? ` ${node.operators[at - 1]} ` : ""}${pipeline(one, indent, bodies)}`).join("")
    : pipeline(node, indent, bodies)

const pipeline = (node: PipelineNode, indent: string, bodies: string[]): string => {
  if (node.type !== "Pipeline") return command(node, indent, bodies)
  const prefixes = node.prefixes.map(({ type }) => (type === "Negation" ? "! " : "time ")).join("")
  return prefixes + node.commands.map((one, at) => `${at > 0 ? ` ${node.operators[at - 1]} ` : ""}${command(one, indent, bodies)}`).join("")
}

const command = (node: CommandNode | CompoundList, indent: string, bodies: string[]): string => {
  const inner = indent + STEP
  switch (node.type) {
    case "Command":
      return simple(node, bodies)
    case "Redirected":
      return command(node.command, indent, bodies) + redirections(node.redirects, bodies)
    case "CompoundList":
      return inline(node, indent)
    case "BraceGroup":
      return `{ \n${body(node.body, inner).replace(/;\n$/, "\n")}${indent}}`
    case "Subshell":
      return `( ${inline(node.body, indent)} )`
    case "If": {
      const branches = node.elif
      let text = `if ${inline(node.clause, indent)}; then\n${body(node.then, inner)}`
      for (const [at, branch] of branches.entries()) {
        const deeper = inner + STEP.repeat(at)
        text += `${indent}${STEP.repeat(at)}else\n${deeper}if ${inline(branch.clause, deeper)}; then\n${body(branch.then, deeper + STEP)}`
      }
      const depth = indent + STEP.repeat(branches.length)
      if (node.else) text += `${depth}else\n${body(node.else, depth + STEP)}`
      for (let at = branches.length; at > 0; at--) text += `${indent}${STEP.repeat(at)}fi;\n`
      return `${text}${indent}fi`
    }
    case "While":
      return `${node.kind} ${inline(node.clause, indent)}; do\n${body(node.body, inner)}${indent}done`
    case "For":
    case "Select": {
      const word = node.type === "For" ? "for" : "select"
      const items = node.wordlist ? ` in ${node.wordlist.map(({ text }) => text).join(" ")}` : ' in "$@"'
      return `${word} ${node.name.text}${items};\n${indent}do\n${body(node.body, inner)}${indent}done`
    }
    case "ArithmeticFor":
      return `for ((;;))\n${indent}do\n${body(node.body, inner)}${indent}done`
    case "Case":
      return `case ${node.word.text} in \n${node.items
        .map(
          (item) =>
            `${inner}${item.pattern.map(({ text }) => text).join(" | ")})\n${statements(item.body.commands, inner + STEP)}${inner}${item.terminator ?? ";;"}\n`,
        )
        .join("")}${indent}esac`
    case "TestCommand":
      return `[[ ${testText(node.expression)} ]]`
    case "ArithmeticCommand":
      return `((${node.body}))`
    case "Function":
      return printFunction(node.name.text, node, indent).trimEnd()
    case "Coproc":
      return `coproc ${node.name?.text ?? "COPROC"} ${command(node.body, indent, bodies)}`
  }
}

export const printFunction = (name: string, node: FunctionNode, indent = ""): string => {
  const { body: code } = node
  const group = code.type === "Redirected" ? code.command : code
  const bodies: string[] = []
  const inside =
    group.type === "BraceGroup"
      ? statements(group.body.commands, indent + STEP)
      : `${indent}${STEP}${command(group, indent + STEP, bodies)}\n`
  const after = code.type === "Redirected" ? redirections(code.redirects, bodies) : ""
  return `${name} () \n${indent}{ \n${inside}${indent}}${after}\n`
}

/** A command on one line, as $BASH_COMMAND and the list of jobs name it. */
export const commandLine = (node: CommandNode): string => command(node, "", [])
