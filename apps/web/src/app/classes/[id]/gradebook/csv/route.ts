/** The gradebook as a file for spreadsheets. */
import { TRPCError } from "@trpc/server"
import { getHTTPStatusCodeFromError } from "@trpc/server/http"
import { gradebookCsv } from "../../../../../server/api/gradebook.ts"
import { createCaller } from "../../../../../server/api/router.ts"
import { contextOf } from "../../../../../server/context.ts"

export const GET = async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const { id } = await params
  const caller = createCaller(await contextOf(request.headers))
  try {
    const [{ name }, book] = await Promise.all([caller.classes.get({ id }), caller.classes.gradebook({ id })])
    const file = `${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "class"}-gradebook.csv`
    return new Response(gradebookCsv(book), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="gradebook.csv"; filename*=UTF-8''${encodeURIComponent(file)}`,
        "cache-control": "no-store",
      },
    })
  } catch (reason) {
    if (!(reason instanceof TRPCError)) throw reason
    return new Response(`${reason.code === "BAD_REQUEST" ? "There is no such class." : reason.message}\n`, {
      status: reason.code === "BAD_REQUEST" ? 404 : getHTTPStatusCodeFromError(reason),
    })
  }
}
