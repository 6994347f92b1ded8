/** A binding's subjects of one kind, as wide tables print them. */
export const subjects = (all: readonly { kind: string; name: string; namespace?: string }[] | undefined, kind: string): string =>
  (all ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === "ServiceAccount" ? `${namespace ?? ""}/${name}` : name))
    .join(", ")
