/** A window over the page: Radix keeps the focus in it and gives it back. */
"use client"
import { X } from "lucide-react"
import { Dialog as Radix } from "radix-ui"
import type { ReactNode } from "react"

export const Dialog = ({
  open,
  onOpenChange,
  title,
  description,
  children,
  wide = false,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: string
  children?: ReactNode
  wide?: boolean
}) => (
  <Radix.Root open={open} onOpenChange={onOpenChange}>
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 bg-[#060b10]/45 motion-safe:animate-[skeleton-in_150ms]" />
      <Radix.Content
        {...(description === undefined && { "aria-describedby": undefined })}
        className={`fixed top-1/2 left-1/2 z-50 flex max-h-[85vh] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl border border-line bg-surface shadow-pop motion-safe:animate-[skeleton-in_150ms] ${wide ? "max-w-3xl" : "max-w-md"}`}
      >
        <header className="flex items-start gap-4 p-5 pb-3">
          <div className="min-w-0 flex-1">
            <Radix.Title className="text-lg leading-snug font-semibold">{title}</Radix.Title>
            {description !== undefined && <Radix.Description className="mt-1 text-sm text-ink-2">{description}</Radix.Description>}
          </div>
          <Radix.Close className="icon-button -mt-1 -mr-2" aria-label="Close">
            <X size={17} aria-hidden />
          </Radix.Close>
        </header>
        <div className="min-h-0 overflow-auto px-5 pb-5">{children}</div>
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
