/** Keys for programs: made once, kept as hashes. */
import { createHash, randomBytes } from "node:crypto"
import type { Client } from "./client.ts"
import type { ApiKeyRepository, Role } from "./contract.ts"

/** So that a key that was found somewhere tells what it is. */
const PREFIX = "ddk_"

const hashOf = (key: string) => createHash("sha256").update(key).digest("hex")

interface Row {
  id: string
  name: string
  createdAt: Date
  usedAt: Date | null
  expiresAt: Date | null
}

export const apiKeys = (client: Client): ApiKeyRepository => ({
  async create(userId, name, expiresAt) {
    const key = `${PREFIX}${randomBytes(32).toString("base64url")}`
    const expires = expiresAt === undefined ? null : new Date(expiresAt)
    const [{ id }] = await client.$queryRaw<{ id: string }[]>`
      INSERT INTO api_key (key_hash, user_id, name, expires_at) VALUES (${hashOf(key)}, ${userId}, ${name}, ${expires}::timestamptz)
      RETURNING id::text AS id`
    return { id, key }
  },

  async list(userId) {
    const rows = await client.$queryRaw<Row[]>`
      SELECT id::text AS id, name, created_at AS "createdAt", used_at AS "usedAt", expires_at AS "expiresAt"
      FROM api_key WHERE user_id = ${userId} ORDER BY created_at DESC, id`
    return rows.map(({ id, name, createdAt, usedAt, expiresAt }) => ({
      ...{ id, name, createdAt: createdAt.getTime() },
      ...(usedAt && { usedAt: usedAt.getTime() }),
      ...(expiresAt && { expiresAt: expiresAt.getTime() }),
    }))
  },

  async revoke(userId, id) {
    return (await client.$executeRaw`DELETE FROM api_key WHERE id::text = ${id} AND user_id = ${userId}`) > 0
  },

  async redeem(key) {
    if (!key.startsWith(PREFIX) || key.length > 100) return undefined
    // Written at most once a minute: a class that grades is many calls.
    const [found] = await client.$queryRaw<{ id: string; userId: string; role: Role }[]>`
      WITH found AS (
        SELECT api_key.id, user_id, role FROM api_key JOIN "user" ON "user".id = user_id
        WHERE key_hash = ${hashOf(key)} AND (expires_at IS NULL OR expires_at > clock_timestamp())
      ), used AS (
        UPDATE api_key SET used_at = clock_timestamp() FROM found
        WHERE api_key.id = found.id AND (used_at IS NULL OR used_at < clock_timestamp() - interval '1 minute')
      )
      SELECT id::text AS id, user_id AS "userId", role::text AS role FROM found`
    return found
  },
})
