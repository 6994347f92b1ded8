/** Somebody who teaches, and a look into the database that the application under test keeps: for what no page does, or only time does. */
import { join } from "node:path"
import { expect, type Page } from "@playwright/test"
import pg from "pg"
import { addressOfRunning } from "../../packages/db/src/embedded/running.ts"

/** Runs one statement past the application. */
export const sql = async (text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> => {
  const address = addressOfRunning(join(process.env.DRYDOCK_TEST_DATA ?? "", "postgres"), "drydock")
  if (address === undefined) throw new Error("the application's database does not run")
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows
  } finally {
    await client.end()
  }
}

/** Makes an account and signs this page's browser in to it. */
export const signUp = async (
  page: Page,
  name: string,
  role: "learner" | "instructor" | "admin" = "learner",
): Promise<{ email: string }> => {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, ".")}.${Date.now()}@example.org`
  const answer = await page.request.post("/api/auth/sign-up/email", { data: { name, email, password: "correct horse battery" } })
  expect(answer.status(), await answer.text()).toBe(200)
  await sql(`UPDATE "user" SET role = $1::"Role" WHERE email = $2`, [role, email])
  return { email }
}
