/** What lets a browser or a kubectl into a session: one-time tickets, and the secret in the address of its Kubernetes API. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { classes } from "./classes.ts"
import type { Client } from "./client.ts"
import { SessionUnavailable, type TicketRepository } from "./contract.ts"

const TICKET_MS = 60_000

const newToken = () => randomBytes(32).toString("base64url")
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex")

const previewSecret = (apiToken: string) => createHmac("sha256", apiToken).update("preview").digest("base64url")

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const tickets = (client: Client): TicketRepository => ({
  async issue(session, userId) {
    const token = newToken()
    await client.$executeRaw`DELETE FROM lab_ticket WHERE expires_at < clock_timestamp()`
    const issued = await client.$executeRaw`
      INSERT INTO lab_ticket (token_hash, session_id, user_id, expires_at)
      SELECT ${hashOf(token)}, id, user_id, clock_timestamp() + ${TICKET_MS}::float8 * interval '1 millisecond'
      FROM lab_session WHERE id::text = ${session} AND user_id = ${userId} AND state = 'active'`
    if (issued === 0) throw new SessionUnavailable(`${userId} has no active session ${session}`)
    return token
  },

  async watch(session, teacher) {
    const token = newToken()
    const issued = (await classes(client).mayWatch(session, teacher))
      ? await client.$executeRaw`
        INSERT INTO lab_ticket (token_hash, session_id, user_id, expires_at, watching)
        SELECT ${hashOf(token)}, id, ${teacher}, clock_timestamp() + ${TICKET_MS}::float8 * interval '1 millisecond', true
        FROM lab_session WHERE id::text = ${session} AND state = 'active'`
      : 0
    if (issued === 0) throw new SessionUnavailable(`${teacher} may not look into session ${session}`)
    return token
  },

  async redeem(token) {
    // Deleting is using up: of two that come at once, one finds nothing.
    const [redeemed] = await client.$queryRaw<{ session: string; userId: string; watching: boolean }[]>`
      DELETE FROM lab_ticket WHERE token_hash = ${hashOf(token)} AND expires_at > clock_timestamp()
      RETURNING session_id::text AS session, user_id AS "userId", watching`
    if (!redeemed) return undefined
    const { watching, ...whose } = redeemed
    return watching ? { ...whose, watching } : whose
  },

  async apiToken(session, userId) {
    const [found] = await client.$queryRaw<{ token: string }[]>`
      UPDATE lab_session SET api_token = coalesce(api_token, ${newToken()})
      WHERE id::text = ${session} AND user_id = ${userId} AND state = 'active' AND attempt_id IS NULL
      RETURNING api_token AS token`
    if (!found) throw new SessionUnavailable(`${userId} has no active session ${session}`)
    return found.token
  },

  async redeemApiToken(token) {
    const row = await client.labSession.findUnique({ where: { apiToken: token, state: "active" }, select: { id: true, userId: true } })
    return row ? { session: row.id, userId: row.userId } : undefined
  },

  async previewToken(session, userId) {
    return `${session}.${previewSecret(await this.apiToken(session, userId))}`
  },

  async redeemPreviewToken(token) {
    const [session, secret = ""] = token.split(".", 2)
    if (!UUID.test(session)) return undefined
    const select = { id: true, userId: true, apiToken: true }
    const row = await client.labSession.findUnique({ where: { id: session, state: "active" }, select })
    if (!row?.apiToken) return undefined
    const [given, right] = [Buffer.from(secret), Buffer.from(previewSecret(row.apiToken))]
    return given.length === right.length && timingSafeEqual(given, right) ? { session: row.id, userId: row.userId } : undefined
  },
})
