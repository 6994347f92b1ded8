/** The chart repositories of every world's internet: well-known addresses, charts of ours that install something that runs. */
import { goYaml } from "@drydock/gotemplate"
import { optionalAddons } from "@drydock/kubernetes"
import { monitoringStack } from "./monitoring-stack.ts"
import { objectsChart, openDefinition } from "./objects-chart.ts"
import type { PublishedChart, PublishedRepository } from "./published-chart.ts"
import { serviceChart } from "./service-chart.ts"

const PAUSE = { image: "pause", registry: "registry.k8s.io", tag: "3.10.1", probes: false } as const

const bitnami: readonly PublishedChart[] = [
  serviceChart({
    name: "nginx",
    description: "NGINX Open Source is a web server that can be also used as a reverse proxy, load balancer, and HTTP cache.",
    versions: [
      ["22.3.3", "1.29.3"],
      ["21.1.23", "1.29.1"],
      ["21.0.6", "1.28.0"],
      ["20.1.4", "1.27.5"],
      ["18.3.6", "1.27.4"],
      ["18.2.6", "1.27.3"],
      ["18.2.5", "1.27.2"],
      ["15.14.0", "1.25.4"],
    ],
    keywords: ["nginx", "http", "web", "www", "reverse proxy"],
    image: "nginx",
    port: 80,
    type: "LoadBalancer",
    file: { content: "serverBlock", name: "server-block", path: "/etc/nginx/conf.d" },
  }),
  serviceChart({
    name: "apache",
    description: "Apache HTTP Server is an open-source HTTP server.",
    versions: [
      ["11.4.29", "2.4.65"],
      ["10.7.0", "2.4.58"],
    ],
    keywords: ["apache", "http", "web"],
    image: "httpd",
    tag: "2.4",
    port: 80,
    type: "LoadBalancer",
  }),
  serviceChart({
    name: "redis",
    description: "Redis is an open source, advanced key-value store.",
    versions: [
      ["23.2.12", "8.2.3"],
      ["20.13.4", "7.4.3"],
      ["18.19.4", "7.2.4"],
    ],
    keywords: ["redis", "keyvalue", "database"],
    image: "redis",
    port: 6379,
    portName: "tcp-redis",
    stateful: true,
    password: { variable: "REDIS_PASSWORD", key: "redis-password" },
  }),
  serviceChart({
    name: "postgresql",
    description: "PostgreSQL is an open source object-relational database.",
    versions: [
      ["18.1.8", "18.1"],
      ["16.7.4", "17.5"],
      ["14.3.3", "16.2"],
    ],
    keywords: ["postgresql", "postgres", "database", "sql"],
    image: "postgres",
    port: 5432,
    portName: "tcp-postgresql",
    stateful: true,
    password: { variable: "POSTGRES_PASSWORD", key: "postgres-password" },
  }),
  serviceChart({
    name: "mysql",
    description: "MySQL is a fast, reliable, scalable, and easy to use open source relational database system.",
    versions: [
      ["14.0.3", "9.4.0"],
      ["12.3.4", "8.4.5"],
      ["9.23.0", "8.0.36"],
    ],
    keywords: ["mysql", "database", "sql"],
    image: "mysql",
    port: 3306,
    portName: "mysql",
    stateful: true,
    password: { variable: "MYSQL_ROOT_PASSWORD", key: "mysql-root-password" },
  }),
  serviceChart({
    name: "mariadb",
    description: "MariaDB is an open source, community-developed SQL database server.",
    versions: [
      ["23.2.4", "12.0.2"],
      ["20.5.3", "11.4.6"],
    ],
    keywords: ["mariadb", "mysql", "database", "sql"],
    image: "mariadb",
    tag: "11.4",
    port: 3306,
    portName: "mysql",
    stateful: true,
    password: { variable: "MARIADB_ROOT_PASSWORD", key: "mariadb-root-password" },
  }),
  serviceChart({
    name: "mongodb",
    description: "MongoDB is a relational open source NoSQL database.",
    versions: [
      ["18.1.1", "8.2.1"],
      ["16.5.6", "8.0.9"],
    ],
    keywords: ["mongodb", "database", "nosql"],
    image: "mongo",
    port: 27_017,
    portName: "mongodb",
  }),
  serviceChart({
    name: "memcached",
    description: "Memcached is a high-performance, distributed memory object caching system.",
    versions: [["8.0.1", "1.6.39"]],
    keywords: ["memcached", "cache"],
    image: "memcached",
    port: 11_211,
    portName: "memcache",
  }),
  serviceChart({
    name: "wordpress",
    description: "WordPress is a blogging and content management platform.",
    versions: [
      ["27.0.11", "6.8.3"],
      ["24.2.6", "6.8.1"],
    ],
    keywords: ["wordpress", "cms", "blog", "http", "web", "php"],
    image: "wordpress",
    port: 80,
    type: "LoadBalancer",
    password: { variable: "WORDPRESS_PASSWORD", key: "wordpress-password" },
  }),
  serviceChart({
    name: "tomcat",
    description: "Apache Tomcat is an open-source web server designed to host and run Java-based web applications.",
    versions: [["13.2.1", "11.0.13"]],
    keywords: ["tomcat", "java", "http"],
    image: "tomcat",
    port: 8_080,
    servicePort: 80,
    type: "LoadBalancer",
  }),
  serviceChart({
    name: "rabbitmq",
    description: "RabbitMQ is an open source general-purpose message broker.",
    versions: [["16.0.14", "4.1.3"]],
    keywords: ["rabbitmq", "message queue", "amqp"],
    image: "rabbitmq",
    port: 5_672,
    portName: "amqp",
    stateful: true,
  }),
]

const prometheus: readonly PublishedChart[] = [
  monitoringStack,
  serviceChart({
    name: "prometheus",
    description: "Prometheus is a monitoring system and time series database.",
    versions: [["27.45.0", "v3.7.3"]],
    keywords: ["monitoring", "prometheus"],
    image: "prom/prometheus",
    port: 9_090,
    servicePort: 80,
  }),
  serviceChart({
    name: "prometheus-node-exporter",
    description: "A Helm chart for prometheus node-exporter",
    versions: [["4.49.1", "v1.9.1"]],
    image: "prom/node-exporter",
    port: 9_100,
    portName: "http-metrics",
  }),
]

const certManager = "cert-manager.io"

export const REPOSITORIES: readonly PublishedRepository[] = [
  { url: "https://charts.bitnami.com/bitnami", registry: "registry-1.docker.io/bitnamicharts", charts: bitnami },
  { url: "https://prometheus-community.github.io/helm-charts", charts: prometheus },
  {
    url: "https://grafana.github.io/helm-charts",
    charts: [
      serviceChart({
        name: "grafana",
        description: "The leading tool for querying and visualizing time series and metrics.",
        versions: [["10.1.4", "12.2.1"]],
        image: "grafana/grafana",
        port: 3_000,
        servicePort: 80,
        password: { variable: "GF_SECURITY_ADMIN_PASSWORD", key: "admin-password" },
      }),
    ],
  },
  {
    url: "https://kubernetes-sigs.github.io/metrics-server",
    charts: [
      objectsChart({
        name: "metrics-server",
        description:
          "Metrics Server is a scalable, efficient source of container resource metrics for Kubernetes built-in autoscaling pipelines.",
        versions: [["3.13.0", "0.8.0"]],
        objects: optionalAddons["metrics-server"] ?? [],
        namespace: "kube-system",
        notes: "metrics-server {{ .Chart.AppVersion }} is being started: kubectl top nodes answers within a minute.\n",
      }),
    ],
  },
  {
    url: "https://kubernetes.github.io/ingress-nginx",
    charts: [
      optionalAddons["ingress-nginx"]
        ? objectsChart({
            name: "ingress-nginx",
            description: "Ingress controller for Kubernetes using NGINX as a reverse proxy and load balancer",
            versions: [["4.14.0", "1.14.0"]],
            objects: optionalAddons["ingress-nginx"],
            namespace: "ingress-nginx",
            notes: "The ingress controller {{ .Chart.AppVersion }} is being started in {{ .Release.Namespace }}.\n",
          })
        : serviceChart({
            name: "ingress-nginx",
            description: "Ingress controller for Kubernetes using NGINX as a reverse proxy and load balancer",
            versions: [["4.14.0", "1.14.0"]],
            image: "nginx",
            tag: "1.29.3",
            port: 80,
            type: "LoadBalancer",
          }),
    ],
  },
  {
    url: "https://helm.nginx.com/stable",
    charts: [
      serviceChart({
        name: "nginx-ingress",
        description: "NGINX Ingress Controller",
        versions: [
          ["2.3.1", "5.2.1"],
          ["1.4.0", "3.7.0"],
          ["0.17.1", "3.0.1"],
        ],
        keywords: ["ingress", "nginx"],
        image: "nginx",
        tag: "1.29.3",
        port: 80,
        type: "LoadBalancer",
      }),
    ],
  },
  {
    url: "https://charts.jetstack.io",
    charts: [
      serviceChart({
        name: "cert-manager",
        description: "A Helm chart for cert-manager",
        versions: [
          ["v1.19.1", "v1.19.1"],
          ["v1.17.2", "v1.17.2"],
        ],
        keywords: ["cert-manager", "kube-lego", "letsencrypt", "tls"],
        ...PAUSE,
        port: 9_402,
        portName: "http-metrics",
        values: { crds: { enabled: false }, installCRDs: false },
        more: {
          "templates/crds.yaml": `{{- if or .Values.crds.enabled .Values.installCRDs }}\n${[
            openDefinition(certManager, "v1", "Certificate", "certificates"),
            openDefinition(certManager, "v1", "CertificateRequest", "certificaterequests"),
            openDefinition(certManager, "v1", "Issuer", "issuers"),
            openDefinition(certManager, "v1", "ClusterIssuer", "clusterissuers", "Cluster"),
          ]
            .map((definition) => goYaml(definition))
            .join("---\n")}{{- end }}\n`,
        },
      }),
    ],
  },
  {
    url: "https://argoproj.github.io/argo-helm",
    charts: [
      serviceChart({
        name: "argo-cd",
        description: "A Helm chart for Argo CD, a declarative, GitOps continuous delivery tool for Kubernetes.",
        versions: [
          ["9.1.3", "v3.2.0"],
          ["7.7.3", "v2.13.0"],
        ],
        keywords: ["argoproj", "argocd", "gitops"],
        ...PAUSE,
        port: 8_080,
        servicePort: 80,
        values: { crds: { install: true } },
        more: {
          "templates/crds.yaml": `{{- if .Values.crds.install }}\n${[
            openDefinition("argoproj.io", "v1alpha1", "Application", "applications"),
            openDefinition("argoproj.io", "v1alpha1", "AppProject", "appprojects"),
            openDefinition("argoproj.io", "v1alpha1", "ApplicationSet", "applicationsets"),
          ]
            .map((definition) => goYaml(definition))
            .join("---\n")}{{- end }}\n`,
        },
      }),
    ],
  },
  {
    url: "https://charts.jenkins.io",
    charts: [
      serviceChart({
        name: "jenkins",
        description: "Jenkins - Build great things at any scale!",
        versions: [["5.8.110", "2.528.2"]],
        image: "jenkins/jenkins",
        tag: "lts",
        port: 8_080,
        stateful: true,
        password: { variable: "ADMIN_PASSWORD", key: "jenkins-admin-password" },
      }),
    ],
  },
  {
    url: "https://stefanprodan.github.io/podinfo",
    charts: [
      serviceChart({
        name: "podinfo",
        description: "Podinfo Helm chart for Kubernetes",
        versions: [
          ["6.9.2", "6.9.2"],
          ["6.8.0", "6.8.0"],
        ],
        image: "nginx",
        tag: "1.29.3",
        port: 80,
        servicePort: 9_898,
      }),
    ],
  },
  {
    url: "https://traefik.github.io/charts",
    charts: [
      serviceChart({
        name: "whoami",
        description: "Tiny server that prints what it was asked",
        versions: [["5.3.0", "v1.11.0"]],
        image: "traefik/whoami",
        tag: "latest",
        port: 80,
      }),
    ],
  },
  {
    url: "https://helm.github.io/examples",
    charts: [
      serviceChart({
        name: "hello-world",
        description: "A Helm chart for Kubernetes",
        versions: [["0.1.0", "1.16.0"]],
        image: "nginx",
        tag: "1.29.3",
        port: 80,
      }),
    ],
  },
]
