/** The first instructor, made when there is none. */
import type { Repositories } from "@drydock/db"
import { hashPassword } from "./secrets.ts"

export const signIn = async (repositories: Repositories, root: string, say: (line: string) => void): Promise<void> => {
  const made = await repositories.people.ensureInstructor((password) => hashPassword(root, password))
  if (made) say(`First instructor: ${made.email}, password ${made.password} (shown this once)`)
}
