/** The connection all repositories share: Prisma over a pool of pg. */
import { PrismaPg } from "@prisma/adapter-pg"
import { PrismaClient } from "./generated/client.ts"

export type Client = PrismaClient
export type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0]

/** Beyond these a transaction fails: waiting for a connection, and running, ms. */
export const TRANSACTION = { maxWait: 15_000, timeout: 30_000 }

/** @param url postgres://… */
export const openClient = (url: string): Client => {
  const adapter = new PrismaPg(
    { connectionString: url, max: 10, connectionTimeoutMillis: 10_000 },
    // A connection the server closed is replaced by the pool at the next query; without a listener it would end the process.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  )
  return new PrismaClient({ adapter })
}
