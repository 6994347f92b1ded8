/** Which room may import which, held to by `npm run boundaries`. Everything that scripts/rooms.cjs does not list is refused. */
const { rooms, pure, place } = require("./scripts/rooms.cjs")

const TESTS = "\\.(test|bench)\\.tsx?$"

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      severity: "error",
      comment: `${room} may import ${allowed.join(", ") || "no other room"}.`,
      from: { path: `^${place(room)}/src`, pathNot: TESTS },
      to: { path: "^(packages|apps)/[^/]+/src", pathNot: [room, ...allowed].map((name) => `^${place(name)}/src`) },
    })),
    {
      name: "pure",
      severity: "error",
      comment: "A pure package knows no Node: time and chance come from sim, files and sockets from machine.",
      from: { path: `^packages/(${pure.join("|")})/src`, pathNot: TESTS },
      to: { dependencyTypes: ["core"] },
    },
    // Inside kubernetes: only the API server and what assembles the cluster may see etcd.
    {
      name: "etcd-door",
      severity: "error",
      comment: "Go through client: etcd is the API server's own.",
      from: { path: "^packages/kubernetes/src/(client|controller-manager|scheduler|kubelet|kube-proxy|coredns)/", pathNot: TESTS },
      to: { path: "^packages/kubernetes/src/(etcd|apiserver)/", pathNot: "contract\\.ts$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // The parser reads no JSX: scripts/page-imports.mjs looks at those files.
    exclude: { path: "((^|/)(dist|\\.next|generated)/)|\\.tsx$" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs"],
    },
  },
}
