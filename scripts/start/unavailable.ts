/** What the front answers while a server behind it starts or starts again: a page for a browser, JSON for a program. */

export interface Unavailable {
  readonly status: 502
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const MESSAGE = "Drydock is starting. Try again in a few seconds."

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2">
<title>Drydock is starting</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif }
  body { display: grid; place-content: center; min-height: 100vh; margin: 0; padding: 0 1.5rem; box-sizing: border-box }
</style>
<main><h1>Drydock is starting</h1><p>This page opens by itself in a moment. Labs go on where they were.</p></main>
</html>
`

/** A Status object, which is what kubectl shows as a message (apimachinery, meta/v1 Status). */
const STATUS = JSON.stringify({
  ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" },
  ...{ message: MESSAGE, reason: "ServiceUnavailable", details: { retryAfterSeconds: 2 }, code: 502 },
})

/** @param accept the request's Accept header */
export const unavailable = (path: string, accept: string | undefined): Unavailable => {
  const common = { "Retry-After": "2", "Cache-Control": "no-store" }
  if (path.startsWith("/k8s/")) return { status: 502, headers: { ...common, "Content-Type": "application/json" }, body: STATUS }
  if (accept?.includes("text/html")) return { status: 502, headers: { ...common, "Content-Type": "text/html; charset=utf-8" }, body: PAGE }
  return { status: 502, headers: { ...common, "Content-Type": "application/json" }, body: JSON.stringify({ error: MESSAGE }) }
}
