/** A lesson's text as elements, wherever they are drawn. Tasks, commands and links to panes are components of the player. */
import { toJsxRuntime } from "hast-util-to-jsx-runtime"
import { Info, Lightbulb, TriangleAlert } from "lucide-react"
import type { RootContent } from "mdast"
import { createElement, Fragment, type JSX, type ReactNode } from "react"
import { jsx, jsxs } from "react/jsx-runtime"
import { parseProse, plainText, type ProseBlock, proseBlocks } from "@drydock/course/prose"
import { isInside } from "../browser/inside-address.ts"
import { InsideLink } from "../browser/inside-link.tsx"
import { ScrollBox } from "../components/scroll-box.tsx"
import { CommandBlock } from "../player/command-block.tsx"
import { CopyButton } from "../player/copy-button.tsx"
import { EditLink, PaneLink } from "../player/pane-link.tsx"
import { TaskCard } from "../player/task-card.tsx"
import { TaskQuiz } from "../player/task-quiz.tsx"
import type { Token } from "./highlight.ts"
import { elementsOf } from "./markdown.ts"

export interface CodeProps {
  readonly text: string
  readonly language?: string
  /** Words stay whole where a line is broken. */
  readonly wrap?: boolean
}

/** Draws code with its colours. */
export type CodeComponent = (props: CodeProps) => ReactNode | Promise<ReactNode>

const anchor = ({ href, children }: { href?: string; children?: ReactNode }) =>
  href !== undefined && URL.canParse(href) && isInside(new URL(href)) ? (
    <InsideLink href={href}>{children}</InsideLink>
  ) : href?.startsWith("http") ? (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ) : (
    <a href={href}>{children}</a>
  )

const table = ({ children }: { children?: ReactNode }) => (
  <ScrollBox label="Table" className="table-scroll">
    <table>{children}</table>
  </ScrollBox>
)

const Markdown = ({ nodes }: { nodes: readonly RootContent[] }): JSX.Element =>
  toJsxRuntime(elementsOf(nodes), { Fragment, jsx, jsxs, components: { a: anchor, table } })

/** Longer words are broken where the line ends, as a terminal does. */
const LONGEST_WHOLE = 32

/** Words that stay whole: a command is not broken after the dash of an option. */
const words = (text: string): ReactNode[] =>
  text
    .split(/( +)/)
    .map((word) => (word.trim() && word.length <= LONGEST_WHOLE ? createElement("span", { className: "code-word" }, word) : word))

/** A fixed text's lines: children by place, without keys. */
export const codeLines = (lines: readonly (readonly Token[])[], wrap: boolean): ReactNode =>
  createElement(
    Fragment,
    null,
    ...lines.flatMap((line, at) => [
      ...(at > 0 ? ["\n"] : []),
      ...line.map((token) =>
        createElement("span", { style: token.style, className: "code-token" }, ...(wrap ? words(token.text) : [token.text])),
      ),
    ]),
  )

const Note = ({ tone, title, nodes }: { tone: "note" | "warning"; title: string; nodes: readonly RootContent[] }) => (
  <aside className={`note note-${tone}`} aria-label={title || (tone === "note" ? "Note" : "Warning")}>
    {tone === "note" ? <Info size={17} aria-hidden /> : <TriangleAlert size={17} aria-hidden />}
    <div>
      {title && <p className="font-semibold">{title}</p>}
      <Markdown nodes={nodes} />
    </div>
  </aside>
)

const Block = ({ block, Code }: { block: ProseBlock; Code: CodeComponent }): ReactNode => {
  switch (block.kind) {
    case "markdown":
      return <Markdown nodes={block.nodes} />
    case "command":
      return (
        <CommandBlock
          command={block.text}
          {...(block.machine !== undefined && { machine: block.machine })}
          code={<Code text={block.text} language="bash" wrap />}
        />
      )
    case "code":
      return (
        <figure className="code-block">
          {block.title !== undefined && <figcaption>{block.title}</figcaption>}
          <ScrollBox as="pre" label={block.title ?? (block.language ? `${block.language} code` : "Code")}>
            <code>
              <Code text={block.text} {...(block.language !== undefined && { language: block.language })} />
            </code>
          </ScrollBox>
          <CopyButton text={block.text} />
        </figure>
      )
    case "task":
      return <TaskCard id={block.id} />
    case "quiz":
      return <TaskQuiz task={block.task} quiz={block.id} />
    case "hint":
      return (
        <details className="fold">
          <summary>
            <Lightbulb size={16} aria-hidden /> {block.title}
          </summary>
          <div>
            <Markdown nodes={block.nodes} />
          </div>
        </details>
      )
    case "note":
      return <Note tone={block.tone} title={block.title} nodes={block.nodes} />
    case "map":
      return <PaneLink pane="map">Look at the map</PaneLink>
    case "trace":
      return (
        <PaneLink pane="request" {...(block.object !== undefined && { object: block.object })}>
          {block.object ? `Follow ${block.object} hop by hop` : "Follow the last change hop by hop"}
        </PaneLink>
      )
    case "edit":
      return <EditLink path={block.path} {...(block.machine !== undefined && { machine: block.machine })} />
    case "unknown":
      // The linter names it to the author; a learner misses nothing.
      return null
  }
}

/** The first heading goes when it only repeats the title that the page shows. */
const withoutTitle = (blocks: readonly ProseBlock[], title: string | undefined): readonly ProseBlock[] => {
  const [first, ...rest] = blocks
  if (first?.kind !== "markdown" || title === undefined) return blocks
  const [heading, ...nodes] = first.nodes
  if (heading?.type !== "heading" || heading.depth !== 1 || plainText(heading).trim() !== title.trim()) return blocks
  return nodes.length > 0 ? [{ ...first, nodes }, ...rest] : rest
}

/** @param title is not repeated when the text begins with it */
export const ProseBlocks = ({ markdown, title, Code }: { markdown: string; title?: string; Code: CodeComponent }): JSX.Element => (
  <div className="prose">
    {withoutTitle(proseBlocks(parseProse(markdown)), title).map((block) => (
      <Block key={`${block.place.line}:${block.place.column}`} block={block} Code={Code} />
    ))}
  </div>
)

/** What stands in the text: ids of tasks, and "task/quiz" of questions. */
export const placedIn = (markdown: string): { tasks: readonly string[]; quizzes: readonly string[] } => {
  const blocks = proseBlocks(parseProse(markdown))
  return {
    tasks: blocks.flatMap((block) => (block.kind === "task" ? [block.id] : [])),
    quizzes: blocks.flatMap((block) => (block.kind === "quiz" ? [`${block.task}/${block.id}`] : [])),
  }
}
