// `node probe.cjs list PACKAGE…`: the functions that each package exports, by name, as JSON.
// `node probe.cjs run PACKAGE FILE`: which of those run while a file runs, as V8 counts it.
const { Session } = require('node:inspector');
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { fileURLToPath } = require('node:url');

const functionsOf = (package_) => {
  const all = require(package_);
  const names = Object.keys(all).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default');
  return Object.fromEntries(names.filter((name) => typeof all[name] === 'function').map((name) => [name, all[name]]));
};

const [command, ...given] = process.argv.slice(2);
const silent = () => true;
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write = silent;

if (command === 'list') {
  write(JSON.stringify(Object.fromEntries(given.map((name) => [name, Object.keys(functionsOf(name))]))));
  process.exit(0);
}

const [package_, file] = given;
// What is called with values that it cannot take fails, now or later.
process.on('uncaughtException', silent);
process.on('unhandledRejection', silent);
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
try {
  require(resolve(file));
} catch {}
setTimeout(() => {
  session.post('Profiler.takePreciseCoverage', (_, { result }) => {
    const texts = [];
    for (const { url, functions } of result.filter(({ url }) => url.includes('node_modules'))) {
      const source = readFileSync(url.startsWith('file:') ? fileURLToPath(url) : url, 'utf8');
      for (const { ranges: [range], functionName } of functions.filter(({ ranges }) => ranges[0].count > 0)) {
        // The range of all of a file is that of its own code.
        if (functionName !== '' || range.startOffset > 0) texts.push(source.slice(range.startOffset, range.endOffset));
      }
    }
    const isRun = (text) => texts.some((run) => text === run || (text.startsWith('class') && text.includes(run)));
    const run = Object.entries(functionsOf(package_)).filter(([, it]) => isRun(Function.prototype.toString.call(it)));
    write(JSON.stringify(run.map(([name]) => name)));
    process.exit(0);
  });
}, 20);
