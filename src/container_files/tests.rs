use super::*;

fn found(text: &str) -> Vec<u32> {
    let lines = shipped_installs(&SourceText::new("Dockerfile", text));
    lines.into_iter().map(|location| location.line).collect()
}

#[test]
fn what_the_last_stage_holds_is_shipped() {
    for (about, text, expected) in [
        ("everything", "FROM node\nRUN npm ci\n", &[2][..]),
        ("production alone", "FROM node\nRUN npm ci --omit=dev\n", &[]),
        ("an environment", "FROM node\nENV NODE_ENV=production\nRUN npm ci\n", &[]),
        ("the old way", "FROM node\nENV NODE_ENV production\nRUN npm i\n", &[]),
        (
            "an environment of one command",
            "FROM node\nRUN NODE_ENV=production npm ci\n",
            &[],
        ),
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
fn a_file_that_cannot_be_read_may_install_anything() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("dockerfiles")).unwrap();
    let lockfile = folder.path().join("package-lock.json");
    let installs = || development_installs(&lockfile, "web/package-lock.json");
    assert_eq!(installs(), [], "a folder is no file");
    std::fs::write(folder.path().join("Dockerfile"), b"FROM node\nRUN \xff\n").unwrap();
    assert_eq!(installs(), [Location { file: "web/Dockerfile".to_owned(), line: 1 }]);
}
