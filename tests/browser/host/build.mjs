// Builds the page that stands for Stash's own: one script, one style, one document.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const out = join(root, "build", "host");

mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(here, "main.jsx")],
  outfile: join(out, "host.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "chrome100",
  // React's own warnings (keys, unknown attributes) are errors on the console: they must be seen.
  define: { "process.env.NODE_ENV": '"development"' },
  loader: { ".js": "jsx" },
  logLevel: "warning",
});
const styles = compile(join(here, "stash.scss"), {
  loadPaths: [join(root, "node_modules")],
  quietDeps: true,
});
writeFileSync(join(out, "host.css"), styles.css);
copyFileSync(join(here, "index.html"), join(out, "index.html"));
