/** Copies a text and says so. */
"use client"
import { Check, Copy } from "lucide-react"
import { useState } from "react"

export const CopyButton = ({ text, label = "Copy" }: { text: string; label?: string }) => {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    } catch {
      // Without permission, or over plain http from another machine, the reader can still select the text.
      setCopied(false)
    }
  }
  return (
    <button type="button" className="icon-button copy" onClick={copy} aria-label={copied ? "Copied" : label}>
      {copied ? <Check size={15} aria-hidden className="text-success" /> : <Copy size={15} aria-hidden />}
    </button>
  )
}
