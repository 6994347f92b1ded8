/** The class of a page under /classes/<id>. */
import { notFound, redirect } from "next/navigation"
import { api, pageContext } from "../server/context.ts"
import { absentIsNone } from "../site/absent.ts"

/** A visitor signs in first; somebody else's class is none. */
export const findClass = async (params: Promise<{ id: string }>) => {
  const { id } = await params
  const { viewer } = await pageContext()
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(`/classes/${id}`)}`)
  const found = await absentIsNone((await api()).classes.get({ id }))
  if (!found) notFound()
  return found
}

/** The same for its teachers alone: a learner of it has the class's first page. */
export const findTaught = async (params: Promise<{ id: string }>) => {
  const found = await findClass(params)
  if (found.role !== "teacher") redirect(`/classes/${found.id}`)
  return found
}
