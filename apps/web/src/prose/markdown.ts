/** Markdown nodes to a safe tree of elements: what an author may write, and nothing that runs. */
import type { Root } from "hast"
import type { RootContent } from "mdast"
import rehypeSanitize, { defaultSchema } from "rehype-sanitize"
import remarkRehype from "remark-rehype"
import { unified } from "unified"

const pipeline = unified()
  .use(remarkRehype)
  .use(rehypeSanitize, {
    ...defaultSchema,
    tagNames: [...(defaultSchema.tagNames ?? []), "kbd"],
    attributes: { ...defaultSchema.attributes, code: [["className", /^language-./]] },
  })

export const elementsOf = (nodes: readonly RootContent[]): Root => pipeline.runSync({ type: "root", children: [...nodes] }) as Root
