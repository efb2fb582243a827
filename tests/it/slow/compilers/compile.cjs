// Compiles every module of `sources.json` ({ name: text }) with every compiler, as CommonJS, and prints
// { compiler: { name: text } }.
const { readFileSync } = require('node:fs');
const babel = require('@babel/core');
const swc = require('@swc/core');
const esbuild = require('esbuild');
const { rollup } = require('rollup');
const typescript = require('typescript');

const typescriptTo = (target) => (text) =>
  typescript.transpileModule(text, { compilerOptions: { module: 'commonjs', target, esModuleInterop: true } }).outputText;

// What a module imports stays outside of it.
const rollupAs = (interop) => async (text) => {
  const source = {
    name: 'source',
    resolveId: (id, importer) => (importer ? { id, external: true } : id),
    load: () => text,
  };
  const bundle = await rollup({ input: 'source', plugins: [source], treeshake: false });
  const generated = await bundle.generate({ format: 'cjs', interop, exports: 'named' });
  return generated.output[0].code;
};

const compilers = {
  typescript: typescriptTo('es2022'),
  'typescript to es5': typescriptTo('es5'),
  babel: (text) =>
    babel.transformSync(text, {
      babelrc: false,
      configFile: false,
      plugins: [require.resolve('@babel/plugin-transform-modules-commonjs')],
    }).code,
  swc: (text) => swc.transformSync(text, { module: { type: 'commonjs' }, jsc: { target: 'es2022' } }).code,
  esbuild: (text) => esbuild.transformSync(text, { format: 'cjs' }).code,
  'rollup auto': rollupAs('auto'),
  'rollup compat': rollupAs('compat'),
};

async function main() {
  const sources = JSON.parse(readFileSync('sources.json', 'utf8'));
  const compiled = {};
  for (const [compiler, compile] of Object.entries(compilers)) {
    compiled[compiler] = {};
    for (const [name, text] of Object.entries(sources)) compiled[compiler][name] = await compile(text);
  }
  process.stdout.write(JSON.stringify(compiled));
}

main();
