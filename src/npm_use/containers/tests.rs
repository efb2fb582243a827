use super::*;
use crate::lockfile::tool::{self, Tool};

fn found(text: &str) -> Vec<u32> {
    found_where("", text)
}

/// `target` is a stage that is built by itself; `app` is a folder with installed packages.
fn found_where(target: &str, text: &str) -> Vec<u32> {
    found_by(&tool::NPM, target, text)
}

fn found_by(tool: &'static Tool, target: &str, text: &str) -> Vec<u32> {
    let around = Surroundings {
        installer: Installer { tool, has_workspaces: true },
        is_target: &|name| name == target,
        holds_packages: &|source| matches!(source, "." | "app"),
    };
    shipped_installs(&SourceText::new("Dockerfile", text), &around)
}

#[test]
fn a_stage_that_is_a_target_is_shipped_too() {
    let text =
        "FROM node AS all\nRUN npm ci\nFROM all AS api\nFROM nginx\nCOPY --from=all /app/dist /\n";
    assert!(found_where("", text).is_empty());
    assert_eq!(found_where("api", text), [2]);
    assert_eq!(found_where("1", text), [2]);
}

#[test]
fn what_lies_on_the_machine_is_shipped_where_it_is_copied_and_left() {
    for (about, text, expected) in [
        ("everything", "FROM node\nCOPY . .\n", &[2][..]),
        ("in a list", "FROM node\nCOPY [\"app\", \"/srv\"]\n", &[2]),
        ("added", "FROM node\nADD --chown=me . .\n", &[2]),
        ("another folder", "FROM node\nCOPY src src\n", &[]),
        ("a folder that is no stage", "FROM node\nCOPY --from=machine app .\n", &[2]),
        ("an image", "FROM node\nCOPY --from=node:22 app .\n", &[]),
        ("npm clears it away", "FROM node\nCOPY . .\nRUN npm ci --omit=dev\n", &[]),
        ("copied after that", "FROM node\nRUN npm ci --omit=dev\nCOPY . .\n", &[3]),
        (
            "only to build",
            "FROM node AS build\nCOPY . .\nFROM nginx\nCOPY --from=build /app/dist /\n",
            &[],
        ),
    ] {
        assert_eq!(found(text), expected, "{about}");
    }
}

#[test]
fn what_the_last_stage_holds_is_shipped() {
    for (about, text, expected) in [
        ("everything", "FROM node\nRUN npm ci\n", &[2][..]),
        ("production alone", "FROM node\nRUN npm ci --omit=dev\n", &[]),
        ("an environment", "FROM node\nENV NODE_ENV=production\nRUN npm ci\n", &[]),
        ("the old way", "FROM node\nENV NODE_ENV production\nRUN npm i\n", &[]),
        ("an environment of one command", "FROM node\nRUN NODE_ENV=production npm ci\n", &[]),
        (
            "included all the same",
            "FROM node\nENV NODE_ENV=production\nRUN npm ci --include=dev\n",
            &[3],
        ),
        ("taken out again", "FROM node\nRUN npm ci \\\n && npm prune --omit=dev\n", &[]),
        ("a tool for everybody", "FROM node\nRUN npm install -g npm@11\n", &[]),
        (
            "only what was made is copied",
            "FROM node AS build\nRUN npm ci\nFROM nginx\nCOPY --from=build /app/dist /html\n",
            &[],
        ),
        (
            "packages are copied",
            "FROM node AS build\nRUN npm ci\nFROM node\nCOPY --from=build /app/node_modules ./node_modules\n",
            &[2],
        ),
        (
            "the whole folder is copied, by the number of the stage",
            "FROM node\nRUN npm ci\nFROM node\nCOPY --from=0 /app /app\n",
            &[2],
        ),
        (
            "the last stage is based on another one",
            "FROM node AS base\nRUN npm ci\nFROM base\nCMD [\"node\", \".\"]\n",
            &[2],
        ),
        (
            "the base says production",
            "FROM node AS base\nENV NODE_ENV=production\nFROM base\nRUN npm ci\n",
            &[],
        ),
        ("a list of words", "FROM node\nRUN [\"npm\", \"ci\"]\n", &[2]),
        ("a script in the file", "FROM node\nRUN <<EOF\nnpm ci\nEOF\n", &[3]),
        ("what is run later", "FROM node\nONBUILD RUN npm ci\n", &[2]),
        ("an option with a value", "FROM node\nRUN npm --prefix web ci\n", &[2]),
        ("another name", "FROM node\nRUN npm isntall\n", &[2]),
        ("a script called ci", "FROM node\nRUN npm run ci\n", &[]),
        (
            "another environment",
            "FROM node\nENV NODE_ENV=production\nRUN NODE_ENV=development npm ci\n",
            &[3],
        ),
        (
            "no environment",
            "FROM node\nENV NODE_ENV=production\nRUN unset NODE_ENV && npm ci\n",
            &[3],
        ),
        (
            "the same environment",
            "FROM node\nENV NODE_ENV=production\nRUN export NODE_ENV=production && npm ci\n",
            &[],
        ),
        (
            "copied after it was taken out",
            "FROM node AS all\nRUN npm ci\nFROM node\nRUN npm ci && npm prune --omit=dev\n\
             COPY --from=all /app/node_modules node_modules\n",
            &[2],
        ),
        (
            "a base that a variable names",
            "ARG BASE=all\nFROM node AS all\nRUN npm ci\nFROM $BASE\n",
            &[3],
        ),
        ("no npm", "FROM rust\nRUN cargo build\n", &[]),
        ("nothing", "", &[]),
    ] {
        assert_eq!(found(text), expected, "{about}");
    }
}

#[test]
fn container_files_are_told_by_their_names() {
    for name in ["Dockerfile", "Dockerfile.prod", "api.dockerfile", "Containerfile"] {
        assert!(is_container_file(name), "{name}");
    }
    assert!(!is_container_file("docker-compose.yml"));
}

#[test]
fn each_package_manager_is_told_in_its_own_way() {
    for (about, tool, text, expected) in [
        ("pnpm", &tool::PNPM, "FROM node\nRUN pnpm i --prod\nCMD [\"pnpm\", \"start\"]\n", &[][..]),
        (
            "not by the environment",
            &tool::PNPM,
            "FROM node\nENV NODE_ENV=production\nRUN pnpm i\n",
            &[3],
        ),
        ("Yarn 1 is", &tool::YARN_CLASSIC, "FROM node\nENV NODE_ENV=production\nRUN yarn\n", &[]),
        ("later ones are not", &tool::YARN, "FROM node\nENV NODE_ENV=production\nRUN yarn\n", &[3]),
        ("by npm", &tool::PNPM, "FROM node\nRUN npm ci --omit=dev\n", &[2]),
        (
            "nothing is installed before",
            &tool::PNPM,
            "FROM node\nCOPY src src\nCMD pnpm start\n",
            &[3],
        ),
        ("nor is that npm's way", &tool::NPM, "FROM node\nCOPY src src\nCMD npm start\n", &[]),
        (
            "packages are copied from where production is",
            &tool::PNPM,
            "FROM node AS base\nFROM base AS prod\nRUN pnpm install --prod\nFROM base AS build\n\
             RUN pnpm install\nFROM base\nCOPY --from=prod /app/node_modules node_modules\n\
             COPY --from=build /app/dist dist\nCMD pnpm start\n",
            &[],
        ),
    ] {
        assert_eq!(found_by(tool, "", text), expected, "{about}");
    }
}

#[test]
fn what_is_deployed_is_production_where_nothing_else_goes_there() {
    for (about, build, copy, expected) in [
        ("alone", "RUN pnpm --filter app deploy --prod /prod/app", "/prod/app", &[][..]),
        (
            "below it",
            "RUN pnpm --filter app deploy --prod /prod/app",
            "/prod/app/node_modules",
            &[],
        ),
        ("above it", "RUN pnpm --filter app deploy --prod /prod/app", "/prod", &[2]),
        ("beside it", "RUN pnpm --filter app deploy --prod /prod/app", "/prod/apple", &[2]),
        ("with development", "RUN pnpm --filter app deploy /prod/app", "/prod/app", &[2, 3, 6]),
        ("to be filled up", "RUN pnpm deploy --legacy --prod /prod/app", "/prod/app", &[2, 6]),
        (
            "installed into",
            "RUN pnpm --filter app deploy --prod /prod/app && cd /prod/app && pnpm i",
            "/prod/app",
            &[2, 3],
        ),
        (
            "copied into",
            "RUN pnpm --filter app deploy --prod /prod/app && cp -r node_modules /prod/app",
            "/prod/app",
            &[2],
        ),
    ] {
        let text = format!(
            "FROM node AS build\nRUN pnpm install\n{build}\nFROM node\nCOPY --from=build {copy} /app\n\
             CMD pnpm start\n"
        );
        assert_eq!(found_by(&tool::PNPM, "", &text), expected, "{about}");
    }
}

#[test]
fn a_folder_that_is_called_like_what_is_made_may_hold_what_was_installed() {
    let last = |stage: &str, copied: &str| {
        format!("FROM node AS b\nRUN npm ci\n{stage}\nFROM node\nCOPY --from=b {copied} .\n")
    };
    for (about, stage, copied, is_shipped) in [
        ("it was built", "RUN npm run build", "/app/dist", false),
        (
            "what was built is copied",
            "RUN cp -r public .next/standalone/",
            "/app/.next/standalone",
            false,
        ),
        ("an archive is unpacked", "RUN tar -xzf x.tgz -C dist", "/app/dist", false),
        ("it is the project", "WORKDIR /build", "/build", true),
        ("the project lies in it", "WORKDIR \"/public/app\"", "/public", true),
        ("with a dot", "WORKDIR /srv/my.app", "/srv/my.app", true),
        ("something is installed there", "RUN npm --prefix dist ci", "/app/dist", true),
        ("it is copied there", "RUN cp -r node_modules dist/", "/app/dist", true),
        ("everything is copied there", "RUN cp -r . /build", "/build", true),
        ("everything is moved there", "WORKDIR /app\nRUN mv /app /srv/out", "/srv/out", true),
        ("it is packed", "RUN zip -r app.zip node_modules", "app.zip", true),
        (
            "it comes from another stage",
            "COPY --from=x /app/node_modules dist/node_modules",
            "dist",
            true,
        ),
    ] {
        assert_eq!(!found(&last(stage, copied)).is_empty(), is_shipped, "{about}");
    }
}

#[test]
fn what_is_mounted_may_be_copied() {
    for (mount, expected) in [
        ("--mount=type=bind,from=b,source=/app,target=/src", &[2][..]),
        ("--mount=from=b,target=/src", &[2]),
        ("--mount=target=/src", &[4]),
        ("--mount=type=bind,source=package.json,target=package.json", &[]),
        ("--mount=type=cache,target=/root/.npm", &[]),
    ] {
        let text = format!("FROM node AS b\nRUN npm ci\nFROM node\nRUN {mount} cp -r /src /app\n");
        assert_eq!(found(&text), expected, "{mount}");
    }
}

#[test]
fn pnpm_installs_what_is_missing_before_it_runs_a_script() {
    for (about, text, expected) in [
        ("nothing is there", "FROM node\nCMD pnpm start\n", &[2][..]),
        ("production is", "FROM node\nRUN pnpm i --prod\nCMD pnpm start\n", &[]),
        (
            "it is fetched, and not installed",
            "FROM node\nRUN pnpm fetch --prod\nCMD pnpm start\n",
            &[3],
        ),
        ("it is put elsewhere", "FROM node\nRUN pnpm deploy --prod out\nCMD pnpm start\n", &[3]),
        ("something is rebuilt", "FROM node\nRUN pnpm rebuild\n", &[2]),
        (
            "it is copied",
            "FROM node AS a\nRUN pnpm i -P\nFROM node\nCOPY --from=a /a/node_modules .\nCMD pnpm start\n",
            &[],
        ),
        (
            "the whole stage is copied",
            "FROM node AS a\nRUN pnpm i -P\nFROM node\nCOPY --from=a /a /a\nCMD pnpm start\n",
            &[],
        ),
        (
            "something else is copied",
            "FROM node AS a\nFROM node\nCOPY --from=a /a/config .\nCMD pnpm start\n",
            &[4],
        ),
        ("over an empty line", "FROM node\nRUN pnpm \\\n\n  install\n", &[2]),
    ] {
        assert_eq!(found_by(&tool::PNPM, "", text), expected, "{about}");
    }
}
