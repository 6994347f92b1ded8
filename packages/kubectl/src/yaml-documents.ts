/** Streams of YAML or JSON documents that kubectl is given. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { KubectlError } from "./errors.ts"

/** JSON values of a YAML or JSON stream. Throws KubectlError. */
export const parseDocuments = (text: string, source: string): unknown[] => {
  try {
    return readYaml(text, { lastWins: true })
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new KubectlError(`error parsing ${source}: error converting YAML to JSON: ${error.message}`)
  }
}
