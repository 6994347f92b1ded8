/** A request's context, and the API as pages on the server call it. */
import { randomBytes } from "node:crypto"
import { headers } from "next/headers"
import { cache } from "react"
import type { ApiContext } from "./api/procedures.ts"
import { createCaller } from "./api/router.ts"
import { repositories } from "./repositories.ts"
import { viewerOf } from "./viewer.ts"

export const contextOf = async (of: Headers): Promise<ApiContext> => ({
  viewer: await viewerOf(of),
  repositories: await repositories(),
  now: Date.now,
  token: () => randomBytes(12).toString("base64url"),
})

/** One context a rendered page, however many of its parts ask. */
export const pageContext = cache(async () => contextOf(await headers()))

export const api = async () => createCaller(await pageContext())
