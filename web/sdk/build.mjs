// Builds dist: one ES module, one file for a script tag, the shim for pages of the
// old control, types; and says how large each is.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

rmSync("dist", { recursive: true, force: true });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.json", "--declaration", "--emitDeclarationOnly"], { stdio: "inherit" });

// Chromium 84 is the oldest engine of the browsers in the field.
const common = { bundle: true, target: "chrome84", minify: true, charset: "utf8", legalComments: "none", define: { SDK_VERSION: JSON.stringify(version) } };
await Promise.all([
  build({ ...common, entryPoints: ["src/index.ts"], format: "esm", outfile: "dist/xinzhang.mjs" }),
  build({ ...common, entryPoints: ["src/sof.ts"], format: "esm", outfile: "dist/sof.mjs" }),
  build({ ...common, entryPoints: ["src/script.ts"], format: "iife", outfile: "dist/xinzhang.js" }),
  build({ ...common, entryPoints: ["src/szcaocx.ts"], format: "iife", outfile: "dist/szcaocx.js" }),
]);

for (const name of ["xinzhang.mjs", "sof.mjs", "xinzhang.js", "szcaocx.js"]) {
  const bytes = readFileSync(`dist/${name}`);
  console.log(`dist/${name}  ${(bytes.length / 1024).toFixed(1)} KiB, gzip ${(gzipSync(bytes).length / 1024).toFixed(1)} KiB`);
}
