/** What describes the objects of one kind. */
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "../api.ts"
import type { Context } from "../define-subcommand.ts"
import type { Meta } from "./shapes.ts"
import type { Writer } from "./writer.ts"

/** An object with the parts that a describer reads. */
export type Described<Spec = object, Status = object> = Omit<KubeObject, "metadata" | "spec" | "status"> & {
  metadata: Meta
  spec: Spec
  status: Status
}

export interface DescribeContext extends Context {
  readonly resource: Resource
  /** Virtual ms since the epoch. */
  readonly now: number
}

export interface Describer {
  readonly group: string
  readonly kind: string
  /** Whether its events follow. */
  readonly events: boolean
  describe(w: Writer, object: Described, context: DescribeContext): Steps<void>
}

/** `Spec` and `Status`: what of the object is read. */
export const defineDescriber = <Spec = object, Status = object>(
  group: string,
  kind: string,
  options: { events?: boolean; describe(w: Writer, object: Described<Spec, Status>, context: DescribeContext): Steps<void> },
): Describer => ({
  group,
  kind,
  events: options.events ?? true,
  describe: (w, object, context) =>
    options.describe(w, { ...object, spec: object.spec ?? {}, status: object.status ?? {} } as Described<Spec, Status>, context),
})
