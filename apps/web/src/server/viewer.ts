/** Who is asking. */
import type { Person, Role } from "@drydock/db"
import { auth } from "./auth.ts"

const roles: readonly string[] = ["learner", "instructor", "admin"] satisfies Role[]

/** The person behind a request's cookie; undefined for a visitor. */
export const viewerOf = async (headers: Headers): Promise<Person | undefined> => {
  const found = await (await auth()).api.getSession({ headers })
  if (!found) return undefined
  const { id, name, email, role, isAnonymous } = found.user
  return { id, name, email, role: (roles.includes(role ?? "") ? role : "learner") as Role, isAnonymous: isAnonymous ?? false }
}
