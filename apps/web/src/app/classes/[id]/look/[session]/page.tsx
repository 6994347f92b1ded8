/** A look into a learner's lab, for the teachers of a class they are in. */
import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { findTaught } from "../../../../../classes/find-class.ts"
import { LookIn } from "../../../../../classes/look-in.tsx"
import { api } from "../../../../../server/context.ts"
import { absentIsNone } from "../../../../../site/absent.ts"

export const metadata: Metadata = { title: "Look in" }
export const dynamic = "force-dynamic"

const Look = async ({ params }: { params: Promise<{ id: string; session: string }> }) => {
  const { id, name } = await findTaught(params)
  const { session } = await params
  const watched = await absentIsNone((await api()).classes.watched({ id, session }))
  if (!watched) notFound()
  return <LookIn of={{ id, name }} session={session} learner={watched.learner} lesson={watched.lesson} />
}
export default Look
