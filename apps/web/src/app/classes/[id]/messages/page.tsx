/** Messages to a class, for its teachers. */
import type { Metadata } from "next"
import { ClassFrame } from "../../../../classes/class-frame.tsx"
import { ClassMessages } from "../../../../classes/class-messages.tsx"
import { findTaught } from "../../../../classes/find-class.ts"
import { api } from "../../../../server/context.ts"

export const metadata: Metadata = { title: "Messages" }
export const dynamic = "force-dynamic"

const MessagesPage = async ({ params }: { params: Promise<{ id: string }> }) => {
  const found = await findTaught(params)
  const sent = await (await api()).classes.sent({ id: found.id })
  const people = (found.members ?? []).filter(({ role }) => role === "learner").map(({ id, name }) => ({ id, name }))
  return (
    <ClassFrame of={found} page="Messages">
      <ClassMessages id={found.id} people={people} initial={sent} />
    </ClassFrame>
  )
}
export default MessagesPage
