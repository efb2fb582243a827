use std::fs;

use tempfile::TempDir;

use super::*;

/// A project and a user with an `.npmrc` each, isolated from this machine.
struct Machine {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    fn new(project: &str, user: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project_folder = folder.path().join("project");
        fs::create_dir(&project_folder).unwrap();
        fs::write(project_folder.join("package.json"), "{}").unwrap();
        fs::write(project_folder.join(".npmrc"), project).unwrap();
        fs::write(folder.path().join("user"), user).unwrap();
        let own = |text: &str| text.to_owned();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let mut variables: Vec<_> =
            variables.iter().map(|(key, value)| (own(key), own(value))).collect();
        variables.push((own("npm_config_userconfig"), path("user")));
        variables.push((own("NPM_CONFIG_PREFIX"), path("nowhere")));
        Self { folder, variables }
    }

    fn registries(&self, names: &[&str]) -> Result<Registries, NpmConfigError> {
        let variables = NpmVariables::new(self.variables.clone());
        Registries::read(
            &self.folder.path().join("project"),
            names.iter().copied(),
            &variables,
            &[],
        )
    }

    fn registry_of(&self, name: &str) -> (String, Option<String>) {
        let registries = self.registries(&[name]).unwrap();
        let registry = registries.of(name).unwrap();
        let authorization = registry.authorization.as_ref();
        (registry.url.to_string(), authorization.map(|secret| secret.expose().to_owned()))
    }
}

#[test]
fn the_nearest_setting_counts() {
    let user = "registry=https://user.example/";
    let project = "registry=https://project.example/npm";
    let variable = &[("NPM_CONFIG_Registry", "https://variable.example")];
    for (machine, expected) in [
        (Machine::new("", "", &[]), DEFAULT_REGISTRY),
        (Machine::new("", user, &[]), "https://user.example/"),
        (Machine::new(project, user, &[]), "https://project.example/npm/"),
        (Machine::new(project, user, variable), "https://variable.example/"),
        (
            Machine::new(project, user, &[("npm_config_registry", "")]),
            "https://project.example/npm/",
        ),
    ] {
        assert_eq!(machine.registry_of("left-pad").0, expected);
    }
}

#[test]
fn a_scope_may_have_a_registry_of_its_own() {
    let machine = Machine::new("@acme:registry=https://acme.example", "", &[]);
    assert_eq!(machine.registry_of("@acme/tool").0, "https://acme.example/");
    assert_eq!(machine.registry_of("@other/tool").0, DEFAULT_REGISTRY);
    assert_eq!(machine.registry_of("acme").0, DEFAULT_REGISTRY);
    let registries = machine.registries(&["@acme/tool", "@other/tool"]).unwrap();
    assert!(registries.own_of_scope("@acme/tool").is_some());
    assert!(registries.own_of_scope("@other/tool").is_none());
    let variable = [("npm_config_@acme:registry", "https://variable.example/")];
    let machine = Machine::new("@acme:registry=https://acme.example", "", &variable);
    assert_eq!(machine.registry_of("@acme/tool").0, "https://variable.example/");
}

#[test]
fn an_invalid_address_is_not_replaced_by_the_default() {
    for address in [
        "acme.example",
        "${LOCKGATE_TEST_UNSET}",
        "https://${LOCKGATE_TEST_UNSET}/",
        "file:///npm",
        "",
    ] {
        let machine = Machine::new(&format!("@acme:registry={address}"), "", &[]);
        let error = machine.registries(&["@acme/tool"]).unwrap_err();
        let key = "@acme:registry".to_owned();
        assert_eq!(error, NpmConfigError::Address { key }, "{address}");
        let machine = Machine::new(&format!("registry={address}"), "", &[]);
        assert!(machine.registries(&["left-pad"]).is_err(), "{address}");
    }
}

#[test]
fn credentials_go_to_the_registry_they_are_for() {
    let user = "
        //own.example/npm/:_authToken=token
        //above.example/:_authToken=above
        //basic.example/:username=ann
        //basic.example/:_password=c2VjcmV0
        //unset.example/:_authToken=${LOCKGATE_TEST_UNSET}
    ";
    for (address, expected) in [
        ("https://own.example/npm", Some("Bearer token")),
        ("https://own.example/", None),
        ("https://above.example/artifactory/npm/", Some("Bearer above")),
        ("https://basic.example/", Some("Basic YW5uOnNlY3JldA==")),
        ("https://unset.example/", None),
        ("https://stranger.example/", None),
    ] {
        let machine = Machine::new(&format!("registry={address}"), user, &[]);
        assert_eq!(machine.registry_of("a").1.as_deref(), expected, "{address}");
    }
    let variable = [("npm_config_//own.example/:_authToken", "variable")];
    let machine = Machine::new("registry=https://own.example/", "", &variable);
    assert_eq!(machine.registry_of("a").1.as_deref(), Some("Bearer variable"));
}

#[test]
fn nothing_is_read_where_nothing_of_npm_is_locked() {
    let machine = Machine::new("registry=nonsense", "", &[]);
    assert!(machine.registries(&[]).unwrap().of("a").is_none());
}
