/** nginx's configuration language: directives and blocks, with includes. As src/core/ngx_conf_file.c. */
import type { Process } from "@drydock/machine"

export interface Directive {
  name: string
  args: readonly string[]
  block: readonly Directive[] | undefined
}

/** As nginx prints it after "nginx: [emerg] ". */
export class ConfigurationError extends Error {}

const DEPTH = 8

interface Token {
  text: string
  line: number
  quoted: boolean
}

/** By file and text: the same few files are read at every start of every Pod. */
const known = new Map<string, readonly Token[]>()
const MOST_KNOWN = 64
/** Longer files are read anew, UTF-16 units. */
const LONGEST_KNOWN = 8_192

const tokens = (text: string, file: string): readonly Token[] => {
  if (text.length > LONGEST_KNOWN) return readTokens(text, file)
  const key = `${file}\n${text}`
  let found = known.get(key)
  if (!found) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, (found = readTokens(text, file)))
  }
  return found
}

/** What a backslash and a letter stand for; before any other the backslash stays. As ngx_conf_read_token. */
const escaped = (letter: string): string => ({ n: "\n", t: "\t", r: "\r", '"': '"', "'": "'", "\\": "\\" })[letter] ?? `\\${letter}`

/** Words, "{", "}" and ";" with their line. Bounded by the text's length. */
const readTokens = (text: string, file: string): readonly Token[] => {
  const found: Token[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === "\n") line++
    if (/\s/.test(character)) at++
    else if (character === "#") while (at < text.length && text[at] !== "\n") at++
    else if ("{};".includes(character)) {
      found.push({ text: character, line, quoted: false })
      at++
    } else if (character === '"' || character === "'") {
      const begun = line
      let word = ""
      at++
      while (at < text.length && text[at] !== character) {
        if (text[at] === "\n") line++
        if (text[at] === "\\" && at + 1 < text.length) word += escaped(text[++at])
        else word += text[at]
        at++
      }
      if (at >= text.length)
        throw new ConfigurationError(`unexpected end of file, expecting "${character === '"' ? '\\"' : "'"}" in ${file}:${begun}`)
      at++
      found.push({ text: word, line: begun, quoted: true })
    } else {
      let word = ""
      // A brace belongs to a word in ${variable} alone.
      while (
        at < text.length &&
        (!/[\s;{}]/.test(text[at]) || (text[at] === "{" && word.endsWith("$")) || (text[at] === "}" && /\$\{[^}]*$/.test(word)))
      )
        word += text[at++]
      found.push({ text: word, line, quoted: false })
    }
  }
  return found
}

const KNOWN = new Set(
  "user worker_processes error_log pid events http server location upstream listen server_name root alias index return proxy_pass include default_type log_format access_log sendfile tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests gzip gzip_types gzip_proxied gzip_min_length types worker_connections try_files rewrite error_page add_header proxy_set_header proxy_http_version proxy_redirect proxy_buffering proxy_read_timeout proxy_connect_timeout proxy_send_timeout client_max_body_size autoindex stub_status allow deny auth_basic auth_basic_user_file ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers ssl_prefer_server_ciphers ssl_session_cache ssl_session_timeout expires charset resolver set if map stream proxy_cache proxy_cache_path proxy_cache_valid limit_req limit_req_zone fastcgi_pass fastcgi_param fastcgi_index internal daemon env load_module multi_accept use server_tokens types_hash_max_size server_names_hash_bucket_size least_conn ip_hash keepalive zone http2 real_ip_header set_real_ip_from sub_filter sub_filter_once mirror etag large_client_header_buffers client_body_timeout client_header_timeout send_timeout reset_timedout_connection open_file_cache absolute_redirect port_in_redirect".split(
    " ",
  ),
)

/** Reads a file with everything that it includes. Throws ConfigurationError. */
export const readConfiguration = (process: Process, path: string, depth = 0): Directive[] => {
  if (depth > DEPTH) throw new ConfigurationError(`too many nested includes in ${path}:1`)
  if (!process.files.exists(path)) throw new ConfigurationError(`open() "${path}" failed (2: No such file or directory)`)
  const words = tokens(process.files.readText(path), path)
  let at = 0
  const parse = (nested: boolean): Directive[] => {
    const directives: Directive[] = []
    for (;;) {
      const first = words[at]
      if (first === undefined) {
        if (nested) throw new ConfigurationError(`unexpected end of file, expecting "}" in ${path}:${words.at(-1)?.line ?? 1}`)
        return directives
      }
      if (first.text === "}" && !first.quoted) {
        if (!nested) throw new ConfigurationError(`unexpected "}" in ${path}:${first.line}`)
        at++
        return directives
      }
      if (!first.quoted && (first.text === "{" || first.text === ";"))
        throw new ConfigurationError(`unexpected "${first.text}" in ${path}:${first.line}`)
      const args: string[] = []
      at++
      while (words[at] && (words[at].quoted || !["{", "}", ";"].includes(words[at].text))) args.push(words[at++].text)
      const end = words[at]
      if (end === undefined) throw new ConfigurationError(`unexpected end of file, expecting ";" or "}" in ${path}:${first.line}`)
      if (end.text === "}") throw new ConfigurationError(`unexpected "}" in ${path}:${end.line}`)
      at++
      const block = end.text === "{" ? (first.text === "types" || first.text === "map" ? skip() : parse(true)) : undefined
      if (!KNOWN.has(first.text)) throw new ConfigurationError(`unknown directive "${first.text}" in ${path}:${first.line}`)
      if (first.text === "include") directives.push(...included(args[0] ?? ""))
      else directives.push({ name: first.text, args, block })
    }
  }
  const skip = (): Directive[] => {
    while (words[at] && words[at].text !== "}") at++
    at++
    return []
  }
  const included = (pattern: string): Directive[] => {
    const full = pattern.startsWith("/") ? pattern : `/etc/nginx/${pattern}`
    if (full.endsWith("mime.types")) return []
    if (!full.includes("*")) return readConfiguration(process, full, depth + 1)
    const directory = full.slice(0, full.lastIndexOf("/"))
    const [before, after] = full.slice(full.lastIndexOf("/") + 1).split("*")
    if (!process.files.exists(directory)) return []
    return process.files
      .list(directory)
      .map(({ name }) => name)
      .filter((name) => !name.startsWith(".") && name.startsWith(before) && name.endsWith(after))
      .sort()
      .flatMap((name) => readConfiguration(process, `${directory}/${name}`, depth + 1))
  }
  return parse(false)
}

export const find = (directives: readonly Directive[], name: string): Directive | undefined => directives.find((one) => one.name === name)
export const all = (directives: readonly Directive[], name: string): Directive[] => directives.filter((one) => one.name === name)
