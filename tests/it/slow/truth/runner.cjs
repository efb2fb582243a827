// Loads the programs of many cases, one after the other, in one process: `node runner.cjs cases.json errors.json`.
// Each ends as soon as something is marked for it.
const fs = require('node:fs');
const Module = require('node:module');
const { pathToFileURL } = require('node:url');

const LONGEST = Number(process.env.TRUTH_LONGEST);
const [, , list, errors] = process.argv;
const cases = JSON.parse(fs.readFileSync(list, 'utf8'));
const marks = process.env.TRUTH_MARKS;
const environment = { ...process.env };
const globals = new Set(Reflect.ownKeys(globalThis));
const wrong = {};
let running;

const note = (error) => {
  wrong[running] ??= String(error?.stack ?? error);
};
process.on('uncaughtException', note);
process.on('unhandledRejection', note);

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// A turn of the event loop is enough for most.
const turn = () => new Promise((resolve) => setImmediate(resolve));
const isMarked = (id) => fs.readFileSync(marks, 'utf8').includes(`${id} `);

async function run({ id, folder, entry, ecma }) {
  running = id;
  process.chdir(folder);
  fs.writeFileSync(marks, '');
  const path = `${folder}/${entry}`;
  process.argv = [process.argv[0], path];
  try {
    if (ecma) await Promise.race([import(pathToFileURL(path)), pause(LONGEST)]);
    else Module._load(path, null, true);
  } catch (error) {
    note(error);
  }
  // What has failed loads nothing more, but for what it had started before.
  const end = Date.now() + (wrong[id] ? LONGEST / 10 : LONGEST);
  for (let turns = 0; !isMarked(id) && Date.now() < end; turns += 1) await (turns < 5 ? turn() : pause(4));
  // What is marked twice is marked at once.
  await turn();
  const marked = fs.readFileSync(marks, 'utf8');
  for (const name of Reflect.ownKeys(globalThis)) if (!globals.has(name)) delete globalThis[name];
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  return marked;
}

(async () => {
  let all = '';
  for (const next of cases) all += await run(next);
  fs.writeFileSync(marks, all);
  fs.writeFileSync(errors, JSON.stringify(wrong));
  process.exit();
})();
