/** Says which start of the application answers, so that an old server is not taken for a new one. */
import { environment } from "../../../server/environment.ts"

export const dynamic = "force-dynamic"

export const GET = () => Response.json({ run: environment().DRYDOCK_RUN }, { headers: { "cache-control": "no-store" } })
