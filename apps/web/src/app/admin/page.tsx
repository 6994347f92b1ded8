/** People, labs and room, for administrators. */
import type { Metadata } from "next"
import { notFound, redirect } from "next/navigation"
import { Labs } from "../../admin/labs.tsx"
import { PeopleTable } from "../../admin/people-table.tsx"
import { Room } from "../../admin/room.tsx"
import { api, pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Administration" }
export const dynamic = "force-dynamic"

const Admin = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in?next=/admin")
  if (viewer.role !== "admin") notFound()
  const { admin } = await api()
  const [counts, people, labs] = await Promise.all([admin.counts(), admin.people({}), admin.labs()])
  return (
    <PageFrame>
      <h1 className="text-3xl font-semibold tracking-[-0.02em]">Administration</h1>
      <Room initial={counts} />
      <PeopleTable initial={people} self={viewer.id} />
      <Labs initial={labs} initialNow={counts.now} />
    </PageFrame>
  )
}
export default Admin
