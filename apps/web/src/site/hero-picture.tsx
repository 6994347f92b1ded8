/** The product in small: a command, and the cluster that it changes. Decoration; says nothing that the text does not. */
import { Check, Server } from "lucide-react"
import type { ReactNode } from "react"

const Pod = ({ name, delay }: { name: string; delay: string }) => (
  <span
    className="inline-flex h-6 items-center gap-1 rounded-md border border-line-strong bg-surface px-1.5 font-mono text-[11px] motion-safe:animate-[arrive_400ms_both]"
    style={{ animationDelay: delay }}
  >
    <Check size={11} strokeWidth={3} className="text-success" /> {name}
  </span>
)

const Node = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0 flex-1 rounded-lg border border-line-strong bg-surface p-2">
    <p className="flex items-center gap-1.5 text-[11px] font-semibold">
      <Server size={11} className="text-ink-3" /> {name}
    </p>
    <div className="mt-1.5 flex min-h-6 flex-wrap gap-1">{children}</div>
  </div>
)

export const HeroPicture = () => (
  <div aria-hidden className="overflow-hidden rounded-xl border border-line-strong shadow-pop select-none max-md:hidden">
    <pre className="bg-terminal px-4 pt-3.5 pb-4 text-[12.5px] leading-6 text-terminal-ink">
      <span className="text-[#6fbbe8]">$</span> kubectl create deployment web --image=nginx --replicas=3{"\n"}
      <span className="text-[#a9b8c5]">deployment.apps/web created</span>
      {"\n"}
      <span className="text-[#6fbbe8]">$</span>{" "}
      <span className="inline-block h-4 w-2 translate-y-0.5 bg-[#6fbbe8] motion-safe:animate-[breathe_1.2s_infinite]" />
    </pre>
    <div className="space-y-2.5 border-t border-line bg-canvas p-4">
      <div className="flex items-center gap-2 text-[11px] font-medium">
        {["API server", "etcd", "Scheduler", "Controllers"].map((part) => (
          <span key={part} className="inline-flex h-6 items-center gap-1 rounded-md border border-line-strong bg-surface px-2">
            <Check size={11} strokeWidth={3} className="text-success" /> {part}
          </span>
        ))}
      </div>
      <div className="flex gap-2.5">
        <Node name="node01">
          <Pod name="4kg5q" delay="500ms" />
          <Pod name="wt8p5" delay="900ms" />
        </Node>
        <Node name="node02">
          <Pod name="fgcvv" delay="700ms" />
        </Node>
      </div>
    </div>
  </div>
)
