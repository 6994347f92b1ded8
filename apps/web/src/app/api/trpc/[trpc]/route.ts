/** The API over HTTP. */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch"
import { appRouter } from "../../../../server/api/router.ts"
import { contextOf } from "../../../../server/context.ts"
import { limitedBody } from "../../../../server/limited-body.ts"

/** Bytes: a lesson's files as text, or a zip as base64, is the largest that anybody sends. */
const LARGEST_BODY = 16 * 1024 * 1024

const handle = async (request: Request) => {
  const req = await limitedBody(request, LARGEST_BODY)
  if (req instanceof Response) return req
  return fetchRequestHandler({ endpoint: "/api/trpc", req, router: appRouter, createContext: () => contextOf(req.headers) })
}

export { handle as GET, handle as POST }
