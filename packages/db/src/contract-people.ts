/** Who uses the server, and the keys with which programs act in their names. Times are ms since the epoch. */

export type Role = "learner" | "instructor" | "admin"

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly isAnonymous: boolean
}

export interface PeopleRepository {
  get(id: string): Promise<Person | undefined>
  /** The first instructor, who administers the server too, made once; undefined when one exists already. The password is returned this once. */
  ensureInstructor(hash: (password: string) => Promise<string>): Promise<{ email: string; password: string } | undefined>
  setRole(id: string, role: Role): Promise<void>
  rename(id: string, name: string): Promise<void>
  /**
   * A guest has signed in as `person`: progress, hints, answers and lab sessions of `guest` become theirs (what both did stays as the person
   * did it). @throws when `guest` is no guest
   */
  adopt(guest: string, person: string): Promise<void>
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly usedAt?: number
  readonly expiresAt?: number
}

/** Keys with which programs grade in a person's name. */
export interface ApiKeyRepository {
  /** The key is returned this once; only its hash is kept. @param expiresAt ms since the epoch; default: never */
  create(userId: string, name: string, expiresAt?: number): Promise<{ readonly id: string; readonly key: string }>
  /** Newest first. */
  list(userId: string): Promise<readonly ApiKey[]>
  /** False when it is not this person's. */
  revoke(userId: string, id: string): Promise<boolean>
  /** Whose key it is; undefined when unknown, revoked or expired. */
  redeem(key: string): Promise<{ readonly id: string; readonly userId: string; readonly role: Role } | undefined>
}
