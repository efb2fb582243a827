use super::*;

const NPM: Installer = Installer { tool: &tool::NPM, has_workspaces: false };
const PNPM: Installer = Installer { tool: &tool::PNPM, has_workspaces: false };
const YARN_CLASSIC: Installer = Installer { tool: &tool::YARN_CLASSIC, has_workspaces: false };
const YARN: Installer = Installer { tool: &tool::YARN, has_workspaces: false };
const BUN: Installer = Installer { tool: &tool::BUN, has_workspaces: false };
const DENO: Installer = Installer { tool: &tool::DENO, has_workspaces: false };

fn order_by(installer: Installer, command: &str, is_production: bool) -> Option<Order> {
    let words = words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    order(&words, installer, is_production)
}

fn order_of(command: &str, is_production: bool) -> Option<Order> {
    order_by(NPM, command, is_production)
}

fn assert_all(installer: Installer, commands: &[&str], expected: Option<Order>) {
    for command in commands {
        assert_eq!(order_by(installer, command, false), expected, "{command}");
    }
}

#[test]
fn only_what_npm_surely_understands_leaves_development_out() {
    for command in [
        "npm ci --omit=dev",
        "npm ci --omit dev --no-audit --no-fund",
        "npm install --omit=optional --omit=dev",
        "npm ci --production",
        "npm i --only=production",
        "npm ci --only prod --ignore-scripts",
        "NODE_ENV=production npm ci",
        "npm --prefix web ci --omit=dev",
        "npm --prefix test ci --omit=dev",
    ] {
        let order = order_of(command, false);
        let is_anew = command.split(' ').any(|word| word == "ci");
        let expected = if is_anew { Order::InstallAnew } else { Order::InstallProduction };
        assert_eq!(order, Some(expected), "{command}");
    }
    for command in [
        "npm ci",
        "npm ci --omit=development",
        "npm ci --omit=dev,optional",
        "npm ci --omit=Dev",
        "npm ci --omit=",
        "npm ci --om=dev",
        "npm ci --production false",
        "npm ci --production=false",
        "npm ci --no-production --omit=dev",
        "npm ci --omit=dev --include=dev",
        "npm ci --omit=dev --also=dev",
        "npm ci --omit=dev --dev",
        "npm ci --omit=dev --inc=dev",
        "npm ci --omit=dev $FLAGS",
        "npm --prefix test ci",
        "npm -w pack install",
        "npm ci --only=dev",
        "npm ci --prod",
        "npm ci -P",
        "NODE_ENV=prod npm ci",
        "['npm', 'ci']",
        "/usr/bin/npm install",
        "npm.cmd i",
        "yarn install --production",
        "pnpm i --prod",
        "bun install",
        "npm exec -- pnpm i --prod",
        "npx --yes pnpm@9 install --prod",
        "yarn",
        "corepack use pnpm@10",
        "lerna bootstrap",
        "cnpm i --production",
    ] {
        assert_eq!(order_of(command, false), Some(Order::Install), "{command}");
    }
    assert_eq!(order_of("npm ci --include=dev", true), Some(Order::Install));
    assert_eq!(order_of("npm ci", true), Some(Order::InstallAnew));
}

#[test]
fn what_installs_nothing_of_the_project_is_no_order() {
    for command in [
        "npm run ci",
        "npm --loglevel=silent run ci",
        "npm dist-tag add app@1.0.0 latest",
        "npm test",
        "npm install -g npm@11",
        "npm install --package-lock-only",
        "npm config set fund false",
        "npm publish",
        "npm prune",
        "npm audit",
        "npx npm-check",
        "yarn build",
        "npm install -g yarn pnpm@10",
        "corepack enable yarn",
        "cache: yarn",
        "\"cache\": \"yarn\"",
        "apk add --no-cache yarn",
        "Install it with yarn",
        "WORKDIR /srv/yarn",
        "yarn --version",
        "pnpm prune --prod",
        "echo hello",
    ] {
        assert_eq!(order_of(command, false), None, "{command}");
    }
    assert_eq!(order_of("npm prune --omit=dev", false), Some(Order::Prune));
    assert_eq!(order_of("npm prune --omit=development", false), None);
    assert_eq!(order_of("npm config set include dev", false), Some(Order::Configure));
    assert_eq!(order_of("npm set production=false", false), Some(Order::Configure));
}

#[test]
fn pnpm_leaves_development_out_only_where_the_command_says_so() {
    assert_all(
        PNPM,
        &[
            "pnpm install --prod",
            "pnpm i -P --frozen-lockfile",
            "pnpm --prod install",
            "pnpm install --production --no-optional",
            "pnpm install --prod=true",
            "pnpm -C web install --prod",
            "pnpm --dir web i -P",
            "pnpm -r install --prod",
            "pnpm recursive install --prod",
            "pnpm ci --prod",
            "corepack pnpm install --prod",
            "corepack pnpm@10.1.0 i -P",
            "npx --yes pnpm@9 install --prod",
            "npm exec -- pnpm i --prod",
            "bunx pnpm i --prod",
            "pnpm dlx pnpm@9 install --prod",
            "/usr/local/bin/pnpm install --prod",
            "pn install --prod",
            "node /opt/pnpm/bin/pnpm.cjs install --prod",
        ],
        Some(Order::InstallProduction),
    );
    assert_all(
        PNPM,
        &[
            "pnpm fetch --prod",
            "pnpm deploy --filter=app --prod /prod/app",
            "pnpm --filter app --prod deploy /prod/app",
        ],
        Some(Order::InstallElsewhere),
    );
    assert_all(
        PNPM,
        &[
            "pnpm install",
            "NODE_ENV=production pnpm install",
            "RUN --mount=type=cache,target=/root/.local/share/pnpm pnpm install",
            "-v store:/root/pnpm pnpm install",
            "PM := pnpm",
            "export PM=pnpm",
            "PM=\"pnpm\"",
            "pnpm install --prod false",
            "node /opt/pnpm/bin/pnpm.cjs install",
            "pnpm.exe i",
            "`which pnpm` install",
            "$(which pnpm) install",
            "pnpm install --prod `cat flags`",
            "pnpm prune",
            "pnpm -C config install",
            "pnpm --dir exec i",
            "$PM install",
            "\"${PNPM}\" i",
            "@$(PM) install",
            "run: ${{ matrix.manager }} install",
            "pnpm install --prod=false",
            "pnpm install --prod --no-prod",
            "pnpm install --prod --dev",
            "pnpm install --prod $FLAGS",
            "pnpm install -P --config.prod=false",
            "pnpm install -rP",
            "pnpm install --pro",
            "pnpm install --omit=dev",
            "pnpm install --only=prod",
            "pnpm update --prod",
            "pnpm add left --prod",
            "pnpm deploy --filter app out",
            "pnpm fetch",
            "pnpm --filter app install",
            "npm ci --omit=dev",
            "yarn install --production",
            "bun install --production",
            "deno install --prod",
            "corepack use pnpm@10",
            "pnpm ci",
        ],
        Some(Order::Install),
    );
    assert_eq!(order_by(PNPM, "pnpm install", true), Some(Order::Install));
}

#[test]
fn pnpm_runs_scripts_and_what_installs_nothing_is_no_order() {
    assert_all(
        PNPM,
        &[
            "pnpm start",
            "CMD [\"pnpm\", \"run\", \"start\"]",
            "pnpm exec tsc",
            "pnpm --silent build",
            "pnpm rebuild",
        ],
        Some(Order::Run),
    );
    assert_all(
        PNPM,
        &[
            "pnpm install --lockfile-only",
            "$(MAKE) install",
            "${PIP} install x",
            "$SUDO apt-get install x",
            "$PM run build",
            "pnpm add -g turbo",
            "pnpm audit",
            "pnpm store prune",
            "pnpm publish -r",
            "corepack prepare pnpm@10 --activate",
            "COPY --from=base /root/pnpm /bin/",
            "manager = \"pnpm\"",
            "tool --package-manager=pnpm",
            "yarn npm publish",
        ],
        None,
    );
    assert_eq!(order_by(PNPM, "pnpm config set only dev", false), Some(Order::Configure));
}

#[test]
fn pnpm_takes_development_out_of_a_single_project_alone() {
    let workspace = Installer { has_workspaces: true, ..PNPM };
    for (installer, command, expected) in [
        (PNPM, "pnpm prune --prod", Some(Order::Prune)),
        (PNPM, "pnpm prune", Some(Order::Install)),
        (workspace, "pnpm prune", Some(Order::Install)),
        (workspace, "pnpm prune --prod", None),
    ] {
        assert_eq!(order_by(installer, command, false), expected, "{command}");
    }
}

#[test]
fn yarn_1_takes_its_option_and_the_environment() {
    assert_all(
        YARN_CLASSIC,
        &[
            "yarn --production",
            "yarn install --prod --frozen-lockfile",
            "yarn --cwd web install --production=true",
            "yarn --network-timeout 100000 --production",
            "NODE_ENV=production yarn",
            "NODE_ENV=production CI=1 corepack yarn",
            "node .yarn/releases/yarn-1.22.22.cjs install --production",
            "corepack yarn install --production",
            "npx yarn@1 --production",
        ],
        Some(Order::InstallProduction),
    );
    assert_all(
        YARN_CLASSIC,
        &[
            "yarn",
            "RUN yarn",
            "- run: yarn",
            "if true; then yarn",
            "retry 3 yarn",
            "RUN --mount=type=cache,target=/root/.cache/yarn yarn install",
            "docker run -v cache:/root/.cache/yarn node yarn install",
            "YARN_CACHE_FOLDER=/cache/yarn yarn install",
            "YARN = yarn",
            "PM=yarn",
            "yarn --frozen-lockfile",
            "node .yarn/releases/yarn-1.22.22.js --frozen-lockfile",
            "yarn install --production 0",
            "NODE_ENV=production NODE_ENV=test yarn",
            "NODE_ENV=production sudo yarn",
            "NODE_ENV=production env -i yarn",
            "yarn --network-timeout 100000",
            "yarn --cwd web",
            "yarn install --production=false",
            "yarn install --production false",
            "yarn install --production --no-production",
            "yarn install --omit=dev",
            "yarn install -P",
            "yarn add left --production",
            "yarn workspace app add left",
            "yarn --cwd config install",
            "yarn --cwd global",
            "yarn workspaces focus --production",
            "npm ci --omit=dev",
        ],
        Some(Order::Install),
    );
    assert_eq!(order_by(YARN_CLASSIC, "yarn install", true), Some(Order::InstallProduction));
    assert_eq!(order_by(YARN_CLASSIC, "sudo yarn install", true), Some(Order::Install));
    assert_all(
        YARN_CLASSIC,
        &["yarn build", "yarn --silent build", "yarn global add serve", "yarn run install-all"],
        None,
    );
}

#[test]
fn later_versions_of_yarn_leave_development_out_with_focus_alone() {
    assert_all(
        YARN,
        &[
            "yarn workspaces focus --production",
            "yarn workspaces focus --all --production",
            "yarn workspaces focus app --production",
            "yarn --cwd web workspaces focus -A --production",
        ],
        Some(Order::InstallProduction),
    );
    assert_all(
        YARN,
        &[
            "yarn",
            "yarn install --immutable",
            "yarn install --production",
            "NODE_ENV=production yarn install",
            "yarn workspaces focus",
            "yarn workspaces focus --production --no-production",
            "yarn workspaces focus $APP --production",
            "yarn workspaces foreach -A install",
            "yarn rebuild",
            "yarn version patch",
            "node .yarn/releases/yarn-4.18.1.cjs install --immutable",
            "yarn workspace app install",
        ],
        Some(Order::Install),
    );
    assert_eq!(order_by(YARN, "yarn install", true), Some(Order::Install));
    assert_all(
        YARN,
        &[
            "yarn install --mode=update-lockfile",
            "yarn workspaces foreach -A run build",
            "yarn set version 4",
        ],
        None,
    );
}

#[test]
fn bun_leaves_development_out_where_the_command_says_so() {
    assert_all(
        BUN,
        &[
            "bun install --production",
            "bun i -p",
            "bun ci -p",
            "bun install --omit=dev",
            "bun install --omit optional --omit dev",
            "bun --cwd=web install --production",
        ],
        Some(Order::InstallProduction),
    );
    assert_all(
        BUN,
        &[
            "bun install",
            "bun ci",
            "NODE_ENV=production bun install",
            "bun install --production=false",
            "bun install --production --no-production",
            "bun install --omit=dev,optional",
            "bun install --omit=development",
            "bun update --production",
            "bun add left",
            "bun uninstall left",
            "bun x yarn",
            "bun --cwd x install",
        ],
        Some(Order::Install),
    );
    assert_all(BUN, &["bun run build", "bun test", "bun add -g serve", "bun pm ls"], None);
}

#[test]
fn deno_never_leaves_development_out() {
    let commands = [
        "deno install",
        "deno install --prod",
        "deno ci --prod",
        "deno add npm:left",
        "deno cache x.ts",
    ];
    assert_all(DENO, &commands, Some(Order::Install));
    assert_all(DENO, &["deno task build", "deno install -g npm:serve", "deno test"], None);
}

#[test]
fn a_folder_is_deployed_where_its_path_is_whole_and_nothing_fills_it_up() {
    for (command, folder) in [
        ("pnpm deploy --filter=app --prod /prod/app", Some("/prod/app")),
        ("pnpm --filter app --prod deploy /prod/app", Some("/prod/app")),
        ("pnpm --filter app deploy /prod/app", None),
        ("pnpm deploy --filter app --prod --legacy /prod/app", None),
        ("pnpm deploy --filter app --prod out", None),
        ("pnpm deploy --filter app --prod /prod/$APP", None),
        ("pnpm install --prod /prod", None),
    ] {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(deployed(&words, PNPM), folder, "{command}");
        assert_eq!(deployed(&words, NPM), None, "{command}");
    }
}
