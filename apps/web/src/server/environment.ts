/** What the web process is told from outside, checked once when first asked for. */
import { z } from "zod"

const Environment = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must begin with postgres://"),
  /** Names this start of the application; health checks return it. */
  DRYDOCK_RUN: z.string().min(1),
  /** Signs sign-ins; at least 32 characters. */
  DRYDOCK_SECRET: z.string().min(32, "must have at least 32 characters"),
  /** The public address. */
  DRYDOCK_URL: z.url().default("http://localhost:3000"),
})
export type Environment = z.infer<typeof Environment>

let known: Environment | undefined

/** @throws with every variable that is missing or malformed, a line each */
export const environment = (): Environment => {
  if (known) return known
  const read = Environment.safeParse(process.env)
  if (!read.success) {
    const lines = read.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`)
    throw new Error(`The environment is incomplete (see .env.example):\n${lines.join("\n")}`)
  }
  known = read.data
  return known
}
