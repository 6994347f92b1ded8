/** python3 of Ubuntu 24.04. */
import { defineTool } from "../define-tool.ts"
import { runPython } from "../python/main.ts"
import { UBUNTU } from "../python/run/release.ts"

export const python = defineTool({
  name: "python3",
  aliases: ["python3.12", "python"],
  plain: true,
  summary: "an interpreted, interactive, object-oriented programming language",
  run: (process) => runPython(process, UBUNTU),
})
