// Reads rows (`[{ row, affected, fixed, targets, changed }]`, the versions as folders of `node_modules`) and prints a line
// for each target that the affected version does not export, or that the fixed version does not differ in.
const { readFileSync } = require('node:fs');
const path = require('node:path');

function exported(folder, package_, target) {
  const [module, properties] = target.slice(package_.length).split('#');
  let value = require(folder + module);
  for (const property of properties ? properties.split('.') : []) value = value?.[property];
  return value;
}

function perhaps(look) {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function differs(row, target, before) {
  if (row.changed === undefined) {
    return typeof before === 'function' && String(before) !== String(perhaps(() => exported(row.fixed, row.package, target)));
  }
  const text = (folder) => readFileSync(path.join('node_modules', folder, row.changed), 'utf8');
  return text(row.affected) !== perhaps(() => text(row.fixed));
}

for (const row of JSON.parse(readFileSync('rows.json', 'utf8'))) {
  for (const target of row.targets) {
    try {
      const before = exported(row.affected, row.package, target);
      if (before === undefined) console.log(`${row.affected}: ${target} is not exported`);
      else if (!differs(row, target, before)) console.log(`${row.affected}: ${target} is the same in ${row.fixed}`);
    } catch (error) {
      console.log(`${row.affected}: ${target}: ${error.message}`);
    }
  }
}
