/** The form that chooses a playground's nodes. */
"use client"
import { ArrowRight } from "lucide-react"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { readNodes } from "./topology.ts"

const ready = [
  { nodes: ["controlplane"], title: "One node", text: "Control plane and workloads on the same machine. Enough for most commands." },
  { nodes: ["controlplane", "node01"], title: "Two nodes", text: "A control plane and a worker, as in the lessons." },
  { nodes: ["controlplane", "node01", "node02", "node03"], title: "Four nodes", text: "For scheduling, draining and spreading." },
] as const

export const TopologyChoice = () => {
  const router = useRouter()
  const [own, setOwn] = useState("controlplane, node01, node02")
  const [problem, setProblem] = useState<string>()
  const go = (nodes: readonly string[]) => router.push(`/playground/lab?nodes=${nodes.join(",")}`)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readNodes(own)
    if ("problem" in read) setProblem(read.problem)
    else go(read.nodes)
  }
  return (
    <>
      <ul className="mt-8 grid gap-4 md:grid-cols-3">
        {ready.map((choice) => (
          <li key={choice.title}>
            <button
              type="button"
              onClick={() => go(choice.nodes)}
              className="card group flex h-full w-full flex-col p-5 text-left transition-colors duration-150 hover:border-accent"
            >
              <span className="flex gap-1.5" aria-hidden>
                {choice.nodes.map((node, at) => (
                  <span
                    key={node}
                    className={`h-9 w-7 rounded-md border ${at === 0 ? "border-accent bg-accent-soft" : "border-line-strong bg-sunken"}`}
                  />
                ))}
              </span>
              <span className="mt-4 flex items-center gap-2 font-semibold group-hover:text-accent">
                {choice.title} <ArrowRight size={16} className="opacity-0 transition-opacity group-hover:opacity-100" aria-hidden />
              </span>
              <span className="mt-1 text-[15px] leading-relaxed text-ink-2">{choice.text}</span>
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="mt-8 max-w-xl">
        <label htmlFor="nodes" className="font-medium">
          Or name the nodes yourself
        </label>
        <p id="nodes-hint" className="mt-0.5 text-sm text-ink-2">
          One to ten names, with commas between them. The first is the control plane.
        </p>
        <div className="mt-2 flex gap-2">
          <input
            id="nodes"
            className="field font-mono text-sm"
            value={own}
            onChange={(event) => {
              setOwn(event.target.value)
              setProblem(undefined)
            }}
            aria-describedby={problem ? "nodes-problem" : "nodes-hint"}
            aria-invalid={problem !== undefined}
            autoComplete="off"
            spellCheck={false}
          />
          <button type="submit" className="button button-primary h-10">
            Open
          </button>
        </div>
        {problem && (
          <p id="nodes-problem" role="alert" className="mt-2 text-sm text-failure">
            {problem}
          </p>
        )}
      </form>
    </>
  )
}
