/** A class's people and its join link, for its teachers. */
import type { Metadata } from "next"
import { ClassFrame } from "../../../../classes/class-frame.tsx"
import { findTaught } from "../../../../classes/find-class.ts"
import { ClassSettings, JoinLink, People } from "../../../../classes/people.tsx"

export const metadata: Metadata = { title: "People" }
export const dynamic = "force-dynamic"

const PeoplePage = async ({ params }: { params: Promise<{ id: string }> }) => {
  const found = await findTaught(params)
  const { id, name, archived, joinCode = "", members = [] } = found
  return (
    <ClassFrame of={found} page="People">
      <div className="max-w-3xl space-y-10">
        <JoinLink key={joinCode} id={id} joinCode={joinCode} archived={archived} />
        <People id={id} members={members} />
        <ClassSettings id={id} name={name} archived={archived} />
      </div>
    </ClassFrame>
  )
}
export default PeoplePage
