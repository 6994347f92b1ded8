/** One terminal on the page: xterm over a lab's terminal. Loaded when it is first shown. */
"use client"
import { FitAddon } from "@xterm/addon-fit"
import { SearchAddon } from "@xterm/addon-search"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { WebLinksAddon } from "@xterm/addon-web-links"
import { Terminal } from "@xterm/xterm"
import "@xterm/xterm/css/xterm.css"
import { ChevronDown, ChevronUp, X } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { isInside } from "../browser/inside-address.ts"
import type { Lab } from "../lab/lab.ts"
import type { TerminalTab } from "../lab/state.ts"
import { TERMINAL_FONT, TERMINAL_THEME } from "./look.ts"

/** The reader has just asked to type here. */
const focusAtOnce = (field: HTMLInputElement | null) => field?.focus()

export interface TerminalHandle {
  focus(): void
  find(): void
  /** As if typed. */
  press(data: string): void
}

export const TerminalView = ({
  lab,
  tab,
  visible,
  screenReader,
  onLeave,
  onInside,
  onReady,
}: {
  lab: Lab
  tab: TerminalTab
  visible: boolean
  screenReader: boolean
  /** Esc: back to the page. */
  onLeave: () => void
  /** A link to an address inside the lab was followed. */
  onInside: (address: string) => void
  onReady: (id: string, handle: TerminalHandle | undefined) => void
}) => {
  const host = useRef<HTMLDivElement>(null)
  const terminal = useRef<Terminal>(undefined)
  const fit = useRef<FitAddon>(undefined)
  const search = useRef<SearchAddon>(undefined)
  const [finding, setFinding] = useState(false)
  const leave = useRef(onLeave)
  leave.current = onLeave
  const follow = useRef(onInside)
  follow.current = onInside

  useEffect(() => {
    const element = host.current
    if (!element) return
    const xterm = new Terminal({
      allowProposedApi: true,
      cursorBlink: true,
      cursorInactiveStyle: "outline",
      fontFamily: `${TERMINAL_FONT}, ui-monospace, Menlo, monospace`,
      // A phone shows 50 columns so.
      fontSize: window.innerWidth < 640 ? 12 : 14,
      lineHeight: 1.25,
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
      scrollback: 5000,
      theme: TERMINAL_THEME,
      minimumContrastRatio: 4.5,
    })
    terminal.current = xterm
    const fitting = new FitAddon()
    const searching = new SearchAddon()
    fit.current = fitting
    search.current = searching
    xterm.loadAddon(fitting)
    xterm.loadAddon(searching)
    xterm.loadAddon(new Unicode11Addon())
    xterm.unicode.activeVersion = "11"
    xterm.loadAddon(
      new WebLinksAddon((_event, text) => {
        const url = URL.canParse(text) ? new URL(text) : undefined
        if (!url || !/^https?:$/.test(url.protocol)) return
        if (isInside(url)) follow.current(url.href)
        else window.open(url.href, "_blank", "noreferrer")
      }),
    )

    xterm.attachCustomKeyEventHandler((event) => {
      if (event.type !== "keydown") return true
      // F6 walks the panes; the page listens for it.
      if (event.key === "F6") return false
      // An editor or pager, which draws on the other screen, needs its own Esc.
      if (event.key === "Escape" && xterm.buffer.active.type === "normal" && !event.altKey) {
        leave.current()
        return false
      }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && (event.metaKey || event.shiftKey)) return false
      if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "c") {
        if (xterm.hasSelection()) void navigator.clipboard?.writeText(xterm.getSelection())
        event.preventDefault()
        return false
      }
      // The browser pastes; xterm hears of it.
      if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "v") return false
      if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "f") {
        setFinding(true)
        event.preventDefault()
        return false
      }
      return true
    })

    const drop: (() => void)[] = []
    const begin = () => {
      if (terminal.current !== xterm) return
      xterm.open(element)
      xterm.textarea?.setAttribute("aria-label", `Terminal on ${tab.machine}. Esc or F6 leaves it.`)
      fitting.fit()
      lab.openTerminal(tab.id, xterm.cols, xterm.rows)
      drop.push(
        lab.attach(tab.id, (text, reset) => {
          if (reset) xterm.reset()
          xterm.write(text)
        }),
      )
      xterm.onData((data) => lab.keys(tab.id, data))
      xterm.onResize(({ cols, rows }) => lab.send({ type: "resize", terminal: tab.id, columns: cols, rows }))
      xterm.onSelectionChange(() => {
        if (xterm.hasSelection() && document.hasFocus()) void navigator.clipboard?.writeText(xterm.getSelection()).catch(() => {})
      })
      const watch = new ResizeObserver(() => {
        if (element.offsetWidth > 0 && element.offsetHeight > 0) fitting.fit()
      })
      watch.observe(element)
      drop.push(() => watch.disconnect())
      onReady(tab.id, {
        focus: () => xterm.focus(),
        find: () => setFinding(true),
        press: (data) => xterm.input(data),
      })
    }
    // Cells are measured when it opens: with the wrong face they would stay wrong.
    const faces = document.fonts.load(`14px ${TERMINAL_FONT}`).catch(() => [])
    void Promise.race([faces, new Promise((resolve) => setTimeout(resolve, 600))]).then(begin)

    const paste = (event: MouseEvent) => {
      event.preventDefault()
      void navigator.clipboard?.readText().then(
        (text) => xterm.paste(text),
        () => {},
      )
    }
    element.addEventListener("contextmenu", paste)
    return () => {
      element.removeEventListener("contextmenu", paste)
      for (const end of drop) end()
      onReady(tab.id, undefined)
      terminal.current = undefined
      xterm.dispose()
    }
  }, [lab, tab.id, tab.machine, onReady])

  const opened = useRef(false)
  useEffect(() => {
    const xterm = terminal.current
    // The lab has forgotten it, e.g. came back from before it was opened.
    if (opened.current && !tab.open && xterm) {
      xterm.reset()
      lab.openTerminal(tab.id, xterm.cols, xterm.rows)
    }
    opened.current = tab.open
  }, [lab, tab.id, tab.open])

  useEffect(() => {
    if (terminal.current) terminal.current.options.screenReaderMode = screenReader
  }, [screenReader])

  useEffect(() => {
    if (visible && host.current && host.current.offsetWidth > 0) fit.current?.fit()
  }, [visible])

  return (
    <div className={`absolute inset-0 ${visible ? "" : "invisible"}`} data-terminal={tab.id}>
      <div ref={host} className="absolute inset-0 overflow-hidden py-2 pr-1 pl-3" />
      {finding && (
        <form
          className="absolute top-2 right-4 flex items-center gap-1 rounded-lg border border-line bg-surface p-1.5 shadow-pop"
          onSubmit={(event) => event.preventDefault()}
        >
          <input
            ref={focusAtOnce}
            aria-label="Find in the terminal"
            className="field h-8 w-44 text-sm"
            onChange={(event) => search.current?.findPrevious(event.target.value, { incremental: true })}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                setFinding(false)
                terminal.current?.focus()
              } else if (event.key === "Enter") {
                if (event.shiftKey) search.current?.findNext(event.currentTarget.value)
                else search.current?.findPrevious(event.currentTarget.value)
              }
            }}
          />
          <button
            type="button"
            className="icon-button"
            aria-label="Earlier"
            onClick={(event) => search.current?.findPrevious(event.currentTarget.form?.querySelector("input")?.value ?? "")}
          >
            <ChevronUp size={16} aria-hidden />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="Later"
            onClick={(event) => search.current?.findNext(event.currentTarget.form?.querySelector("input")?.value ?? "")}
          >
            <ChevronDown size={16} aria-hidden />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="Close the search"
            onClick={() => {
              setFinding(false)
              terminal.current?.focus()
            }}
          >
            <X size={16} aria-hidden />
          </button>
        </form>
      )}
    </div>
  )
}
