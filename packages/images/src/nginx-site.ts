/** How nginx answers a request: rewrites, locations, files, proxies. As its http modules. */
import { bodyText, type HttpRequest, type HttpResponse, type Process, type Steps, SystemError } from "@drydock/machine"
import { all, type Directive, find } from "./nginx-config.ts"
import { type Located, locationFor, namedLocation, rewritten } from "./nginx-location.ts"
import { accessLine, accessTime, staticFile } from "./serving.ts"

/** Internal redirections of one request (NGX_HTTP_MAX_URI_CHANGES). */
const REDIRECTIONS = 10

export const LATEST = "1.29.4"
export const version = (process: Process): string => process.env.get("NGINX_VERSION") ?? LATEST

const errorPage = (status: string, process: Process): string =>
  `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n<hr><center>nginx/${version(process)}</center>\r\n</body>\r\n</html>\r\n`

const STATUS: Readonly<Record<number, string>> = {
  301: "301 Moved Permanently",
  302: "302 Found",
  401: "401 Authorization Required",
  403: "403 Forbidden",
  404: "404 Not Found",
  405: "405 Not Allowed",
  500: "500 Internal Server Error",
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
}

export const stamp = (process: Process): string =>
  new Date(Math.floor(process.now())).toISOString().replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*$/, "$1/$2/$3 $4")

export const portOf = (listen: Directive): number => Number(/(?:^|:)(\d+)$/.exec(listen.args[0] ?? "")?.[1] ?? 80)

const queryOf = (request: HttpRequest): string => request.path.split("?").slice(1).join("?")

/** One server of the configuration, on one of its ports. */
export class Site {
  readonly process: Process
  readonly http: readonly Directive[]
  readonly server: readonly Directive[]
  readonly port: number
  /** Requests of the whole server. */
  readonly counter: { served: number }

  constructor(process: Process, http: readonly Directive[], server: readonly Directive[], port: number, counter: { served: number }) {
    this.counter = counter
    this.process = process
    this.http = http
    this.server = server
    this.port = port
  }

  variables(text: string, request: HttpRequest, uri = request.path.split("?")[0], captures: readonly string[] = []): string {
    const query = queryOf(request)
    const address = this.process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
    const values: Readonly<Record<string, string>> = {
      uri,
      request_uri: request.path,
      document_uri: uri,
      args: query,
      is_args: query === "" ? "" : "?",
      query_string: query,
      host: (request.headers.host ?? "localhost").split(":")[0],
      hostname: this.process.hostname,
      remote_addr: request.remoteAddress ?? "",
      remote_user: "",
      proxy_add_x_forwarded_for: [request.headers["x-forwarded-for"], request.remoteAddress].filter(Boolean).join(", "),
      server_addr: address,
      server_port: String(this.port),
      server_name: find(this.server, "server_name")?.args[0] ?? "",
      server_protocol: "HTTP/1.1",
      scheme: "http",
      request_method: request.method,
      request: `${request.method} ${request.path} HTTP/1.1`,
      nginx_version: version(this.process),
      pid: String(this.process.pid),
      time_iso8601: new Date(Math.floor(this.process.now())).toISOString().replace(/\.\d+Z/, "+00:00"),
      time_local: stamp(this.process),
    }
    return text.replace(/\$(?:\{([a-z_0-9]+)\}|([a-z_0-9]+))/gi, (whole, braced: string | undefined, plain: string | undefined) => {
      const name = braced ?? plain ?? ""
      if (/^\d$/.test(name)) return captures[Number(name)] ?? ""
      if (Object.hasOwn(values, name)) return values[name]
      if (name.startsWith("http_")) return request.headers[name.slice(5).replaceAll("_", "-")] ?? ""
      if (name.startsWith("arg_"))
        return (
          query
            .split("&")
            .find((pair) => pair.startsWith(`${name.slice(4)}=`))
            ?.slice(name.length - 3) ?? ""
        )
      return whole
    })
  }

  page(status: number, headers: Record<string, string> = {}): HttpResponse {
    return { status, headers: { "content-type": "text/html", ...headers }, body: errorPage(STATUS[status] ?? String(status), this.process) }
  }

  *proxy(target: string, request: HttpRequest, { block, prefix }: Located, uri: string): Steps<HttpResponse> {
    const [, host, port, path] = /^https?:\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(target) ?? []
    if (!host) return this.page(502)
    const upstream = all(this.http, "upstream").find(({ args }) => args[0] === host)
    const servers = upstream ? all(upstream.block ?? [], "server").map(({ args }) => args[0] ?? "") : [`${host}:${port ?? 80}`]
    const chosen = servers[Math.floor(this.process.random() * servers.length)] ?? ""
    const [name, at = "80"] = chosen.split(":")
    const [record] = /^[\d.]+$/.test(name) ? [{ value: name }] : yield* this.process.network.lookup(name)
    const query = request.path.includes("?") ? request.path.slice(request.path.indexOf("?")) : ""
    const forwarded = path === undefined ? `${uri}${query}` : `${path}${uri.slice(prefix.length)}${query}`
    const headers: Record<string, string> = { ...request.headers, host, connection: "close" }
    for (const { args } of [...all(this.server, "proxy_set_header"), ...all(block, "proxy_set_header")])
      headers[(args[0] ?? "").toLowerCase()] = this.variables(args[1] ?? "", request)
    try {
      if (!record) throw new SystemError("EHOSTUNREACH")
      return yield* this.process.network.request(record.value, Number(at), { ...request, path: forwarded, headers }, { timeout: 60_000 })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      const upstreamAt = `"http://${record?.value ?? name}:${at}${forwarded}"`
      yield* this.process.error(
        `${stamp(this.process)} [error] ${this.process.pid}#${this.process.pid}: *1 connect() failed (111: Connection refused) while connecting to upstream, client: ${request.remoteAddress ?? ""}, server: localhost, request: "${request.method} ${request.path} HTTP/1.1", upstream: ${upstreamAt}\n`,
      )
      return this.page(error.code === "ETIMEDOUT" ? 504 : 502)
    }
  }

  /** What is said of a request that failed, in the error log. */
  *#log(request: HttpRequest, what: string): Steps<void> {
    const { process } = this
    yield* process.error(
      `${stamp(process)} [error] ${process.pid}#${process.pid}: *1 ${what}, client: ${request.remoteAddress ?? ""}, server: ${find(this.server, "server_name")?.args[0] ?? ""}, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.headers.host ?? ""}"\n`,
    )
  }

  /** Where a client is sent: a path is made an address of this server. */
  #redirect(request: HttpRequest, status: number, to: string): HttpResponse {
    return this.page(status, { location: to.startsWith("/") ? `http://${request.headers.host ?? "localhost"}${to}` : to })
  }

  /** return CODE [text or address]. */
  #returned(request: HttpRequest, args: readonly string[], type: string | undefined, expand: (text: string) => string): HttpResponse {
    const [code = "", ...rest] = args
    const text = expand(rest.join(" "))
    if (["301", "302", "303", "307", "308"].includes(code)) return this.#redirect(request, Number(code), text)
    if (!/^\d+$/.test(code)) return this.#redirect(request, 302, expand(code))
    if (rest.length === 0 && Number(code) !== 204) return this.page(Number(code))
    return { status: Number(code), headers: { "content-type": type ?? "text/plain" }, body: text }
  }

  /** The first of try_files that is there; its last word else. */
  #tried(words: readonly string[], root: string, expand: (text: string) => string): string {
    const last = words.at(-1) ?? ""
    for (const word of words.slice(0, -1)) {
      const path = expand(word)
      const full = `${root}${path}`
      const directory = path.endsWith("/")
      if (this.process.files.exists(full) && (this.process.files.stat(full).type === "directory") === directory) return path
    }
    return expand(last)
  }

  /** autoindex: a directory's names, times and sizes. As ngx_http_autoindex_module.c. */
  #listing(root: string, path: string): HttpResponse {
    const { files } = this.process
    const rows = files
      .list(`${root}${path}`)
      .filter(({ name }) => !name.startsWith("."))
      .map(({ name, type }) => ({ name: type === "directory" ? `${name}/` : name, stat: files.stat(`${root}${path}/${name}`) }))
      .sort((a, b) => Number(b.name.endsWith("/")) - Number(a.name.endsWith("/")) || (a.name < b.name ? -1 : 1))
      .map(({ name, stat }) => {
        const shown = name.length > 50 ? `${name.slice(0, 47)}..&gt;` : name
        const at = accessTime(stat.modifiedAt).replace(/^(\d+)\/(\w+)\/(\d+):(\d+:\d+).*$/, "$1-$2-$3 $4")
        return `<a href="${encodeURI(name)}">${shown}</a>${" ".repeat(Math.max(0, 51 - Math.min(name.length, 50)))}${at}${(name.endsWith("/") ? "-" : String(stat.size)).padStart(20)}\r\n`
      })
    const title = `Index of ${path}`
    return {
      status: 200,
      headers: { "content-type": "text/html" },
      body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${rows.join("")}</pre><hr></body>\r\n</html>\r\n`,
    }
  }

  /** A file, its directory's index or listing, or an error. */
  *#file(request: HttpRequest, located: Located, uri: string): Steps<HttpResponse> {
    const { block, prefix } = located
    const scope = (name: string) => find(block, name) ?? find(this.server, name) ?? find(this.http, name)
    if (request.method !== "GET" && request.method !== "HEAD") return this.page(405)
    const alias = find(block, "alias")?.args[0]
    const root = (alias ?? scope("root")?.args[0] ?? "/etc/nginx/html").replace(/\/$/, "")
    const path = alias === undefined ? uri : `/${uri.slice(prefix.length).replace(/^\//, "")}`
    const { files } = this.process
    const full = `${root}${path}`
    if (files.exists(full) && files.stat(full).type === "directory") {
      if (!path.endsWith("/")) return this.page(301, { location: `http://${request.headers.host ?? "localhost"}${uri}/` })
      const index = (scope("index")?.args ?? ["index.html"]).find((name) => files.exists(`${full}${name}`))
      if (index === undefined && scope("autoindex")?.args[0] === "on") return this.#listing(root, path)
      if (index === undefined) {
        yield* this.#log(request, `directory index of "${full}" is forbidden`)
        return this.page(403)
      }
      return this.#found(staticFile(this.process, root, `${path}${index}`))
    }
    const found = staticFile(this.process, root, path)
    if (found === undefined || found === "forbidden") {
      yield* this.#log(request, `open() "${full}" failed (2: No such file or directory)`)
      return this.page(404)
    }
    return this.#found(found)
  }

  #found(found: ReturnType<typeof staticFile>): HttpResponse {
    return typeof found === "object" ? { status: 200, headers: { "content-type": found.type }, body: found.body } : this.page(404)
  }

  /** One pass of the phases; a path is where they lead within the server. */
  *#once(request: HttpRequest, uri: string, located: Located): Steps<HttpResponse | { uri: string }> {
    const { block, captures } = located
    const expand = (text: string, groups: readonly string[] = captures) => this.variables(text, request, uri, groups)
    const rewrite = rewritten(block, uri, queryOf(request), expand)
    if (typeof rewrite?.next === "number") return this.#redirect(request, rewrite.next, rewrite.uri)
    if (rewrite?.next === "last") return { uri: rewrite.uri }
    const path = rewrite?.uri ?? uri
    const expandHere = (text: string): string => this.variables(text, request, path, captures)
    const scope = (name: string) => find(block, name) ?? find(this.server, name) ?? find(this.http, name)
    const back = find(block, "return")
    if (back) return this.#returned(request, back.args, scope("default_type")?.args[0], expand)
    if (find(block, "deny")?.args[0] === "all" && !find(block, "allow")) {
      yield* this.#log(request, "access forbidden by rule")
      return this.page(403)
    }
    if (find(block, "stub_status"))
      return {
        status: 200,
        headers: { "content-type": "text/plain" },
        body: `Active connections: 1 \nserver accepts handled requests\n ${this.counter.served} ${this.counter.served} ${this.counter.served} \nReading: 0 Writing: 1 Waiting: 0 \n`,
      }
    const target = find(block, "proxy_pass")?.args[0]
    if (target !== undefined) return yield* this.proxy(expand(target), request, located, path)
    const tries = scope("try_files")?.args
    if (tries) {
      const root = (scope("root")?.args[0] ?? "/etc/nginx/html").replace(/\/$/, "")
      const found = this.#tried(tries, root, expandHere)
      const code = /^=(\d+)$/.exec(found)?.[1]
      if (code !== undefined) return this.page(Number(code))
      // The last is an internal redirect; what is there is served here.
      if (found === expandHere(tries.at(-1) ?? "") && found !== path) return { uri: found }
      return yield* this.#file(request, located, found)
    }
    return yield* this.#file(request, located, path)
  }

  *answer(request: HttpRequest): Steps<HttpResponse> {
    const [path] = request.path.split("?")
    const expand = (text: string, groups: readonly string[] = []) => this.variables(text, request, path, groups)
    const rewrite = rewritten(this.server, path, queryOf(request), expand)
    if (typeof rewrite?.next === "number") return this.#redirect(request, rewrite.next, rewrite.uri)
    const back = find(this.server, "return")
    if (back) return this.#returned(request, back.args, find(this.server, "default_type")?.args[0], expand)
    let uri = rewrite?.uri ?? path
    let status: number | undefined
    for (let hop = 0; hop < REDIRECTIONS; hop++) {
      const located: Located = (uri.startsWith("@") ? namedLocation(this.server, uri) : locationFor(this.server, uri)) ?? {
        block: this.server,
        prefix: "/",
        captures: [],
      }
      const result = yield* this.#once(request, uri.startsWith("@") ? path : uri, located)
      if ("uri" in result) {
        uri = result.uri
        continue
      }
      const pages = [...all(located.block, "error_page"), ...all(this.server, "error_page"), ...all(this.http, "error_page")]
      const page = status === undefined ? pages.find(({ args }) => args.slice(0, -1).includes(String(result.status))) : undefined
      if (!page) return status === undefined ? result : { ...result, status }
      const changed = page.args.find((word) => word.startsWith("="))
      status = changed === undefined ? result.status : Number(changed.slice(1)) || 200
      uri = page.args.at(-1) ?? "/"
      if (/^https?:/.test(uri)) return this.page(302, { location: uri })
    }
    yield* this.#log(request, `rewrite or internal redirection cycle while processing "${uri}"`)
    return this.page(500)
  }

  *serve(request: HttpRequest): Steps<HttpResponse> {
    this.counter.served++
    const response = yield* this.answer(request)
    const size = bodyText(response.body).length
    yield* this.process.print(`${accessLine(this.process, request, response.status, size)} "-"\n`)
    return {
      ...response,
      headers: {
        server: `nginx/${version(this.process)}`,
        date: new Date(Math.floor(this.process.now())).toUTCString(),
        ...response.headers,
        ...this.#added(request, response.status),
      },
    }
  }

  /** add_header, of answers that went well or "always". */
  #added(request: HttpRequest, status: number): Record<string, string> {
    const [path] = request.path.split("?")
    const own = all(locationFor(this.server, path)?.block ?? [], "add_header")
    const inherited = own.length > 0 ? own : all(this.server, "add_header")
    const well = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(status)
    return Object.fromEntries(
      inherited
        .filter(({ args }) => well || args[2] === "always")
        .map(({ args }) => [(args[0] ?? "").toLowerCase(), this.variables(args[1] ?? "", request)]),
    )
  }
}
