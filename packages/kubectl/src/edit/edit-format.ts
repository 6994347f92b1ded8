/** What an editor is given: YAML, or with -o json that. */
import { KubectlError } from "../errors.ts"
import type { Input } from "../flags.ts"

/** Whether it is JSON. Throws KubectlError for a format that nobody edits. */
export const editsJson = (input: Input): boolean => {
  const output = input.text("output")
  if (output !== "" && !["json", "yaml", "kyaml"].includes(output))
    throw new KubectlError(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: json,kyaml,yaml`,
    )
  return output === "json"
}
