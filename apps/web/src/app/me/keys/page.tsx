/** API keys of an instructor, and how a program grades with one. */
import type { Metadata } from "next"
import { redirect } from "next/navigation"
import { Prose } from "../../../prose/prose.tsx"
import { ApiKeys } from "../../../review/api-keys.tsx"
import { api, pageContext } from "../../../server/context.ts"
import { environment } from "../../../server/environment.ts"
import { PageFrame } from "../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "API keys" }
export const dynamic = "force-dynamic"

const howTo = (url: string) => `\`POST /lab/grade\` takes up to 100 submissions and grades each in a fresh cluster:

\`\`\`bash
curl ${url}/lab/grade \\
  -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "course": "kubernetes",
    "lesson": "05-deployments",
    "submissions": [
      {"name": "ann", "files": [
        {"path": "work.sh", "content": "kubectl apply -f web.yaml"}
      ]}
    ]
  }'
\`\`\`

The answer has points and reasons for each task, as JSON, or as JUnit when you ask with \`Accept: application/xml\`. Everything that may be
sent and answered is in the [OpenAPI document](/lab/grade/openapi.json).
`

const Keys = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  const teaches = viewer.role !== "learner"
  return (
    <PageFrame>
      <div className="mx-auto max-w-3xl">
        <h1 className="text-3xl font-semibold tracking-[-0.02em]">API keys</h1>
        <p className="mt-3 text-[15px] leading-relaxed text-ink-2">With a key your own programs grade submissions in your name.</p>
        {teaches ? (
          <>
            <ApiKeys keys={await (await api()).keys.list()} />
            <section className="mt-10" aria-label="How to grade with a key">
              <h2 className="mb-3 text-lg font-semibold">Grading with a key</h2>
              <Prose markdown={howTo(environment().DRYDOCK_URL)} />
            </section>
          </>
        ) : (
          <p className="card mt-8 p-6 text-[15px] text-ink-2">Keys are for instructors. Ask whoever runs this Drydock to make you one.</p>
        )}
      </div>
    </PageFrame>
  )
}
export default Keys
