/** A new exam. */
import type { Metadata } from "next"
import { notFound, redirect } from "next/navigation"
import { ExamForm } from "../../../../exam/exam-form.tsx"
import { api, pageContext } from "../../../../server/context.ts"
import { PageFrame } from "../../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "New exam" }
export const dynamic = "force-dynamic"

const NewExam = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  if (viewer.role === "learner") notFound()
  const choices = await (await api()).examDesk.choices()
  return (
    <PageFrame>
      <div className="mx-auto max-w-3xl">
        <h1 className="text-3xl font-semibold tracking-[-0.02em]">New exam</h1>
        <ExamForm choices={choices} start={{ title: "", summary: "", minutes: 60, pass: 66, attempts: 1, feedback: "none", parts: [] }} />
      </div>
    </PageFrame>
  )
}
export default NewExam
