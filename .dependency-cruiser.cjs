/** Which room may import which. Everything not listed is refused; the list is ARCHITECTURE.md's first section. */
const rooms = {
  sim: [],
  machine: ["sim"],
  shell: ["machine"],
  kubernetes: ["sim"],
  gotemplate: [],
  kubectl: ["machine", "kubernetes", "gotemplate"],
  tools: ["machine", "kubernetes", "gotemplate"],
  images: ["machine", "kubernetes"],
  world: ["sim", "machine", "shell", "kubernetes", "gotemplate", "kubectl", "tools", "images"],
  grader: ["world", "sim", "machine", "kubernetes"],
  course: [],
  protocol: [],
  db: [],
  web: ["protocol", "course", "db"],
  gateway: ["kubernetes"],
  lab: ["gateway", "protocol", "world", "grader", "course", "db", "sim", "machine", "kubernetes"],
  cli: ["gateway", "world", "grader", "course", "sim", "machine", "kubernetes"],
}
const pure = ["sim", "machine", "shell", "kubernetes", "gotemplate", "kubectl", "tools", "images", "world", "grader"]
const place = (room) => (["web", "lab", "cli"].includes(room) ? `apps/${room}` : `packages/${room}`)
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
    exclude: { path: "(^|/)(dist|\\.next|generated)/" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs"],
    },
  },
}
