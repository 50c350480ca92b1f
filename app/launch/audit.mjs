// `npm audit` for the test run: fails on a known vulnerability of high or critical severity in what the product runs
// on. A registry that does not offer audits is reported and is no failure: that says nothing about the packages.
import { spawnSync } from 'node:child_process';
import { ROOT } from './house.mjs';

const result = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
  cwd: ROOT,
  encoding: 'utf8',
});
let report;
try {
  report = JSON.parse(result.stdout);
} catch {
  report = { message: result.stderr.trim().split('\n').at(-1) ?? 'no answer' };
}
if (report.metadata?.vulnerabilities === undefined) {
  process.stderr.write(
    `not checked: the registry answered no audit (${report.message ?? report.error?.summary ?? 'no reason given'})\n`,
  );
} else {
  const { high, critical } = report.metadata.vulnerabilities;
  process.stderr.write(`high: ${high}, critical: ${critical}\n`);
  if (high + critical > 0) {
    for (const [name, entry] of Object.entries(report.vulnerabilities)) {
      process.stderr.write(`  ${entry.severity}: ${name} ${entry.range}\n`);
    }
    process.exitCode = 1;
  }
}
