/** The lab server asked about a draft's revision: what is wrong with it, whether it can be solved, and to publish it. */
import type { Problem } from "@drydock/course/lesson"
import { api } from "../lab/api.ts"

export interface SeenCheck {
  readonly title: string
  readonly passed: boolean
  readonly seen?: string
}

/** As the grader's proof tells it. */
export type TestStep =
  | { readonly kind: "run"; readonly run: number }
  | { readonly kind: "task"; readonly task: string }
  | { readonly kind: "before" | "after"; readonly task: string; readonly checks: readonly SeenCheck[] }
  | { readonly kind: "typing"; readonly task: string; readonly command: string }
  | {
      readonly kind: "typed"
      readonly task: string
      readonly output: string
      readonly exit: number
      readonly timedOut: boolean
      readonly took: number
    }
  | { readonly kind: "proven"; readonly proof: TaskProof }
  /** The solutions are through; the commands of the text come now. */
  | { readonly kind: "prose"; readonly commands: number }

export interface TaskProof {
  readonly id: string
  readonly title: string
  readonly ok: boolean
  readonly problems: readonly string[]
  readonly virtualMs: number
}

export interface LabProof {
  readonly ok: boolean
  readonly problems: readonly string[]
  readonly tasks: readonly TaskProof[]
  readonly hash: string
  /** What is not as lesson.md says, by its lines. */
  readonly prose: readonly { readonly line?: number; readonly message: string }[]
  readonly wallMs: number
}

export type TestLine =
  | { readonly type: "problems" | "refused"; readonly problems: readonly Problem[] }
  | { readonly type: "step"; readonly step: TestStep }
  | { readonly type: "result"; readonly proof: LabProof }
  | { readonly type: "ended"; readonly message: string }

const ask = async (action: "check" | "test" | "publish", draft: string, number: number, signal?: AbortSignal): Promise<Response> => {
  const { ticket } = await api.studio.ticket.mutate({ draft, number })
  return fetch(`/lab/studio/${action}`, {
    method: "POST",
    headers: { authorization: `Bearer ${ticket}` },
    ...(signal && { signal }),
  })
}

/** @throws with words for the reader */
const answerOf = async <Answer>(response: Response): Promise<Answer> => {
  const body = (await response.json().catch(() => undefined)) as { error?: { message: string } } | undefined
  if (body?.error) throw new Error(body.error.message)
  if (body === undefined || (!response.ok && response.status !== 422))
    throw new Error("The lab server does not answer. Try again in a moment.")
  return body as Answer
}

/** Everything that is wrong, expressions and patterns looked into as well. */
export const checkDraft = async (draft: string, number: number, signal: AbortSignal): Promise<readonly Problem[]> =>
  (await answerOf<{ problems: readonly Problem[] }>(await ask("check", draft, number, signal))).problems

/** `version` is absent when it has errors. */
export const publishDraft = async (
  draft: string,
  number: number,
): Promise<{ readonly version?: string; readonly problems: readonly Problem[] }> => answerOf(await ask("publish", draft, number))

/** @param each is called with every line as it comes */
export const testDraft = async (draft: string, number: number, each: (line: TestLine) => void, signal: AbortSignal): Promise<void> => {
  const response = await ask("test", draft, number, signal)
  if (!response.ok || !response.body) return void (await answerOf(response))
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const lines = `${rest}${value}`.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) if (line) each(JSON.parse(line) as TestLine)
  }
}
