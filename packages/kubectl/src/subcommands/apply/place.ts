/** One object that is to be applied: where it goes and where it came from. */
import type { Resource } from "../../api.ts"
import { KubectlError, ServerError } from "../../errors.ts"

export interface Place {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly source: string
}

export const describePlace = ({ resource, namespace, name }: Place): string =>
  `Resource: ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`)}, GroupVersionKind: ${JSON.stringify(`${resource.group}/${resource.version}, Kind=${resource.kind}`)}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? "")}`

/** The same error, said to concern a file. */
export const sourced = (error: unknown, verb: string, source: string): unknown => {
  if (error instanceof ServerError) return error.from(verb, source)
  if (error instanceof KubectlError && !error.raw) return new KubectlError(`error when ${verb} ${JSON.stringify(source)}: ${error.message}`)
  return error
}
