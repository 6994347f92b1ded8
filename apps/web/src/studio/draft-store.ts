/** A draft on the page: what is typed, what is saved, and what others do to it at the same time. No React, no network of its own. */
import { applyChanges, type Clash, type SourceChange, type SourceFile, type SourceFiles } from "@drydock/course/draft-files"

export interface DraftServer {
  /** `files` when others saved since `base`. */
  save(
    base: number,
    changes: Readonly<Record<string, SourceChange>>,
  ): Promise<{ number: number; clashes: readonly Clash[]; files?: SourceFiles }>
  news(base: number): Promise<{ number: number; files: SourceFiles; author: { name: string } } | null>
}

export interface DraftState {
  readonly files: SourceFiles
  /** Revision that what is saved is part of. */
  readonly base: number
  readonly status: "saved" | "unsaved" | "saving" | "failed"
  /** Why it could not be saved. */
  readonly problem?: string
  /** Where what others did could not simply be joined; until dismissed. */
  readonly clashes: readonly Clash[]
  /** Who saved last beside the reader; until dismissed. */
  readonly others?: string
}

/** After the last key, ms. */
export const SAVE_AFTER_MS = 1_000
/** After a failure, ms. */
const AGAIN_AFTER_MS = 5_000

const same = (one: SourceFile | undefined, other: SourceFile | undefined): boolean =>
  one === other || (typeof one === "object" && typeof other === "object" && one.base64 === other.base64)

/** What turns `from` into `to`. */
export const changesOf = (from: SourceFiles, to: SourceFiles): Record<string, SourceChange> =>
  Object.fromEntries(
    [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .filter((path) => !same(from[path], to[path]))
      .map((path) => [path, { from: from[path] ?? null, to: to[path] ?? null }]),
  )

export class DraftStore {
  readonly #server: DraftServer
  readonly #listeners = new Set<() => void>()
  #state: DraftState
  /** As the server has them at `base`. */
  #saved: SourceFiles
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | undefined
  #closed = false

  constructor(server: DraftServer, files: SourceFiles, base: number) {
    this.#server = server
    this.#saved = files
    this.#state = { files, base, status: "saved", clashes: [] }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): DraftState => this.#state

  /** @param file null: it is deleted */
  edit(path: string, file: SourceFile | null): void {
    this.editAll({ [path]: file })
  }

  editAll(changes: Readonly<Record<string, SourceFile | null>>): void {
    const files = { ...this.#state.files }
    for (const [path, file] of Object.entries(changes)) {
      if (file === null) delete files[path]
      else files[path] = file
    }
    this.#set({ files, status: this.#state.status === "saving" ? "saving" : "unsaved" })
    this.#later(SAVE_AFTER_MS)
  }

  /** Saves what is not saved yet. Resolves when everything is, or it failed. @returns whether everything is saved */
  async save(): Promise<boolean> {
    clearTimeout(this.#timer)
    for (let round = 0; round < 5; round++) {
      await (this.#running ??= this.#once().finally(() => {
        this.#running = undefined
      }))
      if (this.#state.status === "saved") return true
      if (this.#state.status === "failed") return false
    }
    return false
  }

  /** Takes over what others saved. */
  async refresh(): Promise<void> {
    if (this.#running || this.#closed) return
    this.#running = this.#news().finally(() => {
      this.#running = undefined
    })
    await this.#running
  }

  /** What the server made of it, e.g. an older revision again. */
  adopt(number: number, files: SourceFiles): void {
    this.#join(number, files, this.#saved)
  }

  dismiss(): void {
    const { others: _others, ...rest } = this.#state
    this.#state = { ...rest, clashes: [] }
    this.#tell()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #once(): Promise<void> {
    const sent = this.#state.files
    const changes = changesOf(this.#saved, sent)
    if (Object.keys(changes).length === 0) return this.#set({ status: "saved" })
    this.#set({ status: "saving" })
    try {
      const { number, clashes, files } = await this.#server.save(this.#state.base, changes)
      this.#set({ clashes: [...this.#state.clashes, ...clashes] })
      this.#join(number, files ?? sent, sent)
    } catch (reason) {
      this.#set({ status: "failed", problem: reason instanceof Error ? reason.message : "It could not be saved." })
      this.#later(AGAIN_AFTER_MS)
    }
  }

  async #news(): Promise<void> {
    try {
      const news = await this.#server.news(this.#state.base)
      if (!news || this.#closed) return
      this.#set({ others: news.author.name })
      this.#join(news.number, news.files, this.#saved)
    } catch {
      // Asked again soon; saving says when the line is down.
    }
  }

  /** The server has `files` now; what was changed here since `seen` comes on top. */
  #join(base: number, files: SourceFiles, seen: SourceFiles): void {
    const joined = applyChanges(files, changesOf(seen, this.#state.files))
    this.#saved = files
    const open = Object.keys(changesOf(files, joined.files)).length > 0
    const { problem: _problem, ...rest } = this.#state
    this.#state = {
      ...{ ...rest, base, files: joined.files, status: open ? "unsaved" : "saved" },
      clashes: [...this.#state.clashes, ...joined.clashes],
    }
    this.#tell()
    if (open) this.#later(SAVE_AFTER_MS)
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#closed) this.#timer = setTimeout(() => void this.save(), ms)
  }

  #set(change: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...change }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
