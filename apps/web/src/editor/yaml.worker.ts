/** monaco-yaml's worker: parsing, completion and validation beside the page. */
import "monaco-yaml/yaml.worker.js"
