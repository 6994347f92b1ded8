/** An object that a cluster begins with, as its manifest has it. */
import type { KubernetesObject } from "../apimachinery/object.ts"

export type BootstrapObject = KubernetesObject & { [field: string]: unknown }
