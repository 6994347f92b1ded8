/** An object as `kubectl describe` prints it. */
"use client"
import type { MapItem } from "@drydock/protocol"
import { Route } from "lucide-react"
import { useEffect, useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { ScrollBox } from "../components/scroll-box.tsx"
import { Skeleton } from "../components/skeleton.tsx"
import { CopyButton } from "../player/copy-button.tsx"
import { usePlayer } from "../player/player-context.tsx"

export const DescribeDialog = ({ item, onClose }: { item: MapItem; onClose: () => void }) => {
  const { lab, follow, looksIn } = usePlayer()
  const [text, setText] = useState<string>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    let here = true
    lab.describe(item).then(
      (answer) => here && setText(answer),
      (reason) => here && setProblem(reason instanceof Error ? reason.message : "The lab did not answer."),
    )
    return () => {
      here = false
    }
  }, [lab, item])
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      wide
      title={`${item.kind} ${item.name}`}
      description={item.namespace ? `in the namespace ${item.namespace}` : "not in a namespace"}
    >
      <div className="mb-3 flex gap-2">
        {!looksIn && (
          <button
            type="button"
            className="button h-8 text-[13px]"
            onClick={() => {
              onClose()
              follow({ kind: item.kind, name: item.name, ...(item.namespace !== undefined && { namespace: item.namespace }) })
            }}
          >
            <Route size={15} aria-hidden /> Follow its requests
          </button>
        )}
        {text && <CopyButton text={text} />}
      </div>
      {problem ? (
        <p role="alert" className="text-sm text-failure">
          {problem}
        </p>
      ) : text === undefined ? (
        <div className="space-y-2">
          {["w-2/3", "w-1/2", "w-3/5", "w-1/3"].map((width) => (
            <Skeleton key={width} className={`h-4 ${width}`} />
          ))}
        </div>
      ) : (
        <ScrollBox as="pre" label="Description" className="rounded-lg bg-terminal p-4 text-[13px] leading-relaxed text-terminal-ink">
          {text}
        </ScrollBox>
      )}
    </Dialog>
  )
}
