/** The form of what `drydock play` plays: a world and the steps to take in it. */
import { z } from "zod"

const file = z.strictObject({
  path: z.string().min(1),
  content: z.string(),
  /** Octal text, a number, or what chmod adds to 0644 ("+x"); null is the default. */
  mode: z.union([z.number().int(), z.string().regex(/^(?:0?[0-7]{3,4}|\+[rwx]+)$/), z.null()]).optional(),
  machine: z.string().optional(),
})

export const Step = z.strictObject({
  id: z.string(),
  run: z.string(),
  /**
   * "shell": typed into one login shell, whose state stays; and into the program that stands at a prompt there (`kubectl exec -it`),
   * until a command comes that only the login shell knows. "process": a bash of its own.
   */
  in: z.enum(["shell", "process"]).default("process"),
  machine: z.string().optional(),
  directory: z.string().optional(),
  stdin: z.string().optional(),
  files: z.array(file).optional(),
  /** Virtual seconds. */
  timeout: z.number().positive().default(300),
  /** Virtual seconds after which ^C is typed. */
  interruptAfter: z.number().positive().optional(),
})
export type Step = z.infer<typeof Step>

export const Scenario = z.strictObject({
  topology: z
    .union([z.string(), z.strictObject({ nodes: z.array(z.string().min(1)).min(1), hollow: z.boolean().optional() })])
    .default("kubeadm-2nodes"),
  seed: z.string().default("drydock"),
  files: z.array(file).default([]),
  addons: z.array(z.string()).default([]),
  /** A default StorageClass (the local-path addon) in the named kubeadm topologies, as hosted labs have one. */
  storage: z.boolean().default(true),
  /**
   * Virtual seconds between one "shell" step and the next, in which a learner reads what was printed and types on. Pods start
   * meanwhile, as they do while a page is read; 0 types everything at one instant.
   */
  pace: z.number().nonnegative().default(20),
  /** URL prefix → directory on this computer whose files the world's internet serves under it. */
  mirrors: z.record(z.string(), z.string()).default({}),
  steps: z.array(Step).default([]),
})
export type Scenario = z.infer<typeof Scenario>

export interface StepResult {
  id: string
  stdout: string
  stderr: string
  exit: number
  timedOut: boolean
  virtualMs: number
  wallMs: number
}

/** A file's mode as a number: 0o644 for "644", "0644" or 420. */
export const fileMode = (mode: string | number | null | undefined): number | undefined => {
  if (typeof mode !== "string") return mode ?? undefined
  if (!mode.startsWith("+")) return Number.parseInt(mode, 8)
  return mode.includes("x") ? 0o755 : 0o644
}
