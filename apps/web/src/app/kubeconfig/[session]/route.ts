/** A kubeconfig for one's own lab, for a kubectl on one's own machine. */
import { contextOf } from "../../../server/context.ts"
import { environment } from "../../../server/environment.ts"
import { kubeconfig } from "../../../server/kubeconfig.ts"

export const GET = async (request: Request, { params }: { params: Promise<{ session: string }> }) => {
  const { session: id } = await params
  const { viewer, repositories } = await contextOf(request.headers)
  if (!viewer) return new Response("Sign in, or start as a guest, first.\n", { status: 401 })
  const session = /^[0-9a-f-]{36}$/i.test(id) ? await repositories.sessions.get(id) : undefined
  if (!session || session.userId !== viewer.id) return new Response("There is no such lab.\n", { status: 404 })
  if (session.state === "ended") return new Response("This lab has ended.\n", { status: 410 })
  if (session.attempt !== undefined) return new Response("The cluster of an exam is reached from its page alone.\n", { status: 403 })
  const token = await repositories.tickets.apiToken(session.id, viewer.id)
  return new Response(kubeconfig(environment().DRYDOCK_URL, token), {
    headers: {
      "content-type": "application/yaml",
      "content-disposition": 'attachment; filename="drydock.kubeconfig"',
      "cache-control": "no-store",
    },
  })
}
