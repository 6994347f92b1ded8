/** What `npm start` is told by the environment and by .env; .env.example lists it. */
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { z } from "zod"
import { Refusal } from "./explain.ts"

const Environment = z.object({
  PORT: z.coerce.number({ error: "must be a number" }).int().min(0).max(65_535).default(3000),
  HOST: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgres://")
    .optional(),
  DRYDOCK_URL: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
  DRYDOCK_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  DRYDOCK_DATA: z.string().default(".drydock"),
  DRYDOCK_CONTENT: z.string().default("content/courses"),
  /** One lesson's folder, shown while it is written; nothing else is published. `drydock lesson preview` sets it. */
  DRYDOCK_PREVIEW: z.string().optional(),
  DRYDOCK_PROXIES: z.coerce.number({ error: "must be a number" }).int().min(0).max(9).default(0),
})

export interface Settings {
  /** 0: a free one. */
  readonly port: number
  readonly host?: string
  /** Undefined: the embedded server. */
  readonly databaseUrl?: string
  /** Public address; default: localhost on the port. */
  readonly url?: string
  /** Undefined: one is made and kept in the data directory. */
  readonly secret?: string
  /** Absolute. */
  readonly data: string
  /** Absolute. */
  readonly content: string
  /** Absolute; undefined: the content is published. */
  readonly preview?: string
  /** Reverse proxies in front of us, whose X-Forwarded headers are true. */
  readonly proxies: number
  /** What the children get of the environment besides what the supervisor tells them. */
  readonly environment: NodeJS.ProcessEnv
}

/** KEY=VALUE lines; quotes around a value are taken off. */
export const parseEnvironmentFile = (text: string): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line)
    if (!match?.[1] || match[2] === undefined) continue
    const quoted = /^(["'])(.*)\1$/.exec(match[2])
    found[match[1]] = quoted?.[2] ?? match[2].replace(/\s+#.*$/, "")
  }
  return found
}

/** @throws Refusal naming every variable that is wrong */
export const readSettings = (root: string, given: NodeJS.ProcessEnv): Settings => {
  const file = join(root, ".env")
  const environment = { ...(existsSync(file) ? parseEnvironmentFile(readFileSync(file, "utf8")) : {}), ...given }
  // A variable set to nothing is one that is not set.
  const filled = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""))
  const read = Environment.safeParse(filled)
  if (!read.success) {
    const lines = read.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`)
    throw new Refusal(`The settings are wrong (.env.example explains each):\n${lines.join("\n")}`)
  }
  const { PORT, HOST, DATABASE_URL, DRYDOCK_URL, DRYDOCK_SECRET, DRYDOCK_DATA, DRYDOCK_CONTENT, DRYDOCK_PREVIEW, DRYDOCK_PROXIES } =
    read.data
  return {
    ...{
      port: PORT,
      data: resolve(root, DRYDOCK_DATA),
      content: resolve(root, DRYDOCK_CONTENT),
      proxies: DRYDOCK_PROXIES,
      environment: filled,
    },
    ...(DRYDOCK_PREVIEW ? { preview: resolve(root, DRYDOCK_PREVIEW) } : {}),
    ...(HOST ? { host: HOST } : {}),
    ...(DATABASE_URL ? { databaseUrl: DATABASE_URL } : {}),
    ...(DRYDOCK_URL ? { url: DRYDOCK_URL.replace(/\/$/, "") } : {}),
    ...(DRYDOCK_SECRET ? { secret: DRYDOCK_SECRET } : {}),
  }
}
