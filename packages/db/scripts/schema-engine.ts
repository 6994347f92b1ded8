/** Prisma's schema engine as WebAssembly over a pg connection: compares and authors where its native engine cannot be downloaded. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { PrismaPg } from "@prisma/adapter-pg"
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
} from "@prisma/driver-adapter-utils"
import type { SchemaEngine } from "@prisma/schema-engine-wasm"

const require = createRequire(import.meta.url)
/** pg_catalog's one-byte "char". */
const CHAR_OID = 18
const TEXT_OID = 25

// The global of that name is the browser's to TypeScript.
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly __wbindgen_start?: () => void } }
}

const load = async () => {
  // The engine reports a panic through this registry of the native command line.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`${message}\n`) } })
  const directory = dirname(require.resolve("@prisma/schema-engine-wasm"))
  const glue: object = await import("@prisma/schema-engine-wasm/schema_engine_bg")
  const { __wbg_set_wasm: setWasm, SchemaEngine: Engine } = glue as {
    __wbg_set_wasm(exports: object): void
    SchemaEngine: typeof SchemaEngine
  }
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly
  const instance = new Instance(new Module(readFileSync(join(directory, "schema_engine_bg.wasm"))), { "./schema_engine_bg.js": glue })
  setWasm(instance.exports)
  instance.exports.__wbindgen_start?.()
  return Engine
}

/** Once a process: the glue keeps views into the memory of its first instance. */
let loaded: ReturnType<typeof load> | undefined

interface Inner {
  performIO(query: SqlQuery): Promise<{ fields: { dataTypeID: number }[] }>
}

/** The adapter refuses the catalogue's "char"; the engine wants it as a character and panics over text. */
const withCharacters = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
  const inner = adapter as unknown as Inner
  const perform = inner.performIO.bind(adapter)
  const characters = new WeakMap<SqlQuery, readonly boolean[]>()
  inner.performIO = async (query) => {
    const result = await perform(query)
    const found = result.fields.map(({ dataTypeID }) => dataTypeID === CHAR_OID)
    characters.set(query, found)
    for (const [index, field] of result.fields.entries()) if (found[index]) field.dataTypeID = TEXT_OID
    return result
  }
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    const found = characters.get(query)
    return { ...result, columnTypes: result.columnTypes.map((type, index) => (found?.[index] ? ColumnTypeEnum.Character : type)) }
  }
  return adapter
}

/** Connection settings apart: the engine's adapter does not take a connection string. */
const settings = (url: string) => {
  const { hostname, port, username, password, pathname } = new URL(url)
  return { host: hostname, port: Number(port), user: username, password: decodeURIComponent(password), database: pathname.slice(1) }
}

/**
 * @param url database whose tables are compared
 * @param schema text of schema.prisma
 * @returns SQL that turns that database into what the schema says; "" when it is so already
 */
export const difference = async (url: string, schema: string): Promise<string> => {
  loaded ??= load()
  const Engine = await loaded
  const factory = new PrismaPg(settings(url))
  const opened: SqlDriverAdapter[] = []
  const wrapped: SqlMigrationAwareDriverAdapterFactory = {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = withCharacters(await factory.connect())
      opened.push(adapter)
      return adapter
    },
    // Never the database itself.
    connectToShadowDb: () => Promise.reject(new Error("no shadow database here")),
  }
  const engine = await Engine.new(
    { datamodels: [["schema.prisma", schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(wrapped),
  )
  try {
    const files = [{ path: "schema.prisma", content: schema }]
    const { stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files, configDir: "." },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: null,
      filters: { externalTables: ["public._prisma_migrations"], externalEnums: [] },
    })
    return stdout?.includes("-- This is an empty migration.") ? "" : (stdout ?? "")
  } finally {
    engine.free()
    await Promise.all(opened.map((adapter) => adapter.dispose().catch(() => undefined)))
  }
}
