/** The API over HTTP. */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch"
import { appRouter } from "../../../../server/api/router.ts"
import { contextOf } from "../../../../server/context.ts"

const handle = (request: Request) =>
  fetchRequestHandler({ endpoint: "/api/trpc", req: request, router: appRouter, createContext: () => contextOf(request.headers) })

export { handle as GET, handle as POST }
