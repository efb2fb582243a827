use super::*;
use crate::lockfile::tool::{self, Tool};

fn shipped_by(tool: &'static Tool) -> Shipped {
    Shipped::new(Installer { tool, has_workspaces: false })
}

/// The lines that count in some files, of which all but `.dockerignore` and `.npmrc` hold commands.
fn found(files: &[(&str, &str)]) -> Vec<(String, Vec<u32>)> {
    let mut shipped = shipped_by(&tool::NPM);
    for (path, text) in files {
        shipped.add_settings(path, text);
        if let Some(kind) = super::super::places::kind(path)
            && path.strip_suffix(".npmrc").is_none()
        {
            shipped.add(path, kind, SourceText::new(*path, *text), text);
        }
    }
    let lines = shipped.finish("app").into_iter();
    lines.map(|(path, lines)| (path, lines.into_iter().collect())).collect()
}

fn is_found(path: &str, text: &str) -> bool {
    !found(&[(path, text)]).is_empty()
}

#[test]
fn an_installation_counts_in_any_text_that_gives_orders() {
    for (path, text, counts) in [
        ("deploy.sh", "npm ci", true),
        ("Procfile", "release: npm install && npm run build", true),
        ("tools/ship.py", "subprocess.run([\"npm\", \"ci\"])", true),
        ("render.yaml", "    buildCommand: npm install; npm run build", true),
        ("deploy.sh", "npm ci \\\n  --omit=dev", false),
        ("deploy.sh", "npm ci \\\n  --omit=development", true),
        ("deploy.sh", "# npm ci", false),
        ("README.md", "Run `npm install`.", false),
        ("ship.js", "execSync('npm ci', options)", true),
        ("ship.js", "spawn(\"npm\", [\"ci\"])", true),
        ("ship.js", "run(`cd ${folder} && npm i`)", true),
        ("ship.js", "console.log('first run npm install')", false),
        ("app.json", "{ \"env\": { \"NPM_CONFIG_PRODUCTION\": \"false\" } }", true),
        ("job.yml", "command:\n  - npm\n  - ci\n", true),
        ("job.yml", "command:\n  - npm\n  - ci\n  - --omit=dev\n", true),
        ("job.yml", "managers:\n  - npm\n  - pnpm\n", false),
        ("ship.py", "run([\n  'npm',\n  'install',\n])", true),
        ("ship.js", "spawn(\n  'npm',\n  ['ci'])", true),
        ("ci/x.yml", "- uses: bahmutov/npm-install@v1", true),
        ("default.nix", "nativeBuildInputs = [ pnpm_10.configHook ];", true),
        (".npmrc", "include=dev", true),
        (".npmrc", "fund=false", false),
    ] {
        assert_eq!(is_found(path, text), counts, "{path}: {text}");
    }
}

#[test]
fn a_job_that_runs_something_first_installs_everything_with_pnpm() {
    let step = |commands: &[&str], last: &str| {
        let runs: Vec<String> = commands.iter().map(|it| format!("      - run: {it}\n")).collect();
        let runs = runs.concat();
        format!("jobs:\n  a:\n    steps:\n{runs}      - {last}\n")
    };
    for (commands, last, counts) in [
        (&["pnpm build"][..], "uses: acme/deploy@v1", true),
        (&["pnpm install --prod", "pnpm build"], "uses: acme/deploy@v1", false),
        (&["pnpm build"], "uses: actions/checkout@v4", false),
        (&["echo pnpm build"], "name: pnpm build", false),
    ] {
        let path = ".github/workflows/x.yml";
        let text = step(commands, last);
        let mut shipped = shipped_by(&tool::PNPM);
        shipped.add_scripts([(&"build".to_owned(), "tsc")].into_iter());
        let kind = super::super::places::kind(path).unwrap();
        shipped.add(path, kind, SourceText::new(path, text.as_str()), &text);
        assert_eq!(!shipped.finish("").is_empty(), counts, "{text}");
    }
}

#[test]
fn what_is_installed_counts_where_it_is_packed() {
    for (text, counts) in [
        ("zip -r app.zip .", true),
        ("tar czf app.tgz ./*", true),
        ("rsync -a ./ host:/srv", true),
        ("tar czf app.tgz node_modules dist", true),
        ("cp -r node_modules /srv", true),
        ("zip -r app.zip . -x 'node_modules/*'", false),
        ("tar czf app.tgz dist", false),
        ("rm -rf node_modules", false),
        ("cp -r .yarn/cache dist", true),
        ("tar czf app.tgz .yarn dist", true),
        ("cp -r .yarn/* dist", true),
        ("cp -r .yarn/unplugged dist", true),
        ("cp -r .yarn/releases dist", false),
        ("cp .yarnrc.yml dist", false),
        ("rm -rf .yarn/cache", false),
        ("steps:\n  - uses: actions/cache@v4\n    with:\n      path: .yarn/cache", false),
        ("ls node_modules/.bin", false),
        ("exclude:\n  - node_modules", false),
        ("job:\n  cache:\n    paths:\n      - node_modules/", false),
        ("job:\n  artifacts:\n    paths:\n      - node_modules/", true),
        ("steps:\n  - uses: actions/cache@v4\n    with:\n      path: node_modules", false),
    ] {
        assert_eq!(is_found("ship.yml", text), counts, "{text}");
    }
}

#[test]
fn a_folder_is_copied_from_the_machine_unless_it_is_left_out() {
    let copies = ("app/Dockerfile", "FROM node\nCOPY . .\n");
    let root = ("Dockerfile", "FROM node\nCOPY app /srv\n");
    let ignores = |path: &'static str, text: &'static str| (path, text);
    for (about, files, counts) in [
        ("nothing is left out", vec![copies], true),
        (
            "only one of two contexts",
            vec![copies, ignores("app/.dockerignore", "node_modules")],
            true,
        ),
        (
            "both contexts",
            vec![
                copies,
                ignores("app/.dockerignore", "node_modules"),
                ignores(".dockerignore", "**/node_modules"),
            ],
            false,
        ),
        ("at the root", vec![root, ignores(".dockerignore", "app/node_modules/")], false),
        ("another folder's", vec![root, ignores(".dockerignore", "node_modules")], true),
        (
            "taken back",
            vec![root, ignores(".dockerignore", "**/node_modules\n!app/node_modules/x")],
            true,
        ),
        ("its own file", vec![root, ignores("Dockerfile.dockerignore", "**/node_modules")], false),
        ("a folder beside", vec![("Dockerfile", "FROM node\nCOPY web /srv\n")], false),
    ] {
        assert_eq!(!found(&files).is_empty(), counts, "{about}");
    }
}

#[test]
fn a_stage_is_a_target_where_any_file_says_so() {
    let stages = "FROM node AS base\nRUN npm ci\nFROM base AS api\nFROM nginx AS web\n";
    for (path, text, counts) in [
        ("compose.yaml", "build: { context: ., target: api }", true),
        ("ship.sh", "docker build --target=api .", true),
        ("ship.sh", "docker build --target $STAGE .", true),
        ("tsconfig.json", "{ \"target\": \"es2022\" }", false),
        ("compose.yaml", "target: web", false),
    ] {
        let found = found(&[("Dockerfile", stages), (path, text)]);
        assert_eq!(!found.is_empty(), counts, "{path}: {text}");
    }
}
